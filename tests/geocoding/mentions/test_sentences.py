# ruff: noqa: RUF001 - Arabic, Hebrew and Cyrillic letters
"""Places in sentences of our own, in nine languages; [[…]] marks what is to be found, nothing else may be."""

import re

import pytest

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.mentions import find_mentions

ENGLISH = [
    "Police in [[Lancaster County]] said a man from [[Reading]], [[Pa.]], was held near [[Ephrata]].",
    "[[DULUTH]], [[Minn.]] — The board approved a rifle range in [[Hermantown]] for hunters from [[Iowa]].",
    "[[Houston]] Mayor John Whitmire urged calm, the Houston Chronicle and the Texas Tribune reported.",
    "The carrier returned to [[Naval Station Norfolk]] on Friday after months in the [[Persian Gulf]].",
    "The earthquake struck north-east of [[Kathmandu]] and was felt in [[Delhi]] and [[Dhaka]].",
    "Lincoln Financial Group moved from [[Fort Wayne]] to [[Philadelphia]]; its [[Hartford]] office stays.",
    "The University of Alabama and Georgia Tech will open a laboratory in [[Huntsville]], [[Ala.]]",
    "In [[Mobile]], [[Alabama]], a ship was launched; in [[Nice]], [[France]], ministers met.",
    "Jordan Peterson spoke in [[Austin]]; Paris Hilton flew to [[Sydney]] with Gen. Lancaster.",
    "Shares in Berkshire Hathaway rose in [[New York]], and [[Paris]]-based Thales slipped.",
    "Goldman Sachs analyst Sydney Chen said the Bank of England would cut.",
    "HMS Lancaster stayed at [[Duqm]], [[Oman]], while the frigate Port Said sailed to [[Jeddah]].",
    "The governor ordered evacuations from [[Sudzha]], [[Korenevo]] and [[Glushkovo]] districts.",
    "A [[Hillsboro]] woman was arrested on Tuesday, the Washington Post reported.",
    "It has new cases in [[Rwanda]] and [[Tanzania]]'s [[Kagera]] region, near [[Lake Victoria]].",
    "Barak MX batteries and Namer carriers were shown to Moroccan, Welsh and European guests in May.",
    "A missile was tested at [[Jiupeng]], [[Pingtung County]], before the year was over.",
    "Shells are filled in [[South Wales]] and sent to northern [[Germany]].",
    "Jan-Patrick Helmsen and Kosiniak-Kamysz met Singh, Akar and Khan in [[Warsaw]].",
    "Troops left the village of [[Qwertyuiopa]] and the plant of Anduril on Monday.",
    "[[RUSSIA]] STRIKES POWER PLANT AS MINISTERS MEET IN [[NEW DELHI]]",
    "He returned to [[Yokneam]] from the plant at [[Warton]], near [[Preston]].",
    "The drills ran along the [[Strait of Malacca]] and at [[Changi Naval Base]] in [[Singapore]].",
]
FRENCH = [
    "L'usine de [[Roanne]] et celle de [[Bourges]] tournent à plein régime.",
    "Le sous-marin a quitté [[Cherbourg]] pour [[Toulon]], puis [[Brest]], a dit l'amiral Pierre Vandier.",
    "[[BERGERAC]] ([[Dordogne]]), 3 avril — La production a repris en [[Suède]] et à [[Sorgues]].",
    "L'Université de Bordeaux et la Banque de France ont signé une convention à [[Nice]].",
    "Un incendie s'est déclaré près de [[Sfax]], dans le [[gouvernorat de Gabès]], et non à [[Tunis]].",
    "L'exercice a eu lieu au champ de tir de [[Ben Zzhiloufa]], loin de la société Kwerty.",
    "Les obus de la [[bande de Gaza]] sont tombés près d'[[Ashkelon]], selon l'armée.",
]
SPANISH = [
    "Navantia botó en [[Ferrol]] la fragata Bonifaz; los astilleros de [[Cartagena]] esperan pedidos.",
    "El presidente Javier Milei viajó de [[Buenos Aires]] a [[Mar del Plata]] para visitar la base naval.",
    "La Universidad de Granada y el Real Madrid firmaron un convenio en [[Santiago de Chile]].",
    "El avión se ensambla en [[Sevilla]] y se repara en [[Getafe]], cerca de [[Madrid]].",
]
GERMAN = [
    "Krauss-Maffei Wegmann liefert aus [[München]] Panzer nach [[Litauen]], gewartet wird in [[Kaunas]].",
    "Das Werk in [[Kassel]] baut den Boxer, die Werft in [[Kiel]] U-Boote; dort liegt die Fregatte Bayern.",
    "Bei einer Explosion in [[Trostberg]] im [[Landkreis Traunstein]] wurden zwei Arbeiter verletzt.",
    "Der Konzern mit Sitz in [[Düsseldorf]] eröffnet in [[Unterlüß]] eine Fabrik für Munition.",
]
ARABIC = [
    "أعلنت الوزارة أن المصنع في [[بنسليمان]] سيبدأ الإنتاج، فيما زار وفد [[الرباط]] و[[الدار البيضاء]].",
    "وصلت السفينة إلى ميناء [[الإسكندرية]] قادمة من [[بورسعيد]].",
    "اندلع حريق في مستودع للذخيرة قرب [[بغداد]]، وشوهد الدخان في [[الفلوجة]] و[[الرمادي]].",
    "نفذت طائرات مجهولة غارات على [[صنعاء]] و[[الحديدة]].",
    "صرح المتحدث أحمد المسماري أن القوات انسحبت من [[سرت]] نحو [[مصراتة]] و[[بنغازي]].",
    "سيقام المصنع ب[[القنيطرة]] أو في [[الرياض]] أو [[جدة]].",
]
HEBREW = [
    'דובר צה"ל מסר כי רקטות נורו מ[[רצועת עזה]] לעבר [[אשקלון]], [[שדרות]] ו[[נתיבות]].',
    'חברת אלביט מערכות מ[[חיפה]] תבנה מפעל ב[[באר שבע]], כך אמר המנכ"ל בצלאל מכליס ב[[ירושלים]].',
    "השר טס לאחר ביקור ב[[ברלין]] וב[[פריז]], ונפגש עם עמיתו.",
    "בית המשפט המחוזי ב[[תל אביב]] דחה את עתירת החברה מ[[רמת גן]].",
    "המטוסים יורכבו ב[[באקו]] ויישלחו דרך [[טורקיה]].",
    "פיצוץ עז נשמע ב[[איספהאן]] שב[[איראן]].",
]
RUSSIAN = [
    "Взрывы прогремели в [[Харькове]] и под [[Киевом]], сообщил губернатор Олег Синегубов.",
    "Завод в [[Нижнем Тагиле]] передал танки; в [[Туле]] и [[Ижевске]] работают в три смены.",
    "Корабль вышел из [[Севастополя]] и направился к [[Новороссийску]].",
    "Беспилотники атаковали нефтезавод в [[Рязани]] и аэродром [[Энгельс]] в [[Саратовской области]].",
]
UKRAINIAN = [
    "Вибухи пролунали у [[Харкові]] та поблизу [[Києва]], повідомив Ігор Терехов.",
    "Завод у [[Дніпрі]] відновили, а верфі в [[Миколаєві]] та [[Одесі]] ще стоять.",
    "Потяг із [[Запоріжжя]] прибув до [[Івано-Франківська]].",
    "Дрони вдарили по аеродрому в [[Саратовській області]], у [[Львові]] завили сирени.",
]
TURKISH = [
    "MKE'nin [[Kırıkkale]]'deki fabrikasında patlama oldu; yaralılar [[Ankara]]'ya sevk edildi.",
    "Baykar, [[Fas]]'ın [[Benslimane]] kentinde bir tesis kurmayı planlıyor, dedi Selçuk Bayraktar.",
    "Roketsan'ın [[Elmadağ]]'daki tesisi büyütülüyor; [[Konya]] ve [[Kayseri]]'de yeni hatlar açılacak.",
    "Ankara Üniversitesi ile imzalanan protokol bugün [[İzmir]]'de açıklandı.",
]
CASES = [
    (language, sentence)
    for language, sentences in (
        ("en", ENGLISH),
        ("fr", FRENCH),
        ("es", SPANISH),
        ("de", GERMAN),
        ("ar", ARABIC),
        ("he", HEBREW),
        ("ru", RUSSIAN),
        ("uk", UKRAINIAN),
        ("tr", TURKISH),
    )
    for sentence in sentences
]


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    text, spans = "", []
    for part in re.split(r"(\[\[.*?\]\])", marked):
        start = len(text)
        text += part.removeprefix("[[").removesuffix("]]")
        if part.startswith("[["):
            spans.append((start, len(text)))
    return text, spans


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_places_are_found_and_nothing_else(real_gazetteer: Gazetteer, language: str, marked: str) -> None:
    text, spans = unmarked(marked)
    found = find_mentions(text, gazetteer=real_gazetteer, language=language)
    assert [mention.surface for mention in found] == [text[start:end] for start, end in spans]
    assert [(mention.start, mention.end) for mention in found] == spans
    assert all(mention.language == language for mention in found)


def test_the_language_is_guessed_from_some_sentences(real_gazetteer: Gazetteer) -> None:
    for language in ("en", "fr", "es", "de", "ar", "he", "ru", "uk", "tr"):
        text = "\n".join(unmarked(sentence)[0] for code, sentence in CASES if code == language)
        assert {mention.language for mention in find_mentions(text, gazetteer=real_gazetteer)} == {language}


@pytest.mark.parametrize(
    ("text", "senses"),
    [
        ("Rabat and Tel Aviv agreed to cooperate.", {"Rabat": "government", "Tel Aviv": "government"}),
        ("Ties between Ankara and Cairo soured.", {"Ankara": "government", "Cairo": "government"}),
        ("Moscow said the plane had flown to Cairo.", {"Moscow": "government", "Cairo": "place"}),
        ("Washington's sanctions hit a plant in Moscow.", {"Washington": "government", "Moscow": "place"}),
        ("India said its minister was in Rabat.", {"India": "actor", "Rabat": "place"}),
        (
            "A team left Geneva for Kigali; flights to Nairobi were full.",
            {"Kigali": "place", "Nairobi": "place"},
        ),
        ("Le ministre est à Rabat, mais Paris refuse.", {"Rabat": "place", "Paris": "government"}),
        ("Berlin und Paris unterzeichneten den Vertrag in Rom.", {"Berlin": "government", "Rom": "place"}),
        ("Переговоры между Москвой и Анкарой прошли в Каире.", {"Москвой": "government", "Каире": "place"}),
        ("According to Baghdad, Kyiv was shelled.", {"Baghdad": "government", "Kyiv": "place"}),
        ("Según Kiev, Moscú prepara algo; en Lima llovía.", {"Kiev": "government", "Moscú": "government"}),
        ("Moscow-backed forces left the Tripoli-based firm.", {"Moscow": "government", "Tripoli": "place"}),
        ("وقالت باريس إن الوزراء اجتمعوا في أنقرة.", {"باريس": "government", "أنقرة": "place"}),
        ("تتوتر العلاقات بين الرباط والجزائر.", {"الرباط": "government"}),
    ],
)
def test_governments_are_told_from_places(
    real_gazetteer: Gazetteer, text: str, senses: dict[str, str]
) -> None:
    everything = find_mentions(text, gazetteer=real_gazetteer, governments=True)
    told = {mention.surface: mention.sense for mention in everything}
    assert {surface: told.get(surface) for surface in senses} == senses
    literal = [mention for mention in everything if mention.literal]
    assert find_mentions(text, gazetteer=real_gazetteer) == literal


def test_a_prefix_is_outside_the_span_and_an_ending_outside_the_reading(real_gazetteer: Gazetteer) -> None:
    (hebrew,) = find_mentions("המפעל יוקם בחיפה", gazetteer=real_gazetteer)
    assert (hebrew.surface, hebrew.start, hebrew.reading) == ("חיפה", 12, "חיפה")
    (russian,) = find_mentions("Завод стоит в Харькове.", gazetteer=real_gazetteer)
    assert (russian.surface, russian.reading) == ("Харькове", "Харьков")


def test_one_sure_mention_speaks_for_the_others(real_gazetteer: Gazetteer) -> None:
    text = "The mill in Sorgues, Vaucluse, burned. It made powder. Nobody knew Sorgues as they did."
    found = find_mentions(text, gazetteer=real_gazetteer)
    assert [mention.surface for mention in found] == ["Sorgues", "Vaucluse", "Sorgues"]
    alone = "It made powder. Nobody knew Sorgues as they did."
    assert find_mentions(alone, gazetteer=real_gazetteer) == []


PAGE = """(File photo: a parade in Madrid)

A plant opened in Lyon on Monday, the company said in a statement that was long enough to be prose.

RELATED: Tramway works cause delays in Agadir
MOST READ: Floods in Valencia | Ferry from Bodrum to Kos | Transfer news
READ NEXT
Street party returns to Lisbon
Airline drops Porto

The mayor of Marseille said on Tuesday that nothing of the kind had been planned for the coming year at all.

Mon 21:00
clear sky
27.1
°
Larnaca
"""


def test_link_lists_weather_and_captions_are_not_read(real_gazetteer: Gazetteer) -> None:
    found = find_mentions(PAGE, gazetteer=real_gazetteer)
    assert [mention.surface for mention in found] == ["Lyon", "Marseille"]

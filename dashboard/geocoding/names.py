"""Turn the many spellings of one toponym into one key, so that a name is found as people write it.

Two keys are made of each name: the *folded* key (case, diacritics, punctuation and the variant letters of
Arabic and Hebrew script gone) and the *joined* key (the same without spaces, so that Ben Slimane meets
Benslimane). Folding never leaves a script: meeting across scripts is the work of alternate names and
hand-decided places.
"""

import unicodedata
from typing import Final, Literal

__all__ = [
    "MAX_NAME_LENGTH",
    "Generic",
    "fold",
    "join",
    "transcribe",
    "undotted",
    "without_article",
    "without_generic",
]

MAX_NAME_LENGTH: Final = 200
"""Characters; a longer text is a sentence, not a toponym (the longest name in GeoNames has 170)."""

# Letters that Unicode does not decompose, or whose variants are one letter to a reader of the script.
_LETTERS: Final = dict(
    # Latin
    zip("ıłøđðħŧŋəɓɗƙĸƴ", "iloddhtnebdkky", strict=True),
) | {
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "\u0671": "\u0627",  # alef wasla: alef
    "\u0649": "\u064a",  # alef maksura: ya
    "\u06cc": "\u064a",  # Persian ya
    "\u06d0": "\u064a",  # Pashto e
    "\u06a9": "\u0643",  # keheh: kaf
    "\u0629": "\u0647",  # ta marbuta: ha
    "\u06c1": "\u0647",  # heh goal
    "\u06be": "\u0647",  # heh doachashmee
    "\u06d5": "\u0647",  # ae
    "\u0640": "",  # tatweel
    "\u0621": "",  # hamza
}

# Marks that a reader may leave out. Marks of other scripts are vowels (Devanagari, Thai) or
# change the consonant (kana), and stay.
_OPTIONAL_MARKS: Final = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
Generic = Literal["town", "area", "facility"]
"""What a generic word says of its place: City of, Province, Air Base."""

_MODIFIER_LETTERS: Final = range(0x02B0, 0x0300)  # the apostrophes of romanisation

# "al" is written as it is spoken before some consonants: an-Nasiriyah, ash-Shaykh, er-Rachidia.
_ASSIMILATED: Final = {"d": "d", "n": "n", "r": "r", "s": "s", "sh": "sh", "t": "t", "z": "z"}
_SHORTEST_STEM: Final = 3
_LONGEST_GENERIC: Final = 3  # words
_ARABIC_ARTICLE: Final = "ال"

# Folded words that say what kind of place the name next to them is.
_GENERIC_BEFORE: Final[dict[str, Generic]] = {
    **dict.fromkeys(
        (
            *("town of", "city of", "village of", "township of", "borough of", "port of", "ville de"),
            *("ciudad de", "stadt", "gorod", "город", "місто", "مدينه", "قريه", "עיר", "העיר"),
        ),
        "town",
    ),
    **dict.fromkeys(
        (
            *("municipality of", "province de", "region de", "departement de", "departement du", "comte de"),
            *("gouvernorat de", "gouvernorat du", "wilaya de", "prefecture de", "provincia de", "comarca de"),
            *("landkreis", "kreis", "kreisfreie stadt", "محافظه", "اقليم", "ولايه", "عماله", "جهه", "منطقه"),
            *("מחוז", "נפת", "область", "district of", "province of", "governorate of", "region of"),
        ),
        "area",
    ),
    **dict.fromkeys(
        (
            *(
                "base aerienne de",
                "base aerienne d",
                "base navale de",
                "aeroport de",
                "aeroport d",
                "port de",
            ),
            *("base aerea de", "aeropuerto de", "puerto de", "fliegerhorst", "flughafen", "hafen"),
            *("авиабаза", "аэропорт", "аэродром", "порт", "авіабаза", "аеропорт", "аеродром"),
            *("قاعده", "مطار", "ميناء", "בסיס", "נמל", "נמל התעופה", "שדה התעופה"),
        ),
        "facility",
    ),
}
_GENERIC_BEHIND: Final[dict[str, Generic]] = {
    **dict.fromkeys(("township", "twp", "city", "town", "village", "sehri"), "town"),
    **dict.fromkeys(
        (
            *("county", "borough", "municipality", "district", "province", "region", "governorate", "raion"),
            *("prefecture", "oblast", "krai", "state", "voivodeship", "ili", "ilcesi", "область", "край"),
            *("район", "county borough"),
        ),
        "area",
    ),
    **dict.fromkeys(
        (
            *("air base", "airbase", "air force base", "naval base", "military base", "army base", "airport"),
            *(
                "international airport",
                "airfield",
                "aerodrome",
                "shipyard",
                "naval shipyard",
                "port",
                "harbour",
            ),
            *("harbour", "hava ussu", "havaalani", "limani", "الجويه", "البحريه"),
        ),
        "facility",
    ),
}

_DIGRAPHS: Final = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "å": "aa",
        "ø": "oe",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "Å": "Aa",
        "Ø": "Oe",
    }
)


class _Folding(dict[int, str]):
    """Character by character what folding makes of it, filled on first use."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    code = ord(character)
    category = unicodedata.category(character)
    if category in {"Cf", "Me"} or (
        category == "Mn" and any(first <= code <= last for first, last in _OPTIONAL_MARKS)
    ):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] in "LMN" and code not in _MODIFIER_LETTERS:
        return character
    return " "


_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """Fold a toponym to the key by which spellings are compared.

    Parameters
    ----------
    text
        The name as written, in any script and of any length.

    Returns
    -------
    str
        Lower-case words separated by single spaces, without diacritics, niqqud, tashkeel, punctuation or
        control characters; empty when nothing is left. Folding a key again changes nothing.
    """
    if not text.isascii():
        # Twice, because case folding and decomposition each uncover work for the other.
        for _ in range(2):
            text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        text = unicodedata.normalize("NFC", text.translate(_FOLDING))
    else:
        text = text.lower().translate(_FOLDING)
    return " ".join(text.split())


def join(folded: str) -> str:
    """Drop the spaces of a folded key.

    Parameters
    ----------
    folded
        A key made by `fold`.

    Returns
    -------
    str
        The joined key: the same for ``ben slimane`` and ``benslimane``.
    """
    return folded.replace(" ", "")


def undotted(name: str) -> str:
    """Drop the dots and spaces of an abbreviation, keeping its case.

    Parameters
    ----------
    name
        The abbreviation as written.

    Returns
    -------
    str
        ``US`` for ``U.S.`` and ``U. S.``, ``Ala`` for ``Ala.``.
    """
    return "".join(name.replace(".", " ").split())


def without_article(folded: str) -> str | None:
    """Drop the Arabic article in front of a folded key.

    Parameters
    ----------
    folded
        A key made by `fold`, in Latin or Arabic script.

    Returns
    -------
    str or None
        ``hajeb`` for ``el hajeb``, ``nasiriyah`` for ``an nasiriyah``; None when there is no article or too
        little would be left.
    """
    if folded.startswith(_ARABIC_ARTICLE):
        stem = folded.removeprefix(_ARABIC_ARTICLE)
        return stem if len(stem.split(" ")[0]) >= _SHORTEST_STEM else None
    article, space, stem = folded.partition(" ")
    if not space or len(stem) < _SHORTEST_STEM:
        return None
    if article in {"al", "el", "ul"}:
        return stem
    onset = _ASSIMILATED.get(article[1:]) if article[0] in "aeu" else None
    return stem if onset and stem.startswith(onset) else None


def without_generic(folded: str) -> tuple[str, Generic] | None:
    """Drop the words that say what kind of place a name is: City of, Township, Province, Air Base.

    Parameters
    ----------
    folded
        A key made by `fold`.

    Returns
    -------
    tuple of (str, str) or None
        ``readington`` and ``town`` for ``readington township``; None when there is no such word or too little
        is left. Of words on both sides (``قاعده … الجويه``) both go.
    """
    stem, found = folded, None
    for words, cut in ((_GENERIC_BEFORE, _cut_before), (_GENERIC_BEHIND, _cut_behind)):
        parts = stem.split(" ")
        for count in range(min(_LONGEST_GENERIC, len(parts) - 1), 0, -1):
            word, rest = cut(parts, count)
            if word in words:
                stem, found = rest, words[word]
                break
    return (stem, found) if found and len(stem) >= _SHORTEST_STEM else None


def _cut_before(parts: list[str], count: int) -> tuple[str, str]:
    return " ".join(parts[:count]), " ".join(parts[count:])


def _cut_behind(parts: list[str], count: int) -> tuple[str, str]:
    return " ".join(parts[-count:]), " ".join(parts[:-count])


def transcribe(name: str) -> str | None:
    """Write umlauts and ring letters as the digraphs used where a keyboard lacks them.

    Parameters
    ----------
    name
        The name as written.

    Returns
    -------
    str or None
        ``Unterluess`` for ``Unterlüss``; None when the name has no such letter.
    """
    transcribed = unicodedata.normalize("NFC", name).translate(_DIGRAPHS)
    return transcribed if transcribed != unicodedata.normalize("NFC", name) else None

from datetime import date

from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.sites import find_sites
from dashboard.articles.assembling.story import stories_of
from dashboard.articles.language import language_of
from dashboard.articles.learned.candidates import candidates_of
from dashboard.articles.learned.tellings import read_tellings
from dashboard.articles.learned.whens import date_features, date_options
from dashboard.articles.reading.clean import blocks_of

TEXT = (
    "The minister opened the plant on 3 May 2024. Guests came from afar.\n\n"
    "The 2021 edition of the exercise was cancelled."
)


def options_of(text, sentence, published=date(2024, 5, 20)):
    language = language_of("en")
    (story,) = stories_of(text, blocks_of(text, language), language, [])
    memory = Memory(published, find_sites(story), status_reach=language.status_reach)
    tellings = [one for one in read_tellings(story, memory, [], language) if not one.sentence.headline]
    telling = tellings[sentence]
    likely = [{"exercise": 1.0} for _ in telling.finds.clauses]
    candidate = candidates_of(telling, likely)[0]
    return candidate, date_options(candidate)


def days(options):
    return {
        option.source.split(":")[0]: option.extent.edtf for option in options if option.extent is not None
    }


def test_every_day_told_before_may_be_that_of_a_sentence_without_one():
    told = (
        "The plant was opened on 3 April 2024. Guests saw it on 12 April 2024 and on 14 April 2024. "
        "The band played."
    )
    _, options = options_of(told, 2)
    earlier = {one.extent.edtf for one in options if one.source.startswith("recent")}
    assert "2024-04-12" in earlier


def test_a_year_inside_a_name_may_be_that_of_the_event():
    _, options = options_of(TEXT, 2)
    assert days(options)["year"] == "2021"


def test_the_month_of_publication_stands_in_for_news_without_a_day():
    _, options = options_of("The two navies met at sea. They trained together.", 1)
    assert days(options)["month"] == "2024-05~"


def test_the_words_of_the_clause_are_weighed_with_the_side_of_publication():
    candidate, options = options_of(TEXT, 2)
    year = next(option for option in options if option.source == "year")
    assert date_features(candidate, year, options)["before|w:cancelled"] == 1.0


def test_no_date_is_the_last_of_the_options():
    _, options = options_of(TEXT, 1)
    assert options[-1].extent is None

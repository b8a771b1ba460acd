import pytest

from dashboard.articles.finding.sentence import read_sentence
from dashboard.articles.language import language_of
from dashboard.articles.learned.clauses import clause_features, clauses_of, read_finds
from dashboard.articles.places import NamedPlace

TEXT = "The works in Linz, Austria, were opened on 3 May 2024, and the old yard was shut in June."
PLACES = [
    NamedPlace("Linz", 13, 17, "place", "city", "Linz", "AT", 48.3, 14.3),
    NamedPlace("Austria", 19, 26, "place", "country", "Austria", "AT", 47.3, 13.3),
]


@pytest.fixture
def sentence():
    return read_sentence(TEXT, (0, len(TEXT)), language_of("en"), PLACES, (0, 0, 0))


def words(sentence, clause):
    start, end = sentence.offsets(clause.first, clause.last)
    return TEXT[start:end]


def test_clauses_cover_a_sentence_without_gaps(sentence):
    covered = [n for clause in clauses_of(sentence) for n in range(clause.first, clause.last + 1)]
    assert covered == list(range(len(sentence.tokens)))


def test_a_clause_ends_at_a_comma_before_a_conjunction(sentence):
    opened, shut = clauses_of(sentence)[-2:]
    assert "opened on 3 May 2024" in words(sentence, opened)
    assert "yard was shut" in words(sentence, shut)


def test_names_of_places_are_no_words_to_learn(sentence):
    finds = read_finds(sentence, [], language_of("en"))
    names = {name for number in range(len(finds.clauses)) for name in clause_features(finds, number, [])}
    assert "w:opened" in names
    assert not any("linz" in name or "austria" in name for name in names)


def test_what_the_rules_find_has_one_name_in_all_languages(sentence):
    german = "Das Werk in Linz wurde eröffnet."
    place = NamedPlace("Linz", 12, 16, "place", "city", "Linz", "AT", 48.3, 14.3)
    other = read_sentence(german, (0, len(german)), language_of("de"), [place], (0, 0, 0))
    bags = [
        {name for bag in read_finds(one, [], language_of(code)).bags for name in bag}
        for one, code in ((sentence, "en"), (other, "de"))
    ]
    assert {"hit:opening", "place:city", "site:factory"} <= bags[0] & bags[1]

import pytest

from dashboard.domain.vocabulary import check_code, codes, crosswalk, label, terms
from dashboard.errors import VocabularyError

LISTS = (
    "site_kinds", "site_statuses", "event_kinds", "event_statuses", "precisions", "actor_kinds",
    "actor_roles",
    "product_categories", "location_roles", "location_methods", "source_kinds", "stances", "confidences",
)  # fmt: skip


@pytest.mark.parametrize("vocabulary", LISTS)
def test_codes_are_lower_case_words_with_a_label(vocabulary: str) -> None:
    assert codes(vocabulary)
    for code, term in terms(vocabulary).items():
        assert code == term.code == code.lower()
        assert term.label


def test_a_known_code_is_given_back() -> None:
    assert check_code("site_kinds", "shipyard") == "shipyard"


@pytest.mark.parametrize(
    ("code", "nearest"), [("shipyards", "shipyard"), ("Factory", "factory"), ("test range", "test_range")]
)
def test_an_unknown_code_is_refused_with_the_nearest(code: str, nearest: str) -> None:
    with pytest.raises(VocabularyError, match=nearest) as caught:
        check_code("site_kinds", code)
    assert caught.value.nearest == nearest
    assert caught.value.vocabulary == "site_kinds"


def test_a_code_like_no_other_has_no_nearest() -> None:
    with pytest.raises(VocabularyError) as caught:
        check_code("site_kinds", "zzzzzz")
    assert caught.value.nearest is None


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert label("site_kinds", "shipyard") != "shipyard"
    assert label("site_kinds", "castle") == "castle"


def test_an_unknown_list_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        terms("castles")


@pytest.mark.parametrize(
    ("vocabulary", "scheme"),
    [
        ("event_kinds", "cameo"), ("precisions", "ucdp"), ("precisions", "acled"), ("precisions", "gdelt"),
        ("site_statuses", "gem"), ("site_statuses", "mirta"),
    ],
)  # fmt: skip
def test_crosswalks_start_from_codes_that_exist(vocabulary: str, scheme: str) -> None:
    assert set(crosswalk(vocabulary, scheme)) <= set(codes(vocabulary))

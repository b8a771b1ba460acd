from hypothesis import given
from hypothesis import strategies as st

from dashboard.geocoding.gazetteer.bitmap import KeyBitmap

KEYS = st.sets(st.text(alphabet=st.characters(), max_size=30), max_size=200)


@given(KEYS)
def test_no_key_is_denied(keys: set[str]) -> None:
    bitmap = KeyBitmap.of(keys)
    assert all(key in bitmap for key in keys)


def test_few_others_are_let_through() -> None:
    bitmap = KeyBitmap.of(f"key{number}" for number in range(100_000))
    others = sum(f"other{number}" in bitmap for number in range(10_000))
    assert others < 50


def test_an_empty_set_has_no_member() -> None:
    assert "rabat" not in KeyBitmap.of([])


def test_the_same_keys_give_the_same_bits_in_any_order() -> None:
    assert KeyBitmap.of(["a", "b", "c"]).bits == KeyBitmap.of(["c", "a", "b"]).bits

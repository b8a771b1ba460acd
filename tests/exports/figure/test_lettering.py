"""Letters: names of any script are set rightly or romanised, never as boxes and never as formulas."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dashboard.exports.figure.lettering import cut, isolated, settable, width, wrapped
from dashboard.exports.figure.panel import Panel


def _ink(text):
    figure = Figure((4, 0.5), dpi=100)
    canvas = FigureCanvasAgg(figure)
    Panel(figure, (0, 0, 288, 36), "one").text(10, 12, text, 16)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., 0]


def test_arabic_letters_join():
    # Kept apart by zero-width non-joiners, the same letters are other glyphs and wider.
    assert width("بنسليمان", 20) < 0.85 * width("\u200c".join("بنسليمان"), 20)


def test_hebrew_runs_from_the_right():
    word, turned = _ink("אבג"), _ink("\u202d" + "גבא" + "\u202c")
    assert word.min() < 100
    assert np.array_equal(word, turned)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("بنسليمان", "بنسليمان"),
        ("Gölcük, Київ, Ελλάδα", "Gölcük, Київ, Ελλάδα"),
        ("航天", "HangTian"),
        ("a\u202eb\u0000c\n\td", "abc d"),
        ("  \u200b ", ""),
    ],
)
def test_what_the_fonts_cannot_set_is_romanised_and_what_turns_the_line_is_dropped(text, shown):
    assert settable(text) == shown


@given(st.text(max_size=40))
def test_no_text_has_a_letter_without_a_glyph(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        width(settable(text), 10)
        width(settable(text), 10, "bold")


def test_a_dollar_is_a_dollar_and_starts_no_formula():
    assert not np.array_equal(_ink("$x_2$"), _ink("x2"))
    assert _ink("$\\frac{1}{$").min() < 100  # as a formula it would be an error


def test_a_name_from_the_right_does_not_reach_into_the_sentence():
    assert isolated("Haifa") == "Haifa"
    assert isolated("אבג") == "\u2068אבג\u2069"


@given(st.text(alphabet="abc de-", max_size=120), st.floats(30, 200))
def test_wrapped_lines_fit_and_lose_no_word(text, room):
    line = " ".join(text.split())
    lines = wrapped(line, 9, room)
    assert all(width(one, 9) <= room or len(one) == 1 for one in lines)
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")


def test_what_is_cut_says_so_and_fits():
    long = "A very long name of a very long thing that goes on"
    short = cut(long, 9, 100)
    assert short.endswith("…")
    assert width(short, 9) <= 100
    assert cut("short", 9, 100) == "short"

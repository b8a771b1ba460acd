import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain import points_in_text
from dashboard.domain.points_in_text import COVERED, leads_to_point, without_points

POINTS = [
    "33.6167, -7.1167",
    "33.6167,-7.1167",
    "33.61 -7.11",
    "33,6167; 7,1167",
    "N33.6167 W7.1167",
    "33.6167N 7.1167W",
    "33.6167°N, 7.1167°W",
    "33°36'58\"N 7°07'12\"W",
    "33° 36\u2032 58.123\u2033 N",
    "33º36'N",
    "-33.61671",
    "\u221233.6167",
    "33 36 58 N 007 07 12 W",
    "333658N 0070712W",
    "3336N 00707W",
    "N 33 36 58.12",
    "29SQS1234567890",
    "29S QS 12345 67890",
    "29s QS 1234 5678",
    "29S 712345 3721234",
    "37 north 250577 3713421",
    "zone 37 North, 250577 E 3713421 N",
    "37N 250577.5 m E, 99342 m N",
    "250577-3713421",
    "250577 3713421",
    "8C5MJVGF+2X",
    "///filled.count.soap",
    "33.6167".translate({ord(d): 0x660 + int(d) for d in "1367"} | {46: 0x66B}),
    "https://maps.example/@33.6167,-7.1167,15z",
    "https://maps.example/?q=33.6167,-7.1167",
    "lat=33.6167&lon=-7.1167",
]
PLAIN = [
    "",
    "The plant opened in 2021 and employs 1,200 people.",
    "12,500 rounds, 2.5 million dirhams, 155 mm, 7.62 mm and 5.56x45",
    "a contract of 1,234,567.89 euros",
    "on 24-11-2021 at 10:30",
    "tested at -40 °C and 50°C",
    "Su-57, T-90M, F-16, Tu-160M2, 3D printing, 5G",
    "published 1 MAY 2021, see 10.1234/abc.567",
    "370.371 hectares for 10.128 billion ringgit",
    "https://example.org/2021/11/24/story-123456.html",
    "tender 123456, lot 7, of 2021-11-24",
    "orders 2021-123456 and 123456-2021",
]


@pytest.mark.parametrize("text", POINTS)
def test_a_point_is_covered(text):
    covered = without_points(f"It stands at {text} near the road.")
    assert COVERED in covered
    assert not re.search(r"\d[.,\u066b]\d{2}|\d{3}", covered), covered
    assert "filled" not in covered


@pytest.mark.parametrize("text", PLAIN)
def test_other_numbers_stay(text):
    assert without_points(text) == text


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    digits=st.integers(3, 8),
    glue=st.sampled_from([", ", ",", " ", "; ", "/", " / "]),
    around=st.tuples(st.text("abc (.:", max_size=9), st.text("abc ).:", max_size=9)),
)
def test_no_decimals_of_a_written_pair_are_left(lat, lon, digits, glue, around):
    text = f"{around[0]} {lat:.{digits}f}{glue}{lon:.{digits}f} {around[1]}"
    covered = without_points(text)
    assert f"{lat:.{digits}f}".lstrip("-") not in covered
    assert f"{lon:.{digits}f}".lstrip("-") not in covered


@given(st.text("0123456789.,°'\"NSEW -+/qs٣\u066b", max_size=200))
def test_covering_twice_changes_nothing(text):
    once = without_points(text)
    assert without_points(once) == once


@pytest.mark.parametrize(
    "address",
    [
        "https://maps.example/@33.6167,-7.1167,15z",
        "https://maps.example/?q=33.61%2C-7.11",
        "https://maps.example/?lat=33.6167&lon=-7.1167",
        "https://maps.example/?mlat=33.6167&amp;mlon=7.1167#map=1",
    ],
)
def test_an_address_of_a_point_is_known(address):
    assert leads_to_point(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.agenzianova.com/a/636e4092458cf8.17131082/4135873/2022-11-11/speciale",
        "https://www.haaretz.com/.premium-1.5172401",
        "https://doi.org/10.1234/5678.90",
        "",
    ],
)
def test_an_address_of_an_article_is_none(address):
    assert not leads_to_point(address)


def repeats(parsed: Any) -> Iterator[tuple[int, bool]]:
    """Give the most of every repeat, and whether it stands inside another one that may go round."""
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, inner = argument
            yield int(most), most > 1 and any(again > 1 for again, _ in repeats(inner))
            yield from repeats(inner)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from repeats(branch)
        elif name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
            yield from repeats(argument[-1])


def test_no_text_can_make_it_slow():
    # Bounded repeats that do not nest: what one place of the text can cost has a limit.
    for pattern, least in ((points_in_text._POINT, 40), (points_in_text._IN_ADDRESS, 5)):
        found = list(repeats(re._parser.parse(pattern.pattern)))
        assert len(found) > least
        assert max(most for most, _ in found) <= 30
        assert not any(nested for _, nested in found)


HOSTILE = [
    "1 ",
    "1",
    "50.123, ",
    "50\u00b0 30' ",
    "N 50",
    "36SXD 12345 ",
    "///",
    "a.b",
    "http://a/",
    "1'",
    "- ",
    "3 6",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_keeps_it_busy(part):
    # While a pattern matches no other session gets a turn. The limit is for what is broken.
    text = (part * 100_000)[:100_000]
    began = time.process_time()
    without_points(text)
    leads_to_point(text)
    assert time.process_time() - began < 2

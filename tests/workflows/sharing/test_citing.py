"""A citation can be read by what it is written for, whatever the title holds, and leads to its version."""

import json
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.workflows.sharing.citing import cite, pinned_address
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.versions.published import PublishedVersion

VERSION = PublishedVersion("3f2a0c9d1e5b7a64", "2026-03-03T10:11:12.000000Z", 12)
ADDRESS = "https://atlas.example.org/?country=MA&country=IL&from=2020&version=old#part"
ENTRY = re.compile(r"@misc\{([A-Za-z0-9-]+),\n(.*)\n\}\n", re.DOTALL)
UNESCAPED = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{", r"\textbraceright{}": "}",
    r"\$": "$", r"\&": "&", r"\%": "%", r"\#": "#", r"\_": "_",
}  # fmt: skip
TOKEN = re.compile(
    r"\\text(?:backslash|asciitilde|asciicircum|braceleft|braceright)\{\}|\\[$&%#_]|[^\\{}$&%#_~^]"
)


def parse_bibtex(text: str) -> tuple[str, dict[str, str]]:
    """Read one entry as strictly as BibTeX does: braces count, escaped ones too."""
    found = ENTRY.fullmatch(text)
    assert found, text
    return found[1], dict(_fields(found[2]))


def _fields(body: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(body):
        name = re.compile(r"\s*([a-z]+) = ").match(body, at)
        assert name, body[at:]
        at = name.end()
        if body[at] != "{":
            macro = re.compile(r"[a-z]{3}").match(body, at)
            assert macro, body[at:]
            value, at = macro[0], macro.end()
        else:
            start, depth = at + 1, 0
            while True:
                depth += {"{": 1, "}": -1}.get(body[at], 0)
                at += 1
                if depth == 0:
                    break
                assert at < len(body), "an open brace"
            value = body[start : at - 1]
        yield name[1], value
        if at < len(body):
            assert body[at] == ",", body[at:]
            at += 1


def shown(tex: str) -> str:
    """What TeX would print."""
    tokens = TOKEN.findall(tex)
    assert "".join(tokens) == tex, tex
    return "".join(UNESCAPED.get(token, token) for token in tokens)


def test_a_footnote_says_version_days_and_address():
    found = cite(Link(), VERSION, accessed=date(2026, 11, 26), address=ADDRESS, title="Morocco and Israel")
    assert found.text == (
        "Morocco and Israel. Arsenal Atlas, version 3f2a0c9d1e5b7a64 of 3 March 2026. "
        "Accessed 26 November 2026. "
        "https://atlas.example.org/?country=MA&country=IL&from=2020&version=3f2a0c9d1e5b7a64#part"
    )


def test_bibtex_is_one_entry():
    found = cite(
        Link(record="st-yard"), VERSION, accessed=date(2026, 11, 26), address=ADDRESS, title="A 100% B_C"
    )
    key, fields = parse_bibtex(found.bibtex)
    assert key == "arsenal-atlas-st-yard-3f2a0c9d1e5b7a64"
    assert fields == {
        "author": "{Arsenal Atlas}",
        "title": r"{A 100\% B\_C}",
        "version": "3f2a0c9d1e5b7a64",
        "note": "Version 3f2a0c9d1e5b7a64 of 3 March 2026, accessed 26 November 2026",
        "urldate": "2026-11-26",
        "url": "https://atlas.example.org/?country=MA&country=IL&from=2020&version=3f2a0c9d1e5b7a64#part",
        "year": "2026",
        "month": "mar",
    }


def test_csl_json_is_one_item():
    found = cite(Link(), VERSION, accessed=date(2026, 1, 2), address="", title="")
    assert json.loads(found.csl_json) == [
        {
            "id": "arsenal-atlas-3f2a0c9d1e5b7a64",
            "type": "dataset",
            "title": "Arsenal Atlas",
            "publisher": "Arsenal Atlas",
            "version": "3f2a0c9d1e5b7a64",
            "issued": {"date-parts": [[2026, 3, 3]]},
            "accessed": {"date-parts": [[2026, 1, 2]]},
        }
    ]
    assert "http" not in found.text + found.bibtex


def test_a_version_without_a_day_has_none():
    found = cite(Link(), PublishedVersion("ab", "", 0), accessed=date(2026, 1, 2), address="", title="")
    assert found.text == "Arsenal Atlas, version ab. Accessed 2 January 2026."
    assert "year" not in parse_bibtex(found.bibtex)[1]
    assert "issued" not in found.csl_json


@given(st.text(max_size=60), st.text("\\{}$&%#_~^\"'@, aé\u202e\n", max_size=40))
def test_no_title_breaks_out(title, marks):
    found = cite(Link(), VERSION, accessed=date(2026, 1, 2), address=ADDRESS, title=title + marks)
    (item,) = json.loads(found.csl_json)
    _, fields = parse_bibtex(found.bibtex)
    assert fields["title"][0] + fields["title"][-1] == "{}"
    assert shown(fields["title"][1:-1]) == item["title"]
    assert item["title"].isprintable()
    assert "\n" not in found.text


@pytest.mark.parametrize(
    "address", ["https://a.org/x?q={a}\\b%25 c", "https://a.org/?q=\u202eعربي\n&version=1&version=2"]
)
def test_addresses_hold_what_every_format_can(address):
    found = pinned_address(address, "abc")
    assert re.fullmatch(r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%\-]+", found)
    query = parse_qs(urlsplit(found).query)
    assert query["version"] == ["abc"]
    assert query["q"] == [parse_qs(urlsplit(address.replace("\n", "")).query)["q"][0]]

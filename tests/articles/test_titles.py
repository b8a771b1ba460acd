"""Titles and names are made in our words, and never shout."""

import pytest


def titles(found):
    return [event.title for event in found.events]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Graz Defence Systems signed a contract for 155 mm shells in Linz in May 2025.",
            "Contract: Graz Defence Systems, 155 mm shells, Linz",
        ),
        ("The minister will open a shell factory in Linz in March 2027.", "Planned opening: factory, Linz"),
        ("The visit of the minister to Graz on Friday was postponed.", "Postponed visit: Graz"),
        (
            "TEL AVIV, Jan 3 — A fire killed two workers at the rocket plant here on Friday.",
            "Incident: factory, Tel Aviv",
        ),
    ],
)
def test_a_title_says_what_who_which_and_where(propose, text, title):
    assert titles(propose(text)) == [title]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Graz Defence Systems runs a powder mill in Linz.", "Graz Defence Systems factory, Linz"),
        ("The rockets are to be tried out at Linz.", "Test range, Linz"),
        ("He toured the Archduke Karl Academy in Graz.", "Archduke Karl Academy, Graz"),
    ],
)
def test_a_site_is_named_by_its_own_name_or_by_owner_kind_and_town(propose, text, name):
    assert [site.name for site in propose(text).sites] == [name]

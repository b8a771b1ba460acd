"""What the navigation offers to whom: every page once, no heading over nothing, and addresses that stay."""

import pytest

from dashboard.domain.access import ANONYMOUS, LOCAL, Person, Role
from dashboard.ui.navigation import ALONE, PAGES, arrange

READABLE = ["Atlas", "Sites", "Events", "Actors", "Sources", "Layers", "Geocoding", "Changes", "About"]
RECORDS = ["Atlas", "Sites", "Events", "Actors", "Sources", "Layers", "About"]
BRING = ["Import", "Articles", "Geocoding"]
OFFERED = {
    Role.READER: {ALONE: READABLE},
    Role.CONTRIBUTOR: {ALONE: RECORDS, "Bring in": BRING, "Work": ["Edit", "Changes"]},
    Role.REVIEWER: {ALONE: RECORDS, "Bring in": BRING, "Work": ["Edit", "Review", "Changes"]},
    Role.ADMIN: {ALONE: RECORDS, "Bring in": BRING, "Work": ["Edit", "Review", "Changes", "Operations"]},
}
ADDRESSES = {
    "about", "actors", "articles", "atlas", "changes", "edit", "events", "geocoding", "import_data", "layers",
    "operations", "review", "sites", "sources",
}  # fmt: skip


def offered(person):
    return {
        heading: [entry.title for entry in entries if entry.is_offered(person)]
        for heading, entries in arrange(person).items()
    }


@pytest.mark.parametrize("role", Role)
def test_each_role_is_offered_its_pages_under_headings_that_are_worth_opening(role):
    assert offered(Person("p", "Pat", role)) == OFFERED[role]


def test_who_is_not_signed_in_is_offered_what_a_reader_is_and_a_local_session_everything():
    assert offered(ANONYMOUS) == OFFERED[Role.READER]
    assert offered(LOCAL) == OFFERED[Role.ADMIN]


@pytest.mark.parametrize("person", [ANONYMOUS, LOCAL])
def test_every_page_is_answered_once_at_the_address_that_links_have(person):
    names = [entry.name for entries in arrange(person).values() for entry in entries]
    assert sorted(names) == sorted(ADDRESSES)
    assert len(PAGES) == len(ADDRESSES)

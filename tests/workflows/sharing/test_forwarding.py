"""The address of a record comes to something for as long as the id is known."""

import re
from collections.abc import Mapping, Sequence

import pytest

from dashboard.domain.records import Change
from dashboard.runtime import AtlasView, Runtime
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.access.coarsening import WITHHELD
from dashboard.workflows.sharing.forwarding import Gone, Unknown, find_address
from dashboard.workflows.sharing.link import Link, read_link

FACTORY = "st-bluebird-benslimane"


@pytest.fixture
def atlas(read_only: Runtime) -> AtlasView:
    return read_only.view(EXACT)


def change(record_id: str, why: str) -> Change:
    return Change(
        record_id=record_id,
        field="name",
        before="x",
        after="",
        who="rev",
        when="2026-03-01T10:00:00Z",
        why=why,
    )


def found(
    atlas: AtlasView, record_id: str, history: Mapping[str, str] | None = None, link: Link | None = None
) -> str | Gone | Unknown:
    def changes(one: str) -> Sequence[Change]:
        return (change(one, history[one]),) if history and one in history else ()

    return find_address(record_id, atlas.frames(), atlas.library(), changes, link)


def test_a_record_outside_the_window_widens_it_and_drops_the_filters(atlas: AtlasView) -> None:
    link, _ = read_link([("from", "2010"), ("to", "2012"), ("q", "Norway"), ("sort", "name")])
    address = str(found(atlas, "ev-2026-jmc3", link=link))
    assert re.fullmatch(r"/\?from=2010-01-01&to=2026-\d\d-\d\d&record=ev-2026-jmc3&sort=name", address)


def test_actors_and_sources_have_pages_of_their_own(atlas: AtlasView) -> None:
    actor = next(one for one in atlas.library().evidence if one.startswith("ac-"))
    source = next(iter(atlas.library().sources))
    assert found(atlas, actor) == f"/actors?record={actor}"
    assert found(atlas, source) == f"/sources?find={source}"


def test_a_deleted_record_says_when_and_why(atlas: AtlasView) -> None:
    assert found(atlas, "st-gone", {"st-gone": "twice in the atlas"}) == Gone(
        "st-gone", "2026-03-01", "twice in the atlas"
    )


def test_a_reason_that_the_audience_may_not_read_is_not_given(atlas: AtlasView) -> None:
    gone = found(atlas, "st-gone", {"st-gone": WITHHELD})
    assert isinstance(gone, Gone)
    assert gone.why == ""


def test_a_merged_record_leads_to_where_it_went(atlas: AtlasView) -> None:
    history = {"st-old": "merged into st-older", "st-older": f"merged into {FACTORY}"}
    assert found(atlas, "st-old", history) == f"/?record={FACTORY}"


def test_records_merged_into_each_other_lead_nowhere_and_end(atlas: AtlasView) -> None:
    history = {"st-a": "merged into st-b", "st-b": "merged into st-a"}
    assert found(atlas, "st-a", history) == Unknown("st-a", ())


def test_an_unknown_id_is_answered_with_those_like_it(atlas: AtlasView) -> None:
    unknown = found(atlas, "st-bluebird-benslimann")
    assert isinstance(unknown, Unknown)
    assert FACTORY in unknown.near

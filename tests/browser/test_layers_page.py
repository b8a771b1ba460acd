"""A table of somebody's is looked at as a draft, published, and only then seen by visitors."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from playwright.sync_api import expect

from dashboard.domain.access import Role
from dashboard.importers.rows import LAYER_ROWS
from dashboard.settings import Settings
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.people.people import Meeting
from dashboard.store.trail.operations import Operation
from dashboard.workflows.package.start import open_atlas

pytestmark = pytest.mark.browser

ROW: dict[str, Any] = {
    "row": 2, "external_id": "c-1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A <b>clash</b>", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY", "lat": 33.51, "lon": 36.29, "precision": "near", "precision_m": 2500,
    "original_precision": "2", "actors": "", "products": "", "source": "Agency", "source_url": "",
    "notes": "", "extra": '{"dyad": "as written"}', "flags": "",
}  # fmt: skip
ABOUT = LayerAbout("clashes", "Clashes <i>of</i> all", "#AA3377", "CC BY 4.0", "Somebody (2026)")


@pytest.fixture
def shared(start_server: Callable[..., Any], tmp_path: Any) -> Iterator[str]:
    """Address of a shared atlas with a draft layer of a contributor."""
    database = f"sqlite:///{tmp_path / 'atlas.sqlite'}"
    store, _ = open_atlas(Settings(db=database))
    for name, role in (("ann", Role.CONTRIBUTOR), ("rev", Role.REVIEWER)):
        joining = Operation.new(name, "sign in", name)
        person = store.people.meet(Meeting("proxy", name, name.title()), role, joining)
        if name == "ann":
            importing = Operation.new("Ann", "import layer", "clashes", person_id=person.id)
            rows = [{**ROW, "row": n + 2, "external_id": f"c-{n}", "lon": 36.0 + n} for n in range(3)]
            store.layers.put(ABOUT, [pa.RecordBatch.from_pylist(rows, schema=LAYER_ROWS)], importing)
    store.close()
    with start_server(db=database, sign_in="header", anonymous_reading="true") as address:
        yield address


def look_until_brought(visitor: Any) -> None:
    """Look again until the layer is there: it is brought in the background, and no look waits for it."""
    beside = visitor.page.get_by_text("Beside them, not reviewed here")

    def brought() -> bool:
        visitor.open("/?layers=data:clashes,records")
        return bool(beside.count())

    assert visitor.wait_until(brought), "the published layer never came"


def test_a_draft_is_looked_at_published_and_then_seen_by_visitors(
    shared: str, new_atlas: Callable[..., Any]
) -> None:
    visitor = new_atlas(shared, alone=True).open("/?layers=data:clashes,records")
    assert visitor.inspect()["datasets"] == {}
    assert "Clashes" not in visitor.page.content()
    visitor.page.goto(f"{shared}/layers?layer=clashes&part=Map")
    expect(visitor.page.get_by_text("There is no layer yet")).to_be_visible()

    reviewer = new_atlas(shared, alone=True, extra_http_headers={"X-Forwarded-User": "rev"})
    reviewer.page.goto(f"{shared}/layers?layer=clashes&part=Map")
    reviewer.wait_for_map()
    reviewer.wait_in_map("map.visible.events === 3 && map.visible.sites === 0")
    reviewer.drawn()
    reviewer.rest()
    mark = reviewer.mark("c-1")
    before = reviewer.inspect()["view"]
    reviewer.page.mouse.click(mark["x"], mark["y"])
    expect(reviewer.card).to_contain_text("A <b>clash</b>")
    reviewer.wait_for_query("record", "^data:clashes/c-1$")
    reviewer.drawn()
    reviewer.rest()
    assert reviewer.inspect()["view"] == before
    reviewer.page.get_by_role("radio", name="About", exact=True).click()
    expect(reviewer.page.get_by_label("Why")).to_be_visible()
    reviewer.drawn()
    reviewer.page.get_by_label("Why").fill("Looked at the rows")
    reviewer.page.get_by_label("Why").press("Tab")
    reviewer.drawn()
    reviewer.page.get_by_role("button", name="Publish").click()
    expect(reviewer.page.get_by_text("everybody sees it on the map")).to_be_visible()

    look_until_brought(visitor)
    visitor.wait_in_map("map.datasets['data:clashes'] === 3")
    expect(visitor.frame.locator(".atlas-legend")).to_contain_text("Clashes <i>of</i> all (CC BY 4.0)")
    visitor.set_date("To date", "2019")
    visitor.wait_in_map("map.datasets['data:clashes'] === 0")
    visitor.page.goto(f"{shared}/layers?layer=clashes&part=Records&record=data:clashes/c-1")
    expect(visitor.card).to_contain_text("A <b>clash</b>")
    visitor.drawn()
    visitor.card.get_by_text("Row 3 as the file has it").click()
    expect(visitor.page.get_by_role("button", name="Propose for the atlas")).to_have_count(0)

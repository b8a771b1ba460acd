"""By no route of the whole app does somebody who may not see it get an exact point, or anything of a draft.

The table of routes is the app's own, with whatever Streamlit mounts: a new one is asked without anybody
having to think of it.
"""

import base64
import gzip
import io
import json
import os
import re
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dashboard.api.v1.operations import LISTS
from dashboard.domain.access import Role
from dashboard.domain.dossier import Dossier
from dashboard.exports.registry import FORMATS
from dashboard.geocoding import HandDecidedPlaces, build_gazetteer
from dashboard.geocoding.gazetteer.sources import GeonamesSource
from dashboard.importers.rows import LAYER_ROWS
from dashboard.maps.addresses import payload_address
from dashboard.settings import Settings
from dashboard.store.drafts.draft import Proposal
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.people.people import Meeting
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, shown_version
from dashboard.workflows.layers.datasets import layer_version
from dashboard.workflows.package.start import open_atlas
from dashboard.workflows.views.datasets import open_datasets

PATIENCE = 60
STARTING = 300  # seconds for what takes two of a processor, where others have the processors
SMALL = Path(__file__).parents[1] / "importers" / "small"
SECRET_WORD = "Qwfpgj"  # noqa: S105  # a word of a draft
SECRET_POINT = (35.77771234, 5.44459876)
LAYER_POINT = (31.62341234, 4.83219876)
LAYERS = "data:open,data:hidden"
PAGES = (
    "",
    "events",
    "sites",
    "actors",
    "sources",
    "layers",
    "changes",
    "geocoding",
    "articles",
    "import_data",
    "edit",
    "review",
    "operations",
    "about",
)
NAMES = "names=Ben+Slimane;+MA"
WORDS = ("", "../../settings.py", "%2e%2e/settings.py", "0" * 40, "index.html", "nothing")

# Serves the app as uvicorn does and writes down its port and its routes, mounted ones included; and whom the
# process asks for anything, itself once at the beginning.
SERVER = """
import json, socket, sys, threading, time

asked = open(sys.argv[1] + ".asked", "a", buffering=1)

def watch(event, arguments):
    if event == "socket.connect":
        print(arguments[1], file=asked)
    if event == "socket.getaddrinfo":
        print(arguments[:2], file=asked)

sys.addaudithook(watch)

import uvicorn
from dashboard.asgi import app

def table(routes, before=""):
    for route in routes:
        path = before + (getattr(route, "path", "") or "")
        yield type(route).__name__, path, sorted(getattr(route, "methods", None) or ())
        yield from table(getattr(route, "routes", None) or (), path)

server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))

def tell():
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    socket.create_connection(("127.0.0.1", port)).close()
    told = {"port": port, "routes": list(table(app._starlette_app.routes))}
    with open(sys.argv[1] + ".part", "w") as file:
        json.dump(told, file)
    import os
    os.replace(sys.argv[1] + ".part", sys.argv[1])

threading.Thread(target=tell, daemon=True).start()
server.run()
"""


@dataclass(frozen=True)
class Site:
    """The served app, and what must not leave it."""

    address: str
    routes: tuple[tuple[str, str, tuple[str, ...]], ...]
    planted: Any
    version: str
    past: str
    draft_id: str
    asked: Path
    layer_versions: tuple[str, ...]
    """Versions that follow from the exact rows of the two layers: whoever knows the rows knows these."""

    def asked_outside(self) -> list[str]:
        """Whom the process asked for anything, but this machine (S14)."""
        asked = self.asked.read_text().splitlines()
        assert asked, "the watch saw not even what the process asked itself"
        return [line for line in asked if not line.startswith(("('127.0.0.1'", "('::1'", "('localhost'"))]

    def leaks(self, found: bytes, visitor: str = "anonymous") -> list[str]:
        """What of the draft, and of what this visitor may not see, is in an answer."""
        planted = self.planted
        words = [SECRET_WORD, "35.777", "5.4445", "77771"]
        if visitor == "contributor":
            # No grid, but one record is protected, whose sources and neighbours must not tell either.
            planted = replace(planted, points=(planted.points[0],))
            words += ["so he said", "par. 7", "The gate is", "example.org/map"]
        else:
            planted = replace(planted, points=(*planted.points, LAYER_POINT))
            words += ["as the file has it so", "Middle of a country"]
        found += b"".join(_carried(found))
        text = planted.told(found)
        leaks = planted.traces(text) + [word for word in words if word in text]
        # Tables and payloads carry numbers as they are in memory.
        for point in (*planted.points, SECRET_POINT):
            for number in point:
                leaks += [
                    f"{number} in binary" for form in ("<d", "<f") if struct.pack(form, number) in found
                ]
        return leaks


def _carried(found: bytes) -> Iterator[bytes]:
    """Unpack the records that a map document of ours carries."""
    for packed in re.findall(rb'id="atlas-payload">([^<]+)<', found):
        yield gzip.decompress(base64.b64decode(packed))


def _row(own_id: str, name: str, point: tuple[float, float]) -> dict[str, Any]:
    """A row of an imported layer with its point wherever a row can hold one."""
    where = f"{point[0]}, {point[1]}"
    texts = dict.fromkeys(("status", "original_kind", "original_status", "products", "country"), "")
    return texts | {
        "row": 2, "external_id": own_id, "record_type": "event", "kind": "incident", "name": name,
        "status": "happened", "date": "2020-01-02", "date_as_written": "2 Jan 2020", "first": 18263,
        "last": 18263, "dated": True, "place": f"The gate, {where}", "lat": point[0], "lon": point[1],
        "precision": "exact", "precision_m": 50, "original_precision": where, "actors": f"Unit at {where}",
        "source": f"Agency {where}", "source_url": f"https://example.org/?at={point[0]},{point[1]}",
        "notes": f"It was at {where}.", "extra": json.dumps({"as the file has it so": where}),
        "flags": "|country_point|",
    }  # fmt: skip


def _import(store: Any, name: str, rows: list[dict[str, Any]], *, publish: bool) -> None:
    about = LayerAbout(name, f"{rows[0]['name']} layer", licence="CC BY 4.0", file_name=f"{name}.csv")
    importing = Operation.new("ann", "import layer", name, person_id="p-ann")
    batch = pyarrow.RecordBatch.from_pylist(rows, schema=LAYER_ROWS)
    store.layers.put(about, [batch], importing, publish=publish)


@pytest.fixture(scope="module")
def site(planted: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    own = {
        "package": planted.folder,
        "data_folder": folder / "data",
        "cache_folder": folder / "cache",
        "datasets": [SMALL],
        "sign_in": "header",
        "anonymous_reading": True,
        "coarsen": "anonymous=0.1,reader=0.1",
        "api_per_minute": 100_000,
        "max_sessions_per_person": 50,
    }
    store, _ = open_atlas(Settings(**own))
    dossier, revision = store.repository.dossier("st-yard")
    place = replace(dossier.locations[0], lat=SECRET_POINT[0], lon=SECRET_POINT[1])
    secret = replace(dossier.record, name=f"{SECRET_WORD} yard", notes=SECRET_WORD)  # type: ignore[call-arg]
    proposed = Dossier(secret, (place,), dossier.statuses, dossier.citations, dossier.sources)
    operation = Operation.new("ann", "propose", "st-yard", SECRET_WORD, person_id="p-ann")
    draft = store.drafts.create(Proposal("st-yard", "sites", revision, proposed, SECRET_WORD), operation)
    submitting = Operation.new("ann", "submit", draft.id, person_id="p-ann")
    store.drafts.submit(draft.id, draft.version, submitting)
    protecting = Operation.new("rev", "protect", "st-yard", "a source asked")
    store.protections.set("st-yard", 0.1, protecting)
    joining = Operation.new("con", "sign in", "con")
    store.people.meet(Meeting("proxy", "con", "Con"), Role.CONTRIBUTOR, joining)
    _import(store, "open", [_row("cl-1", "Layer clash", LAYER_POINT)], publish=True)
    _import(store, "hidden", [_row("hi-1", f"{SECRET_WORD} raid", SECRET_POINT)], publish=False)
    past = shown_version(store.repository.data_version(), Settings(**own))
    # What was there before is in the audit trail and in a version that a link may name.
    revised = replace(dossier.record, notes="The gate is closed.")  # type: ignore[call-arg]
    moved = replace(dossier.locations[0], lat=planted.points[-1][0])
    newer = replace(dossier, record=revised, locations=(moved, *dossier.locations[1:]))
    saving = Operation.new("rev", "save", "st-yard", "The gate is closed")
    store.repository.save_dossier(newer, revision, saving)
    version = store.repository.data_version()
    layers = tuple(layer_version(one, EXACT) for one in store.layers.list())
    store.close()
    # As the command builds it, with the hand-decided places of the package.
    morocco = {"geonameid": 1, "name": "Morocco", "iso": "MA", "iso3": "MAR", "capital": "", "population": 1}
    build_gazetteer(
        folder / "cache" / "gazetteer.sqlite",
        hand_decided=HandDecidedPlaces.from_csv(planted.folder / "places.csv"),
        source=GeonamesSource([], [morocco], [], "test"),
    )
    with _served(own, folder) as (port, routes):
        address = f"http://127.0.0.1:{port}"
        yield Site(address, routes, planted, version, past, draft.id, folder / "told.json.asked", layers)


@contextmanager
def _served(own: dict[str, Any], folder: Path) -> Iterator[tuple[int, Any]]:
    told, log = folder / "told.json", folder / "server.log"
    own = {**own, "datasets": os.pathsep.join(map(str, own["datasets"]))}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    environment |= {f"ARSENAL_ATLAS_{name.upper()}": str(value) for name, value in own.items()}
    with log.open("wb") as output:
        process = sys.modules["tests_forks"].start(SERVER, str(told), env=environment, output=output)
    try:
        end = time.monotonic() + STARTING
        while not told.is_file():
            assert process.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < end, log.read_text()[-2000:]
            time.sleep(0.05)
        found = json.loads(told.read_text())
        yield found["port"], tuple((kind, path, tuple(methods)) for kind, path, methods in found["routes"])
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _said(site: Site, headers: dict[str, str], page: str, query: str) -> bytes:
    """Open a tab, as Streamlit's front end does, and give all that the page says."""
    origin: Any = site.address
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    with connect(
        site.address.replace("http", "ws") + "/_stcore/stream",
        origin=origin,
        additional_headers=headers,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
        open_timeout=PATIENCE,
        # A client that stops reading at some messages does not hear the pings, either.
        max_queue=None,
    ) as socket:
        socket.send(message.SerializeToString())
        said = b""
        while True:
            data = socket.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            said += data
            answer = ForwardMsg()
            answer.ParseFromString(data)
            if answer.WhichOneof("type") == "script_finished":
                return said


def _addresses(site: Site, path: str) -> Iterator[str]:
    """Fill in what a route leaves open, with all that somebody could know or guess."""
    records = ["st-yard", "st-ben-slimane", "ev-order", "ev-meeting", "ac-maker", "lo-yard", site.draft_id]
    records += ["data:open/cl-1", "data:hidden/hi-1", "hi-1"]
    versions = [site.version, site.draft_id, *site.layer_versions, "passing-0", "draft-", "0" * 16]
    guesses = {
        "id": records,
        "featureId": records,
        "collectionId": ["sites", "events"],
        "record_id": records,
        "version": versions,
        "session_id": ["0" * 36],
    }
    names = re.findall(r"{(\w+)(?::\w+)?}", path)
    if not names:
        yield path or "/"
        return
    for number in range(max(len(guesses.get(name, WORDS)) for name in names)):
        filled = path
        for name in names:
            words = guesses.get(name, WORDS)
            filled = re.sub(rf"{{{name}(:\w+)?}}", lambda _, w=words: w[number % len(w)], filled)  # noqa: B023
        yield filled


VISITORS: dict[str, dict[str, str]] = {
    "anonymous": {},
    "reader": {"X-Forwarded-User": "rea"},
    "contributor": {"X-Forwarded-User": "con"},
}


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_route_gives_an_exact_point_or_a_draft(site: Site, visitor: str) -> None:
    client = requests.Session()
    client.headers.update(VISITORS[visitor])
    asked, told = 0, {}
    for kind, path, methods in site.routes:
        if kind == "WebSocketRoute":
            continue
        addresses = {one for way in (path, f"{path}/{{path}}") for one in _addresses(site, way)}
        addresses |= {f"{one}?version={site.past}" for one in _addresses(site, path)}
        for address in addresses:
            for method in {*methods, "GET", "POST"} - {"HEAD", "OPTIONS"}:
                with client.request(method, site.address + address, timeout=PATIENCE, stream=True) as answer:
                    body = answer.raw.read(5_000_000, decode_content=True)
                    asked += 1
                    assert answer.status_code != 500, (method, address)
                    if leaks := site.leaks(body + repr(dict(answer.headers)).encode(), visitor):
                        told[f"{method} {address}"] = leaks
    assert told == {}
    assert asked > 100
    # It was the atlas that answered, not a wall in front of it.
    found = client.get(f"{site.address}/api/records/st-yard", timeout=PATIENCE)
    assert found.json()["record"]["name"] == "Yard"
    own = client.get(site.address + payload_address(found.json()["version"]), timeout=PATIENCE)
    assert own.content.startswith(b"AAM1")
    assert site.leaks(own.content, visitor) == []
    assert site.asked_outside() == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_link_frame_or_short_address_gives_an_exact_point_or_a_draft(site: Site, visitor: str) -> None:
    headers = VISITORS[visitor]
    asked = (
        "/embed?record=st-yard",
        "/embed?type=site&area=box:35,5,36,6",
        f"/embed?version={site.version}",
        f"/embed?record={site.draft_id}&q={SECRET_WORD[:3]}",
        "/r/st-yard?from=1900",
        f"/r/{site.draft_id}",
        f"/oembed?url={site.address}/r/st-yard",
        f"/oembed?url={site.address}/?record={site.draft_id}",
        f"/embed?layers={LAYERS}",
        "/embed?record=data:hidden/hi-1",
        "/r/data:hidden/hi-1",
        "/r/data:open/cl-1",
    )
    told, everything = {}, b""
    for address in asked:
        found = requests.get(site.address + address, headers=headers, timeout=PATIENCE)
        assert found.status_code < 500, address
        everything += found.content
        if leaks := site.leaks(found.content + repr(dict(found.headers)).encode(), visitor):
            told[address] = leaks
    assert told == {}
    assert any(b"Drone plant" in one for one in _carried(everything))
    assert site.asked_outside() == []


def _unpacked(found: bytes) -> bytes:
    """What is in a file, for those that are packed."""
    parts = [found]
    if found.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(found)) as archive:
            parts += [_unpacked(archive.read(name)) for name in archive.namelist()]
    if found.startswith(b"PAR1"):
        table = pyarrow.parquet.read_table(io.BytesIO(found))
        parts += [repr(table.to_pylist()).encode(), repr(table.schema.metadata).encode()]
    # Where the land's thousands of corners are drawn on a sheet, any digits occur: only words are looked at.
    if found.startswith(b"%PDF"):
        parts = [re.sub(rb"stream\r?\n.*?endstream", b"", found, flags=re.DOTALL)]
    if b"<svg" in found[:1000]:
        parts = [re.sub(rb"<[^>]*>", b" ", found)]
    return b"\n".join(parts)


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_list_layer_or_file_gives_an_exact_point_or_a_draft(site: Site, visitor: str) -> None:
    beside = f"layers=records,{LAYERS}"
    lists = [f"/api/v1/{name}?f={form}&{beside}" for name in LISTS for form in LISTS[name].choices["f"]]
    layers = [f"/api/ogc/collections/{name}/items?limit=1000" for name in ("sites", "events")]
    # Drawing takes its time: once is enough, because every file is made of the same view.
    drawn = {"png", "svg", "pdf", "docx", "briefing-html"} if visitor != "reader" else set()
    files = [f"/api/v1/export?format={form}&{beside}" for form in FORMATS if form not in drawn]
    told, everything = {}, b""
    for address in (*lists, *layers, *files, *(f"{one}&version={site.past}" for one in (*lists, *layers))):
        found = requests.get(site.address + address, headers=VISITORS[visitor], timeout=PATIENCE)
        assert found.status_code == 200, (address, found.text[:300])
        unpacked = _unpacked(found.content)
        everything += unpacked
        if leaks := site.leaks(unpacked + repr(dict(found.headers)).encode(), visitor):
            told[address] = leaks
    assert told == {}
    assert b"Layer clash" in everything
    # A question about a small box would say where something is, bit by bit.
    lat, lon = site.planted.points[0]
    box = f"{lon - 1e-4},{lat - 1e-4},{lon + 1e-4},{lat + 1e-4}"
    for address in (f"/api/v1/sites?bbox={box}", f"/api/ogc/collections/sites/items?bbox={box}"):
        found = requests.get(site.address + address, headers=VISITORS[visitor], timeout=PATIENCE)
        assert found.status_code == 200
        assert "st-yard" not in found.text
    everything = requests.get(f"{site.address}/api/v1/sites", headers=VISITORS[visitor], timeout=PATIENCE)
    assert "st-yard" in everything.text
    assert site.asked_outside() == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_page_says_an_exact_point_or_a_draft(site: Site, visitor: str) -> None:
    headers = VISITORS[visitor]
    told, media, everything = {}, set(), b""
    layer = open_datasets([SMALL])[0].layer
    queries = ["", "record=st-yard", "record=ev-order", f"record={layer}/st-yard&draft={site.draft_id}"]
    of_past = [f"version={site.past}&record=st-yard", f"version={site.version}"]
    visits = [(page, query) for page in PAGES for query in queries]
    visits += [(page, query) for page in ("", "sites", "sources") for query in of_past]
    parts = ("About", "Map", "Records", "Faults", "Twins")
    visits += [("layers", f"layer={name}&part={part}") for name in ("open", "hidden") for part in parts]
    of_layers = [f"layers={LAYERS}&record={one}" for one in ("data:open/cl-1", "data:hidden/hi-1")]
    visits += [(page, query) for page in ("", "layers") for query in of_layers]
    visits += [("changes", "show=Versions"), ("changes", f"show=Differences&before={site.past}")]
    for page, query in [*visits, ("geocoding", NAMES)]:
        # A link opens a session of its own; within one the address follows what was clicked.
        said = _said(site, headers, page, query)
        everything += said
        media |= set(re.findall(rb"/media/[A-Za-z0-9._-]+", said))
        if leaks := site.leaks(said, visitor):
            told[f"/{page}?{query}"] = leaks
    for found in media:
        answer = requests.get(site.address + found.decode(), headers=headers, timeout=PATIENCE)
        if leaks := site.leaks(answer.content, visitor):
            told[found.decode()] = leaks
    assert told == {}
    # The pages were drawn, with records on them.
    assert [
        word
        for word in (b"Drone plant", b"Committee meets", b"Maker", b"Paper", b"Rabat", b"Layer clash")
        if word not in everything
    ] == []
    assert site.asked_outside() == []


def test_the_search_finds_what_is_there_to_be_found(site: Site, tmp_path: Path) -> None:
    # Else the tests above would pass whatever the routes gave.
    with open_local(site, tmp_path / "local") as address:
        found = requests.get(f"{address}/api/records/st-yard", timeout=PATIENCE)
        assert site.leaks(found.content)
        marks = requests.get(address + payload_address(found.json()["version"]), timeout=PATIENCE)
        assert "33.59771234 in binary" in site.leaks(marks.content)
        embedded = requests.get(f"{address}/embed", timeout=PATIENCE)
        assert "33.59771234 in binary" in site.leaks(embedded.content)


@contextmanager
def open_local(site: Site, folder: Path) -> Iterator[str]:
    folder.mkdir()
    own = {
        "package": site.planted.folder,
        "data_folder": folder / "data",
        "cache_folder": folder / "cache",
        "datasets": [],
    }
    with _served(own, folder) as (port, _):
        yield f"http://127.0.0.1:{port}"

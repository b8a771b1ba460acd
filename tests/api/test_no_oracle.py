"""Two worlds that differ only in what is coarsened away are answered alike, to the byte, by every route.

Searching for exact numbers in answers finds what is written out. What a filter, a count, an order or the
length of an answer tells is found only by comparing.
"""

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.routes import routes
from dashboard.exports.package import write_package
from dashboard.exports.registry import FORMATS
from dashboard.importers.package import DataPackage, read_package
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access import audience

# Other points in the same cells of 0.1 degrees.
MOVED = {
    "lo-yard": (33.51234567, -7.50912345),
    "lo-plant": (33.68876543, -7.17765432),
    "pl-ben-slimane": (33.68876543, -7.17765432),
    "pl-rabat": (34.09876543, -6.80123456),
    "lo-order": (33.58765432, -6.91123456),
    "lo-meeting": (32.01234567, 34.71234567),
}
LISTS = ("sites", "events", "actors", "sources", "citations", "changes")
NARROWED = (
    "",
    "q=33.5",
    "sort=place",
    "precision=exact",
    "area=circle:33.59771,-7.61679,3",
    "area=circle:33.51234,-7.50912,3",
    "bbox=-7.62,33.59,-7.61,33.6",
    "bbox=-7.51,33.51,-7.50,33.52",
)
ADDRESSES = (
    *(f"/api/v1/{name}?f=csv&{query}".rstrip("&") for name in LISTS for query in NARROWED),
    *(f"/api/ogc/collections/{name}/items?{query}" for name in LISTS[:2] for query in NARROWED[4:]),
    *(f"/api/v1/export?format={one}" for one in FORMATS),
    "/api/v1/sites",
    "/api/ogc/collections",
    "/embed",
    "/embed?record=st-yard",
    "/r/st-yard",
    "/oembed?url=http://testserver/r/st-yard",
    "/changes.csv",
    "/changes.atom",
)
# The moments at which the two were made, which a zip file packs more or less well.
TIMED = ("last-modified", "content-length")
MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?")


def unpacked(body: bytes) -> bytes:
    if body.startswith(b"SQLite format 3"):
        return rows_of(body)
    if not body.startswith(b"PK"):
        return body
    archive = zipfile.ZipFile(io.BytesIO(body))
    return b"".join(name.encode() + archive.read(name) for name in archive.namelist())


def rows_of(body: bytes) -> bytes:
    """Every row of every table: where SQLite puts them in the file is its own affair."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(body)
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(tables)}  # noqa: S608 - its own names
    return repr(rows).encode()


@pytest.fixture
def answers_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Asks the world of a package as somebody who is not signed in."""
    # Names of versions follow from all of the content: they are to differ, and only they.
    monkeypatch.setattr(audience, "_named", lambda *_: "0" * 16)
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "anonymous=0.1")
    monkeypatch.setenv("ARSENAL_ATLAS_SIGN_IN", "header")
    monkeypatch.setenv("ARSENAL_ATLAS_ANONYMOUS_READING", "true")

    def ask(package: Path) -> Mapping[str, tuple[int, dict[str, str], bytes]]:
        monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(package))
        monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{tmp_path / package.name}.sqlite")
        runtime.cache_clear()
        protecting = Operation.new("rev", "protect", "st-yard", "a source asked")
        runtime().store.protections.set("st-yard", 0.1, protecting)
        runtime().refresh()
        client, found = TestClient(Starlette(routes=routes()), follow_redirects=False), {}
        for address in ADDRESSES:
            answer = client.get(address)
            headers = {name: text for name, text in answer.headers.items() if name not in TIMED}
            found[address] = (answer.status_code, headers, MOMENT.sub(b"", unpacked(answer.content)))
        runtime().close()
        return found

    yield ask
    runtime.cache_clear()


def test_what_is_coarsened_away_changes_no_answer(planted, answers_of, tmp_path):
    tables = dict(read_package(planted.folder).tables)
    for name in ("locations", "places"):
        tables[name] = tuple(
            replace(row, lat=MOVED[row.id][0], lon=MOVED[row.id][1]) if row.id in MOVED else row
            for row in tables[name]
        )
    write_package(DataPackage.of(tables), tmp_path / "moved")
    here, there = answers_of(planted.folder), answers_of(tmp_path / "moved")
    assert [address for address in ADDRESSES if here[address] != there[address]] == []
    assert [address for address in ADDRESSES if here[address][0] >= 400] == []

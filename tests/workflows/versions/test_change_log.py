"""The log tells each operation record by record, and its files can be read by what they are made for."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from defusedxml.ElementTree import fromstring

from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Change, Site
from dashboard.store.records.history import History
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.versions.change_files import CSV_COLUMNS, Feed, changes_atom, changes_csv
from dashboard.workflows.versions.change_log import (
    FieldChange,
    LogFilter,
    LoggedChange,
    NumberedTrail,
    TrailEntry,
    build_log,
    select_changes,
)
from dashboard.workflows.versions.published import PublishedVersion

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<b>&\"' =cmd|' /C calc'!A1 \u202eabc\u202c ]]> \ufffe عربي"


def by(action: str, why: str) -> Operation:
    return Operation.new("ana", action, "x", why)


def log_of(store: Store) -> tuple[LoggedChange, ...]:
    history = History(store.engine)
    known = history.versions()
    numbers, brought = history.numbers(0, known[-1].last_change)
    entries = [
        TrailEntry(PublishedVersion(e.version, e.at, e.sequence), e.last_change, e.action) for e in known
    ]
    return build_log(store.repository.read_tables(), NumberedTrail(sorted(numbers), brought, entries))


@pytest.fixture
def edited(store: Store) -> Any:
    repository = store.repository
    dossier, revision = repository.dossier("st-yard")
    record = replace(dossier.record, name="Dock")  # type: ignore[call-arg]  # a site
    place = replace(dossier.locations[0], precision_m=500)
    repository.save_dossier(
        replace(dossier, record=record, locations=(place,)), revision, by("save", "Better known")
    )
    cited = replace(dossier.citations[0], id="ci-new", record_id="st-new")
    new = Dossier(Site(id="st-new", name="New", kind="factory"), (), (), (cited,), dossier.sources)
    repository.save_dossier(new, 0, by("save", "Found"))
    repository.delete_record("st-new", 1, by("delete", "Duplicate of st-yard, says its owner"))
    repository.restore_record("st-new", by("restore", "It is not"))
    repository.delete_record("st-new", 3, by("delete", "Withdrawn"))
    return store


def test_the_log_tells_what_became_of_each_record_newest_first(edited):
    log = [one for one in log_of(edited) if not one.brought]
    assert [(one.kind, one.record_id, one.name, one.why, one.into) for one in log] == [
        ("deleted", "st-new", "New", "Withdrawn", ""),
        ("restored", "st-new", "st-new", "It is not", ""),
        ("merged", "st-new", "New", "Duplicate of st-yard, says its owner", "st-yard"),
        ("added", "st-new", "st-new", "Found", ""),
        ("changed", "st-yard", "Dock", "Better known", ""),
    ]
    known = History(edited.engine).versions()
    assert [(one.version, one.sequence) for one in log] == [
        (one.version, one.sequence) for one in reversed(known[-5:])
    ]
    changed = log[-1]
    assert changed.fields == (
        FieldChange("st-yard", "sites", "name", "Yard", "Dock"),
        FieldChange("lo-yard", "locations", "precision_m", "300", "500"),
    )
    assert {field.row_id for field in log[0].fields} == {"st-new", "ci-new"}


def test_changes_that_came_with_a_package_are_told_apart(edited):
    brought = [one for one in log_of(edited) if one.brought]
    assert {(one.record_id, one.when, one.who) for one in brought} == {
        ("ev-gone", "2026-01-31T09:30:00Z", "editor"),
        ("st-yard", "2026-02-01", "editor"),
        ("st-yard", "2026-02", "editor"),
    }
    assert {one.sequence for one in brought} == {1}


def test_hidden_rows_take_their_numbers_along(edited):
    history = History(edited.engine)
    known = history.versions()
    numbers, brought = history.numbers(0, known[-1].last_change)
    entries = [
        TrailEntry(PublishedVersion(e.version, e.at, e.sequence), e.last_change, e.action) for e in known
    ]
    tables = edited.repository.read_tables()
    tables["changes"] = tuple(one for one in tables["changes"] if one.record_id != "lo-yard")
    trail = NumberedTrail(sorted(numbers), brought, entries)
    log = build_log(tables, trail, lambda row_id: row_id == "lo-yard")
    changed = next(one for one in log if one.kind == "changed" and not one.brought)
    assert [field.field for field in changed.fields] == ["name"]
    assert [one.kind for one in log] == [one.kind for one in log_of(edited)]


def test_changes_are_picked_by_record_kind_and_day(edited):
    log = log_of(edited)
    counts = {
        LogFilter(): 8,
        LogFilter(record="st-new"): 4,
        LogFilter(record="st-yard"): 4,
        LogFilter(record="dócK"): 3,
        LogFilter(record="nothing of the kind"): 0,
        LogFilter(kind="merged"): 1,
        LogFilter(kind="restored", record="st-new"): 1,
        LogFilter(since="2999-01-01"): 0,
        LogFilter(until="2000-01-01"): 0,
        LogFilter(since="2000-01-01", until="2999-01-01"): 8,
    }
    assert {wanted: len(select_changes(log, wanted)) for wanted in counts} == counts


@pytest.mark.parametrize(
    ("why", "into"),
    [
        ("merged into st-yard", "st-yard"),
        ("Merge with “ev-2020-a-b”: the same", "ev-2020-a-b"),
        ("the same as AC-IAI.", "ac-iai"),
        ("merged by mistake", ""),
        ("see st-yard", ""),
        ("merging went wrong; look into st-yard", ""),
    ],
)
def test_a_merge_is_a_deletion_that_says_into_what(why, into):
    gone = Change(record_id="st-a", field="id", before="st-a", who="a", when="2026", why=why)
    tables: dict[str, Any] = dict.fromkeys(
        ("sites", "actors", "places", "events", "sources", "locations", "citations", "site_status"), ()
    )
    entry = TrailEntry(PublishedVersion("v", "2026-01-01T00:00:00Z", 1), 1, "delete")
    (one,) = build_log(tables | {"changes": (gone,)}, NumberedTrail([("st-a", 1)], (), [entry]))
    assert (one.kind, one.into) == ("merged" if into else "deleted", into)


def hostile_log() -> tuple[LoggedChange, ...]:
    fields = (
        FieldChange("st-a", "sites", "notes", HOSTILE, "=1+1"),
        FieldChange("ci-a", "citations", "id", "", "ci-a"),
    )
    one = LoggedChange(
        7, "2026-03-03T10:11:12.123456Z", "2026-03-03T10:11:12Z", "Ann <a@b>", HOSTILE, "changed", "st-a",
        HOSTILE, "", "abcdef", fields,
    )  # fmt: skip
    deleted = replace(one, sequence=6, kind="deleted", who="")
    brought = replace(one, sequence=5, brought=True, when="2026-02")
    return one, deleted, brought, replace(brought, when="2025"), replace(brought, fields=fields[1:])


def faults(text: str, base: str) -> Iterator[str]:
    """What RFC 4287 asks of a feed and this one does not give."""
    root = fromstring(text, forbid_dtd=True)
    if root.tag != f"{ATOM}feed":
        yield f"the root is {root.tag}"
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        yield from element_faults(element, base)
    if root.find(f"{ATOM}author/{ATOM}name") is None:
        yield "nobody is its author"
    if [link.get("rel") for link in root.findall(f"{ATOM}link")] != ["self", "alternate"]:
        yield "it does not say where it is"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        yield f"ids are there twice: {ids}"
    for entry in entries:
        if entry.find(f"{ATOM}content") is None or entry.find(f"{ATOM}category") is None:
            yield "an entry says nothing"
    known = {f"{ATOM}{name}" for name in ("id", "title", "subtitle", "updated", "author", "link", "entry")}
    yield from (f"{child.tag} has no place in a feed" for child in root if child.tag not in known)


def element_faults(element: Any, base: str) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        found = element.findall(f"{ATOM}{name}")
        if len(found) != 1 or not found[0].text:
            yield f"{name} of {element.tag} is there {len(found)} times"
    moment = element.findtext(f"{ATOM}updated") or ""
    if datetime.fromisoformat(moment).tzinfo is None or "." in moment:
        yield f"{moment} is no moment"
    for link in element.findall(f"{ATOM}link"):
        if not (link.get("href") or "").startswith(base):
            yield f"{link.get('href')} is no address of the atlas"
    if not (element.findtext(f"{ATOM}id") or "").startswith(f"tag:{urlsplit(base).hostname},"):
        yield "an id is no tag of the host"


def feed(base: str = "https://atlas.example.org") -> Feed:
    version = PublishedVersion("abcdef", "2026-03-03T10:11:12.123456Z", 7)
    return Feed(base, f"{base}/changes.atom?of=a&change=b", f"{base}/changes", version)


def test_the_feed_is_a_feed_whatever_stands_in_it():
    text = "".join(changes_atom(hostile_log(), feed()))
    assert list(faults(text, "https://atlas.example.org")) == []
    root = fromstring(text)
    first, second = root.findall(f"{ATOM}entry")[:2]
    carried = HOSTILE.replace("\ufffe", "\ufffd")
    assert first.findtext(f"{ATOM}title") == f"Changed: {carried}"
    assert carried in (first.findtext(f"{ATOM}content") or "")
    assert first.findtext(f"{ATOM}author/{ATOM}name") == "Ann <a@b>"
    assert second.find(f"{ATOM}author") is None
    links = [entry.find(f"{ATOM}link").get("href") for entry in (first, second)]  # type: ignore[union-attr]
    assert links == ["https://atlas.example.org/?record=st-a", "https://atlas.example.org/changes?of=st-a"]
    assert root.findtext(f"{ATOM}updated") == "2026-03-03T10:11:12Z"


def test_ids_stay_when_newer_changes_come():
    old = fromstring("".join(changes_atom(hostile_log()[1:], feed())))
    new = fromstring("".join(changes_atom(hostile_log(), feed())))
    assert [one.findtext(f"{ATOM}id") for one in new.iter(f"{ATOM}entry")][1:] == [
        one.findtext(f"{ATOM}id") for one in old.iter(f"{ATOM}entry")
    ]


def test_an_empty_feed_is_a_feed():
    assert (
        list(faults("".join(changes_atom((), feed("http://127.0.0.1:8501"))), "http://127.0.0.1:8501")) == []
    )


def test_the_table_has_every_field_and_no_formula():
    rows = list(csv.DictReader(io.StringIO("".join(changes_csv(hostile_log())), newline="")))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert len(rows) == sum(len(one.fields) for one in hostile_log())
    assert rows[0]["after"] == "'=1+1"
    assert rows[0]["before"] == HOSTILE
    assert [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))] == []

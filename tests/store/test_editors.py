"""Many editors on one site, from several processes at once: no edit is lost, and whoever loses sees both."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import pytest

from dashboard.domain.cells import content_version
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Site
from dashboard.errors import ConflictError, StoreError
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store, open_store
from dashboard.store.trail.operations import Operation

SITE = "st-yard"
PROCESSES = 4
EDITORS = 2  # in each process


@dataclass(frozen=True)
class Told:
    """What one editor was told: the edits that were acknowledged, and the conflicts."""

    kept: tuple[str, ...]
    conflicts: int
    one_sided: int


def dossier_of(version: object) -> Dossier:
    assert isinstance(version, Dossier)
    return version


def site_of(version: object) -> Site:
    record = dossier_of(version).record
    assert isinstance(record, Site)
    return record


def with_name(dossier: Dossier, name: str) -> Dossier:
    site = site_of(dossier)
    return replace(dossier, record=replace(site, names=(*site.names, name)))


def edit(store: Store, editor: str, edits: int) -> Told:
    """Add a name at a time, each to what is there, as a person who compares and saves again."""
    kept, conflicts, one_sided = [], 0, 0
    dossier, number = store.repository.dossier(SITE)
    for count in range(edits):
        mark, operation = f"{editor}-{count}", Operation.new(editor, "save", SITE, person_id=editor)
        while mark not in kept:
            mine = with_name(dossier, mark)
            try:
                number = store.repository.save_dossier(mine, number, operation).revision
            except ConflictError as error:
                conflicts += 1
                both = error.yours == mine and mark not in site_of(error.theirs).names
                one_sided += not (both and error.who != "" and error.revision > number)
                dossier, number = dossier_of(error.theirs), error.revision
            except StoreError:
                continue  # busy: the same operation once more
            else:
                dossier = mine
                kept.append(mark)
    return Told(tuple(kept), conflicts, one_sided)


def edit_in_process(url: str, process: int, edits: int) -> list[Told]:
    store = open_store(url)
    with ThreadPoolExecutor(EDITORS) as pool:
        names = [f"e{process}-{editor}" for editor in range(EDITORS)]
        told = [*pool.map(lambda name: edit(store, name, edits), names)]
    store.close()
    return told


@pytest.mark.parametrize("edits", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_eight_editors_lose_nothing(store: Store, filled: Repository, url: str, edits: int) -> None:
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("forkserver")) as pool:
        work = [pool.submit(edit_in_process, url, process, edits) for process in range(PROCESSES)]
        told = [editor for one in work for editor in one.result()]
    kept = [mark for editor in told for mark in editor.kept]
    assert len(kept) == PROCESSES * EDITORS * edits
    assert sorted(filled.get_site(SITE).names) == sorted(kept)
    assert sum(editor.one_sided for editor in told) == 0
    assert sum(editor.conflicts for editor in told) > 0  # or they did not meet, and this shows nothing
    assert filled.revision(SITE).number == 1 + len(kept)
    assert len(filled.changes(SITE)) == 2 + len(kept)
    assert filled.data_version() == content_version(filled.read_tables())
    assert store.trail.verify() == ()

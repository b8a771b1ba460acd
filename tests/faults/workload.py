"""What the writers of the fault rounds write, and how it is seen whether all of it is there.

Not a test: the programs `kill_rounds.py` and `power_cuts.py` beside it import it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.importers.package import read_package
from dashboard.store.records.repository import Seed
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation

SMALL = Path(__file__).parents[1] / "importers" / "small"
RECORDS = ("st-yard", "ev-meeting")


def fill(store: Store) -> None:
    package = read_package(SMALL)
    seed = Seed(package.version, "", package.descriptor)
    store.repository.replace_all(package.tables, Operation.new("seed", "seed", "atlas"), seed=seed)


class Writer:
    """Saves one record again and again; each time its text says which revision it is."""

    def __init__(self, store: Store, record_id: str) -> None:
        self.store, self.record_id = store, record_id
        self.dossier, self.revision = store.repository.dossier(record_id)

    def write(self) -> int:
        record = self.dossier.record
        told = {"summary" if record.table == "events" else "notes": _words(self.revision + 1)}
        self.dossier = replace(self.dossier, record=replace(record, **told))
        operation = Operation.new("writer", "edit", self.record_id, f"write {self.revision + 1}")
        saved = self.store.repository.save_dossier(self.dossier, self.revision, operation)
        self.revision = saved.revision
        return self.revision


@dataclass(frozen=True)
class Seen:
    """What is found in the database after a fault."""

    revisions: dict[str, int]
    problems: list[str]


def look(store: Store, *, whole: bool) -> Seen:
    """Read what is there, and whether it hangs together."""
    problems: list[str] = []
    revisions: dict[str, int] = {}
    for record_id in RECORDS:
        dossier, number = store.repository.dossier(record_id)
        revisions[record_id] = number
        record = dossier.record
        text = record.summary if record.table == "events" else record.notes
        if number > 1 and text != _words(number):
            problems.append(f"{record_id}: revision {number} holds the text {text[:20]!r}")
    head = store.trail.head()
    written = sum(number - 1 for number in revisions.values())
    entries = store.trail.list(limit=1)
    if entries[0].sequence != head.sequence:
        problems.append("the head of the trail is not its last entry")
    edits = sum(len(store.repository.revisions(record_id)) - 1 for record_id in RECORDS) if whole else written
    if edits != written:
        problems.append(f"{edits} revisions kept, {written} counted")
    if whole:
        problems += store.trail.verify()
    return Seen(revisions, problems)


def _words(number: int) -> str:
    return f"revision {number} " + "x" * 200

"""One table on its way through the page Import, kept in the session between reruns."""

import shutil
import tempfile
import uuid
import weakref
from collections.abc import Mapping as Names
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.frames import AtlasFrames
from dashboard.importers.mapping import Mapping, mapping_to_yaml
from dashboard.importers.mapping.questions import Question, questions
from dashboard.importers.presets import Preset
from dashboard.importers.tables import RawTable
from dashboard.store.layers.layer import LayerAbout, Stored
from dashboard.ui.importing.work import Work
from dashboard.workflows.layers.import_table import DryRun
from dashboard.workflows.layers.problem_list import ListedProblem

__all__ = [
    "Desk",
    "LookedAt",
    "OwnFolder",
    "ReadTable",
    "clear_desk",
    "current_desk",
    "show_in",
    "start_desk",
]

_KEY: Final = "import_desk"
_COUNT: Final = "import_desks"


class OwnFolder:
    """A folder that is there as long as somebody holds this."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="arsenal-atlas-import-"))
        self._finalizer = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True)
class ReadTable:
    """A table as it was read, and how it seems to be meant.

    Parameters
    ----------
    raw
        The table.
    values
        What stands in its first rows, by column.
    mapping
        What its columns become, as proposed.
    known
        Where the proposal comes from, in words.
    preset
        The dataset that it was recognised as.
    warning
        Why it cannot be taken as the dataset that it is.
    about
        What is known of the layer from an earlier import or from the dataset.
    """

    raw: RawTable
    values: Names[str, tuple[str, ...]]
    mapping: Mapping
    known: str
    preset: Preset | None
    warning: str
    about: LayerAbout


@dataclass(frozen=True)
class LookedAt:
    """A table as it would be imported.

    Parameters
    ----------
    of
        The mapping that it was tried with.
    trial
        The dry run.
    problems
        All that is wrong, row by row.
    preview
        Frames of its first rows, as whoever looks may see them.
    placed_by_name
        Whether names were looked up.
    folder
        Where its rows are kept.
    undecided
        Names of places that could not be decided.
    """

    of: Mapping
    trial: DryRun
    problems: tuple[ListedProblem, ...]
    preview: AtlasFrames
    placed_by_name: bool
    folder: OwnFolder
    undecided: tuple[str, ...] = ()


@dataclass
class Desk:
    """A table and what was done with it so far.

    Parameters
    ----------
    number
        Counts the tables of a session, so that the fields of one are not taken for those of the next.
    name
        Name of the file.
    source
        Its bytes, for reading another sheet of it.
    sheet
        The sheet that was asked for.
    reading
        Reads the table.
    read
        The table.
    mapping
        What its columns become now.
    unanswerable
        Keys of questions that nobody can answer: such rows are left out.
    questions
        What was asked last, and about which mapping.
    looking
        Tries it.
    looked_at
        What came of the last trial.
    importing
        Imports it.
    operation_id
        Of this import, however often it is tried.
    about
        What the layer is called and so on, as it was imported.
    stored
        What the import did.
    """

    number: int
    name: str
    source: bytes
    sheet: str = ""
    reading: Work[ReadTable] | None = None
    read: ReadTable | None = None
    mapping: Mapping = field(default_factory=Mapping)
    unanswerable: set[str] = field(default_factory=set)
    questions: tuple[Mapping, tuple[Question, ...]] | None = None
    looking: Work[LookedAt] | None = None
    looked_at: LookedAt | None = None
    importing: Work[Stored] | None = None
    operation_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    about: LayerAbout | None = None
    stored: Stored | None = None

    def key(self, name: str) -> str:
        """Name a field of this table.

        Parameters
        ----------
        name
            What the field is.

        Returns
        -------
        str
            Its key.
        """
        return f"import_{name}_{self.number}"

    def take(self, read: ReadTable) -> None:
        """Take over a table that was read.

        Parameters
        ----------
        read
            The table.
        """
        self.read, self.reading = read, None
        self.mapping = read.mapping
        if len(read.raw.sheets) <= 1:
            self.source = b""  # nothing else is in it, and it may be long

    def asked(self) -> tuple[Question, ...]:
        """List what only a person can know about the table.

        Returns
        -------
        tuple of Question
            Answered or not.
        """
        if self.read is None:
            return ()
        if self.questions is None or self.questions[0] != self.mapping:
            self.questions = self.mapping, questions(self.mapping, self.read.values)
        return self.questions[1]

    def answer(self, key: str) -> object:
        """Give the answer to a question.

        Parameters
        ----------
        key
            Key of the question.

        Returns
        -------
        object
            None while there is none.
        """
        part, _, name = key.partition(".")
        return getattr(getattr(self.mapping, part), name)

    def is_answered(self) -> bool:
        """Say whether nothing is open.

        Returns
        -------
        bool
            Whether every question has its answer, or nobody can answer it.
        """
        return all(self.answer(one.key) is not None or one.key in self.unanswerable for one in self.asked())

    def is_fresh(self) -> bool:
        """Say whether the last trial still counts.

        Returns
        -------
        bool
            Whether it was of the columns as they are now.
        """
        return self.looked_at is not None and self.looked_at.of == self.mapping

    def yaml(self) -> str:
        """Write the mapping as a file.

        Returns
        -------
        str
            YAML.
        """
        return mapping_to_yaml(self.mapping)

    def stop(self) -> None:
        """Stop whatever is under way."""
        for work in (self.reading, self.looking, self.importing):
            if work is not None:
                work.stop()


def current_desk() -> Desk | None:
    """Give the session's table.

    Returns
    -------
    Desk or None
        None before the first file.
    """
    found: Desk | None = st.session_state.get(_KEY)
    return found


def start_desk(name: str, source: bytes) -> Desk:
    """Put a new table in place of the session's last one.

    Parameters
    ----------
    name
        Name of the file.
    source
        Its bytes.

    Returns
    -------
    Desk
        The desk with nothing read yet.
    """
    clear_desk()
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    desk = Desk(number, name, source)
    st.session_state[_KEY] = desk
    return desk


def clear_desk() -> None:
    """Forget the session's table; what was imported stays."""
    desk: Desk | None = st.session_state.pop(_KEY, None)
    if desk is not None:
        desk.stop()


def show_in(key: str, value: object) -> None:
    """Let a widget show what the desk says, and leave it alone while it does; call it before the widget.

    Parameters
    ----------
    key
        Key of the widget.
    value
        Its value.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value

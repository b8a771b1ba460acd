"""What an imported layer is, and what an import did to it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from dashboard.errors import TextError
from dashboard.store.database.texts import check_line, check_text
from dashboard.store.layers.tables import GONE

__all__ = ["LayerAbout", "LayerState", "Seen", "Stored", "StoredLayer"]

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_MOST_IN_LINE: Final = 500
_MOST_IN_TEXT: Final = 1_000_000


class LayerState(StrEnum):
    """Who sees a layer."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class LayerAbout:
    """What is known of a layer besides its rows.

    Parameters
    ----------
    id
        Short name: small letters, digits and hyphens, at most 40. Importing under the same one again replaces
        the rows of the layer.
    title
        Title, as shown.
    colour
        Colour of its marks, ``#rrggbb``.
    licence, citation
        Under which licence it is, and how it wants to be cited.
    preset
        Name of the preset it was read by; empty for a mapping of one's own.
    mapping
        The mapping as text, to read the next edition by.
    file_name
        Name of the file, as a label and never as a path.
    sha256
        Hash of the file.
    """

    id: str
    title: str
    colour: str = "#4477AA"
    licence: str = ""
    citation: str = ""
    preset: str = ""
    mapping: str = ""
    file_name: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.id):
            raise TextError("short name", "has to be small letters, digits and hyphens, at most 40 of them")
        if not _COLOUR.fullmatch(self.colour):
            raise TextError("colour", "is written like #4477AA")
        check_line("title", self.title, _MOST_IN_LINE, empty=False)
        for name in ("licence", "preset", "file_name", "sha256"):
            check_line(name.replace("_", " "), getattr(self, name), _MOST_IN_LINE)
        for name in ("citation", "mapping"):
            check_text(name, getattr(self, name).strip(), _MOST_IN_TEXT)

    def row(self) -> dict[str, Any]:
        """Give it as the table of imports has it.

        Returns
        -------
        dict of str to Any
            Without the id.
        """
        values = asdict(self)
        del values["id"]
        return values


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import did.

    Parameters
    ----------
    layer
        Id of the layer.
    number
        Number of the import that is shown now.
    version
        Name of its rows.
    rows
        How many rows there are.
    added, changed, unchanged, removed
        Records, by external id, against the import before.
    """

    layer: str
    number: int
    version: str
    rows: int
    added: int
    changed: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """One layer as it is stored.

    Parameters
    ----------
    about
        What is known of it.
    number
        Number of the import that is shown.
    rows
        How many rows it has.
    version
        Name of these rows: equal versions, equal rows in the same order.
    state
        Who sees it.
    author_id, author
        Who brought it first.
    who, at
        Who made the import that is shown, and when (ISO 8601, UTC).
    can_undo
        Whether the import can be taken back; the first one leaves nothing then.
    """

    about: LayerAbout
    number: int
    rows: int
    version: str
    state: LayerState
    author_id: str
    author: str
    who: str
    at: str
    can_undo: bool

    @property
    def id(self) -> str:
        """Short name of the layer."""
        return self.about.id

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "StoredLayer":
        """Make it of a row of the joined tables.

        Parameters
        ----------
        row
            Columns of both tables, those of the layer itself named ``author_id``, ``author``, ``state``,
            ``previous``.

        Returns
        -------
        StoredLayer
            The layer.
        """
        names = ("title", "colour", "licence", "citation", "preset", "mapping", "file_name", "sha256")
        about = LayerAbout(row["layer_id"], **{name: row[name] for name in names})
        return cls(
            about,
            row["number"],
            row["rows"],
            row["version"],
            LayerState(row["state"]),
            row["author_id"],
            row["author"],
            row["who"],
            row["at"],
            row["previous"] != GONE,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody looked at before a change, which is refused once it is otherwise.

    Parameters
    ----------
    number
        Number of the import that was shown; 0 when there was no layer.
    state
        Who saw it: who may change a draft may not change what was published meanwhile.
    """

    number: int = 0
    state: LayerState | None = None

    @classmethod
    def of(cls, layer: StoredLayer | None, number: int | None = None) -> "Seen":
        """Make it of a layer.

        Parameters
        ----------
        layer
            The layer; None when there is none.
        number
            The import that was looked at, where that was earlier.

        Returns
        -------
        Seen
            What has to be there still.
        """
        if layer is None:
            return cls(number or 0)
        return cls(layer.number if number is None else number, layer.state)

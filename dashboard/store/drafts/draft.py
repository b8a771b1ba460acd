"""What a draft is, and which steps it may take."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import RowMapping

from dashboard.domain.dossier import Dossier

__all__ = ["STEPS", "Draft", "DraftState", "Proposal", "Revised", "Verdict"]


class DraftState(StrEnum):
    """Where a draft is on its way."""

    WORKING = "working"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What a reviewer decides."""

    ACCEPT = "accept"
    REJECT = "reject"
    RETURN = "return"


STEPS: Final[dict[str, tuple[frozenset[DraftState], DraftState, str]]] = {
    "revise": (
        frozenset({DraftState.WORKING, DraftState.REJECTED, DraftState.WITHDRAWN}),
        DraftState.WORKING,
        "changed",
    ),
    "submit": (frozenset({DraftState.WORKING}), DraftState.SUBMITTED, "submitted"),
    "withdraw": (
        frozenset({DraftState.WORKING, DraftState.SUBMITTED, DraftState.REJECTED}),
        DraftState.WITHDRAWN,
        "withdrawn",
    ),
    Verdict.ACCEPT: (frozenset({DraftState.SUBMITTED}), DraftState.ACCEPTED, "accepted"),
    Verdict.REJECT: (frozenset({DraftState.SUBMITTED}), DraftState.REJECTED, "rejected"),
    Verdict.RETURN: (frozenset({DraftState.SUBMITTED}), DraftState.WORKING, "sent back"),
}
"""Steps by name: the states they start from, the state they lead to, and the step in words."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft to be made.

    Parameters
    ----------
    record_id
        Id of the site, event or actor that it is about; a new one has no revision yet.
    table
        Its table.
    base_revision
        Revision that the author has seen; 0 for a new record.
    dossier
        The record as it shall be; None as long as it cannot be read, and for a deletion.
    form
        The author's unfinished cells, as text that only the pages understand.
    deletion
        Whether the record shall be taken away.
    origin
        Where the proposal comes from, such as a machine's with the spans it quotes; empty for a person's.
    """

    record_id: str
    table: str
    base_revision: int
    dossier: Dossier | None = None
    form: str = ""
    deletion: bool = False
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Revised:
    """What an author makes of a draft.

    Parameters
    ----------
    dossier
        The record as it shall be; None as long as it cannot be read.
    form
        The author's unfinished cells.
    base_revision
        Revision that the author has seen by now; None when it is the one of before.
    """

    dossier: Dossier | None
    form: str = ""
    base_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed record, or a proposed deletion; nothing of it is public before it is accepted.

    Parameters
    ----------
    id
        Id of the draft.
    record_id, table
        The record that it is about.
    deletion
        Whether the record shall be taken away.
    state
        Where it is on its way.
    author_id, author
        Who proposes it.
    origin
        Where it comes from; empty for a person's own.
    base_revision
        Revision of the record that the author has seen; 0 for a new record.
    version
        Goes up with every step; whoever takes one says which they have seen.
    dossier
        The record as it shall be.
    form
        The author's unfinished cells.
    why
        Why it is proposed.
    created_at, updated_at, submitted_at
        When, ISO 8601, UTC; empty when it was not.
    decided_by_id, decided_by, decided_why, decided_at
        Who decided about it last, why and when.
    """

    id: str
    record_id: str
    table: str
    deletion: bool
    state: DraftState
    author_id: str
    author: str
    origin: Mapping[str, Any]
    base_revision: int
    version: int
    dossier: Dossier | None
    form: str
    why: str
    created_at: str
    updated_at: str
    submitted_at: str
    decided_by_id: str
    decided_by: str
    decided_why: str
    decided_at: str

    @property
    def name(self) -> str:
        """Name or title that it proposes; empty for a deletion, and as long as it cannot be read."""
        return "" if self.dossier is None else self.dossier.name

    @classmethod
    def of(cls, row: RowMapping) -> "Draft":
        """Make it of a row.

        Parameters
        ----------
        row
            Row of the table ``drafts``.

        Returns
        -------
        Draft
            The draft.
        """
        read = {
            "deletion": bool(row["deletion"]),
            "state": DraftState(row["state"]),
            "origin": json.loads(row["origin"]),
            "dossier": Dossier.from_json(row["dossier"]) if row["dossier"] else None,
        }
        return cls(**{**row, **read})

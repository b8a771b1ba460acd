"""What may be kept as a draft: the pieces fit together, and no text of it is longer than anybody writes."""

import json
from typing import Final

from dashboard.domain.dossier import FACTS, Dossier
from dashboard.errors import DossierError, TextError
from dashboard.store.database.texts import check_line, is_storable
from dashboard.store.drafts.draft import Proposal

__all__ = ["check_dossier", "check_form", "check_proposal", "origin_of", "text_of"]

_MOST_IN_FORM: Final = 1_000_000
_MOST_IN_ID: Final = 200


def check_proposal(proposal: Proposal) -> None:
    """See that a proposal holds together.

    Parameters
    ----------
    proposal
        The proposal.

    Raises
    ------
    DossierError
        If it does not.
    TextError
        If form or id cannot be kept as they are.
    """
    check_line("record id", proposal.record_id, _MOST_IN_ID, empty=False)
    check_form(proposal.form)
    problems = []
    if proposal.table not in FACTS:
        problems.append(f"{proposal.table!r} is no table of records: sites, events or actors")
    if proposal.deletion and not proposal.base_revision:
        problems.append("Only a record that is there can be deleted")
    if problems:
        raise DossierError(problems)
    check_dossier(proposal.record_id, proposal.table, proposal.dossier, deletion=proposal.deletion)


def check_dossier(record_id: str, table: str, dossier: Dossier | None, *, deletion: bool) -> None:
    """See that a dossier is the one that a draft is about.

    Parameters
    ----------
    record_id, table
        The record that the draft is about.
    dossier
        The dossier; None when there is none yet.
    deletion
        Whether the record shall be taken away.

    Raises
    ------
    DossierError
        If it is of another record, or not whole.
    """
    if dossier is None:
        return
    if deletion:
        raise DossierError(["A deletion has no dossier"])
    if (dossier.id, dossier.table) != (record_id, table):
        raise DossierError([f"The draft is about {record_id}, not about {dossier.id}"])
    if faults := dossier.faults():
        raise DossierError(faults)


def check_form(form: str) -> None:
    """See that the text of a form can be kept.

    Parameters
    ----------
    form
        The text.

    Raises
    ------
    TextError
        If it is too long, or holds what no database keeps.
    """
    if len(form) > _MOST_IN_FORM:
        raise TextError("form", f"has {len(form):,} characters: write at most {_MOST_IN_FORM:,}")
    if not is_storable(form):
        raise TextError("form", "holds characters that no database keeps: take them out")


def origin_of(proposal: Proposal) -> str:
    """Write where a proposal comes from as text.

    Parameters
    ----------
    proposal
        The proposal.

    Returns
    -------
    str
        JSON in ASCII, so that whatever it quotes can be kept.

    Raises
    ------
    TextError
        If it is too long.
    """
    origin = json.dumps(dict(proposal.origin))
    if len(origin) > _MOST_IN_FORM:
        raise TextError("origin", f"has {len(origin):,} characters: keep at most {_MOST_IN_FORM:,}")
    return origin


def text_of(dossier: Dossier | None) -> str:
    """Write a dossier as text.

    Parameters
    ----------
    dossier
        The dossier, if there is one.

    Returns
    -------
    str
        Its JSON; empty for none.
    """
    return "" if dossier is None else dossier.to_json()

"""Whether a new fact of an article waits in the queue already, told by another article.

The same fact gets an id of the same stem (its year, kind and place, or its name), so that only drafts of
those ids are read and compared, however long the queue is. It is only said beside the proposal: a person
decides.
"""

import re
from typing import Final

from dashboard.articles.proposals import EventProposal, SiteProposal
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Event, Site
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.store import Store
from dashboard.workflows.articles.match_records import Match, RecordMatcher

__all__ = ["waiting_twin"]

_WAITING: Final = (DraftState.WORKING, DraftState.SUBMITTED)
_NUMBERED: Final = re.compile(r"(.+)-([0-9]{1,3})")
_MOST: Final = 20
"""How many ids of one stem are looked up."""


def waiting_twin(store: Store, article_id: str, one: EventProposal | SiteProposal, made: Dossier) -> str:
    """Find a draft of the same fact that another article led to.

    Parameters
    ----------
    store
        The store.
    article_id
        The article that tells the fact now.
    one
        The fact as found.
    made
        The new record that it would become.

    Returns
    -------
    str
        A sentence part that names the id of the waiting record; empty for none.
    """
    numbered = _NUMBERED.fullmatch(made.id)
    if numbered is None:
        return ""  # nobody else has an id of this stem
    stem, last = numbered[1], min(int(numbered[2]), _MOST)
    for record_id in (stem, *(f"{stem}-{number}" for number in range(2, last))):
        for line in store.drafts.list(_WAITING, record_id=record_id):
            draft = store.drafts.get(line.id)
            if draft.origin.get("article") == article_id or draft.dossier is None or draft.base_revision:
                continue
            match = _match(one, draft.dossier)
            if match is not None:
                return f"{record_id} of another article waits already; {match.reason}"
    return ""


def _match(one: EventProposal | SiteProposal, waiting: Dossier) -> Match | None:
    record = waiting.record
    matcher = RecordMatcher(
        [record] if isinstance(record, Event) else [],
        [record] if isinstance(record, Site) else [],
        waiting.locations,
    )
    return matcher.event(one) if isinstance(one, EventProposal) else matcher.site(one)

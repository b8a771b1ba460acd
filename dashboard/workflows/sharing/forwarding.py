"""Where an address of one record leads: to the record, to what it was merged into, or to why it is gone.

A record's id is for life, so an old footnote must come to something: a deletion is public and has a date.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final
from urllib.parse import urlencode

from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Actor, Change
from dashboard.frames import AtlasFrames
from dashboard.workflows.access.coarsening import WITHHELD
from dashboard.workflows.sharing.link import Link, link_query
from dashboard.workflows.versions.change_log import merged_into
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.selection import Filters, window_showing

__all__ = ["Gone", "Unknown", "address_of", "find_address", "near_ids"]

_FURTHEST: Final = 10
_COMPARABLE: Final = 20_000  # ids that are compared in a moment


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that was deleted.

    Parameters
    ----------
    record_id
        Its id.
    when
        Day of the deletion, ISO; empty when it is not known.
    why
        The reason, as far as the audience may read it; empty when it may not.
    """

    record_id: str
    when: str
    why: str

    @property
    def sentence(self) -> str:
        """What became of it, for people; plain text."""
        when = f" on {date_words(UncertainDate.parse(self.when))}" if self.when else ""
        why = f" Reason: {self.why.rstrip('.')}." if self.why else ""
        return f"The record {self.record_id} was deleted{when}.{why}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """An id that no record has or had.

    Parameters
    ----------
    record_id
        The id.
    near
        Ids that are written almost alike.
    """

    record_id: str
    near: tuple[str, ...]


def find_address(
    record_id: str,
    frames: AtlasFrames,
    library: Library,
    changes: Callable[[str], Sequence[Change]],
    link: Link | None = None,
) -> str | Gone | Unknown:
    """Find out where the address of a record leads.

    Parameters
    ----------
    record_id
        Id of a site, event, actor or source, from an address.
    frames, library
        The atlas as an audience sees it.
    changes
        Gives what was changed in a record, as the audience may see it.
    link
        What else the address says; its window is widened and its filters are dropped.

    Returns
    -------
    str or Gone or Unknown
        A path and query of ours on which the record is seen.
    """
    wanted, seen = record_id, set[str]()
    while wanted not in seen and len(seen) < _FURTHEST:
        if wanted in library.evidence or wanted in library.sources:
            return address_of(wanted, frames, library, link or Link())
        seen.add(wanted)
        history = changes(wanted)
        if not history:
            break
        last = history[-1]
        wanted = merged_into(last.why)
        if not wanted:
            return Gone(record_id, last.when[:10], "" if last.why == WITHHELD else last.why)
    return Unknown(record_id, near_ids(record_id, library))


def address_of(record_id: str, frames: AtlasFrames, library: Library, link: Link) -> str:
    """Give the address on which a record is seen.

    Parameters
    ----------
    record_id
        Id of a record that is there.
    frames, library
        The atlas as an audience sees it.
    link
        What else is asked for.

    Returns
    -------
    str
        A path of ours with its query.
    """
    if record_id in library.sources:
        return f"/sources?{urlencode({'find': record_id})}"
    seen = replace(
        link,
        record=record_id,
        view="",
        filters=Filters(),
        window=window_showing(frames, record_id, link.window),
    )
    if isinstance(library.evidence[record_id].record, Actor):
        return f"/actors?{link_query(Link(record=record_id, version=link.version))}"
    return f"/?{link_query(seen)}"


def near_ids(record_id: str, library: Library) -> tuple[str, ...]:
    """List ids that are written almost like one that no record has.

    Parameters
    ----------
    record_id
        The id.
    library
        All records.

    Returns
    -------
    tuple of str
        At most three, the nearest first; none in an atlas of very many records.
    """
    if len(library.evidence) > _COMPARABLE:
        return ()
    return tuple(get_close_matches(record_id[:100], library.evidence, n=3, cutoff=0.75))

"""The states that the atlas was published in: which there are, and what each is called in public.

A version has one public name for everybody. Where people sign in it is made with a key: whoever may not see
everything could try coordinates out until a name of the exact content came right. Protections do not count in
it, so that an address that was written before a record was protected goes on leading to its version.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.settings import Settings
from dashboard.store.records.history import StoredVersion
from dashboard.workflows.access.audience import EXACT, Audience, audience_version, shown_version

__all__ = ["PublishedVersion", "day_words", "names_of", "nearest", "published"]

_NEAREST: Final = 3
# Names of views follow from the protections too. Those of long ago are not tried out.
_OLDER_PROTECTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One state of the records, as somebody may name it.

    Parameters
    ----------
    version
        Its name: the data version where nobody signs in, else a name that does not give the content away.
    at
        When it came to be, ISO 8601, UTC.
    sequence
        Number of the entry of the audit trail that made it.
    """

    version: str
    at: str
    sequence: int


def published(stored: StoredVersion, settings: Settings) -> PublishedVersion:
    """Name a state of the records in public.

    Parameters
    ----------
    stored
        The state.
    settings
        Where people sign in.

    Returns
    -------
    PublishedVersion
        The same for everybody.
    """
    return PublishedVersion(shown_version(stored.version, settings), stored.at, stored.sequence)


def names_of(version: str, audience: Audience, protections_version: int, settings: Settings) -> Iterator[str]:
    """List the names by which an audience may ask for a version.

    Parameters
    ----------
    version
        Data version.
    audience
        Who asks, as `dashboard.workflows.access.audience.effective` gave it.
    protections_version
        Version of the protections.
    settings
        Where people sign in.

    Yields
    ------
    str
        The public name, the name of what the audience sees of it, and that under earlier protections; the
        data version itself only where everything is seen.
    """
    yield shown_version(version, settings)
    if audience == EXACT:
        yield version
        return
    first = max(0, protections_version - _OLDER_PROTECTIONS) if audience.protected else protections_version
    for number in range(protections_version, first - 1, -1):
        yield audience_version(version, number if audience.protected else "", audience)


def nearest(
    known: Sequence[StoredVersion], settings: Settings, to: StoredVersion | None = None
) -> tuple[str, ...]:
    """Name versions that can be shown instead of one that cannot.

    Parameters
    ----------
    known
        All versions, oldest first.
    settings
        Where people sign in.
    to
        The version that cannot be shown, None for one that nobody knows.

    Returns
    -------
    tuple of str
        Public names: of those before and after it, or of the newest.
    """
    others: Iterable[StoredVersion] = reversed(known)
    if to is not None:
        others = sorted(
            (one for one in known if one is not to), key=lambda one: abs(one.sequence - to.sequence)
        )
    return tuple(shown_version(one.version, settings) for one in list(others)[:_NEAREST])


def day_words(moment: str) -> str:
    """Put the day of a moment into words.

    Parameters
    ----------
    moment
        A day or a moment, ISO 8601.

    Returns
    -------
    str
        Such as ``3 March 2026``; empty when there is none.
    """
    return date_words(UncertainDate.parse(moment[:10])) if moment else ""

"""Who may see how much: one decision for each role, taken before anything computes with the records.

Everything that leaves the store for an audience is made from the tables given here and from nothing else: map
payloads, tables, exports, the search, and what areas and distances are compared with. A filter on exact
points behind coarse ones gives a place away to the centimetre in 66 questions.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.domain.access import Person, Role
from dashboard.settings import Settings
from dashboard.workflows.access.coarsening import Coarsening
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import Tables, build_frames

__all__ = [
    "EXACT",
    "Audience",
    "audience_of",
    "audience_version",
    "coarsening_for",
    "dataset_for",
    "effective",
    "shown_version",
    "tables_for",
]

_TRUSTED: Final = (Role.REVIEWER, Role.ADMIN)
_ANONYMOUS: Final = "anonymous"
# Each sees no less than those before it.
_COARSENED: Final = (_ANONYMOUS, Role.READER.value, Role.CONTRIBUTOR.value)


@dataclass(frozen=True, slots=True)
class Audience:
    """What many people may see alike; caches are kept for each.

    Parameters
    ----------
    cell
        Degrees of the grid that points are put on; 0 for none.
    protected
        Whether the protections of single records count.
    key
        What its versions are named with; see `shown_version`.
    """

    cell: float
    protected: bool
    key: bytes = field(default=b"", repr=False, compare=False)


EXACT: Final = Audience(0.0, protected=False)
"""Those who see everything as it is stored."""


def audience_of(person: Person, settings: Settings) -> Audience:
    """Say which audience somebody belongs to.

    Parameters
    ----------
    person
        Who looks.
    settings
        The grid by role.

    Returns
    -------
    Audience
        `EXACT` for reviewers and admins, and so for the one person of a local session. A role that the
        settings do not name sees no finer than one that is trusted more.
    """
    if person.role in _TRUSTED:
        return EXACT
    rank = _COARSENED.index(person.role.value if person.role else _ANONYMOUS)
    cells = settings.cells
    cell = max(cells.get(role, 0.0) for role in _COARSENED[rank:])
    return Audience(cell, protected=True, key=_key(settings))


def shown_version(version: str, settings: Settings) -> str:
    """Name a data version to somebody who may not see all of it.

    A data version follows from the exact records: whoever knows all but one coordinate could try them out
    until the version is right. So it is named with what only the host knows.

    Parameters
    ----------
    version
        Data version.
    settings
        Where people sign in, with the secret that all processes share.

    Returns
    -------
    str
        The data version itself in a local session; else a name that is the same in all processes.
    """
    return _named(_key(settings), version) if settings.sign_in != "none" else version


def _key(settings: Settings) -> bytes:
    return settings.cookie_secret.get_secret_value().encode()


def _named(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode(), "sha256").hexdigest()[:16]


def effective(audience: Audience, protections: Mapping[str, float]) -> Audience:
    """Leave out of an audience what changes nothing, so that equal views are built once.

    Parameters
    ----------
    audience
        The audience.
    protections
        Degrees by id of protected records.

    Returns
    -------
    Audience
        `EXACT` when there is nothing to coarsen.
    """
    return replace(audience, protected=audience.protected and bool(protections))


def audience_version(version: str, protections_version: int | str, audience: Audience) -> str:
    """Name what an audience sees of a data version.

    Parameters
    ----------
    version
        Data version.
    protections_version
        Version of the protections.
    audience
        What `effective` gave.

    Returns
    -------
    str
        The data version itself when nothing differs, else a name of its own.
    """
    if audience == EXACT:
        return version
    parts = (version, str(protections_version), repr(audience.cell), str(audience.protected))
    return _named(audience.key, *parts)


def tables_for(tables: Tables, protections: Mapping[str, float], audience: Audience) -> Tables:
    """Give the tables as an audience may see them.

    Points are put on the fixed grid of the audience or of the protected record, whichever is coarser; a place
    that was known better loses its name, its id and how it was found, and keeps its country. A protected
    record also loses notes, summaries, quotes, values as stated and the addresses and titles of its sources.
    Points written into free text are covered.

    What remains: names, titles and ids, by which a record is known; dates, kinds, products, actors and links
    between records; publishers and dates of sources. A name that says where something is goes on saying so.

    Parameters
    ----------
    tables
        All records.
    protections
        Degrees by id of protected records.
    audience
        Who looks.

    Returns
    -------
    Tables
        The very same tables when nothing is to be coarsened.
    """
    rules = coarsening_for(tables, protections, audience)
    return rules.tables(tables) if rules else tables


def coarsening_for(
    tables: Tables, protections: Mapping[str, float], audience: Audience, present: Tables | None = None
) -> Coarsening | None:
    """Work out what an audience may not see.

    Parameters
    ----------
    tables
        All records.
    protections
        Degrees by id of protected records.
    audience
        Who looks.
    present
        The records as they are now, when the tables are those of a past version: what is protected today is
        so in all versions.

    Returns
    -------
    Coarsening or None
        None when nothing is to be coarsened.
    """
    seen = effective(audience, protections)
    if seen == EXACT:
        return None
    return Coarsening.of(tables, protections if seen.protected else {}, seen.cell, present)


def dataset_for(dataset: Dataset, audience: Audience) -> Dataset:
    """Give an imported dataset as an audience may see it.

    Parameters
    ----------
    dataset
        The dataset as it was read.
    audience
        Who looks; protections are of the atlas's own records.

    Returns
    -------
    Dataset
        The very same dataset when nothing is to be coarsened.
    """
    seen = replace(audience, protected=False)
    if seen == EXACT:
        return dataset
    version = audience_version(dataset.frames.version, "", seen)
    tables = tables_for(dataset.tables, {}, seen)
    library = build_library(tables, version, dataset.library.descriptor)
    return replace(dataset, tables=tables, frames=build_frames(tables, version), library=library)

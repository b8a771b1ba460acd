"""Filling an empty database from the data package, and keeping an untouched one up to date.

A database that somebody has edited is theirs: a new package is offered, never forced.
"""

from dataclasses import dataclass
from typing import Literal

from dashboard.domain.records import Change
from dashboard.errors import StoreError
from dashboard.importers.package import DataPackage
from dashboard.store.records.repository import Repository, Seed
from dashboard.store.trail.operations import Operation

__all__ = ["SeedResult", "package_of", "seed"]

_WHO = "seed"


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What a seeding did.

    Parameters
    ----------
    action
        ``unchanged``: the database already holds this package. ``seeded``: it was empty and is filled now.
        ``updated``: it held an older package, unedited, and holds this one now. ``kept``: it has edits of its
        own and was left as it is.
    message
        One sentence that says so, and what to do when something is left to do.
    changes
        What an update changed, field by field; empty for the first seeding.
    """

    action: Literal["unchanged", "seeded", "updated", "kept"]
    message: str
    changes: tuple[Change, ...] = ()


def seed(repository: Repository, package: DataPackage) -> SeedResult:
    """Put a data package into a database, unless that would overwrite somebody's edits.

    Parameters
    ----------
    repository
        The database.
    package
        The package, validated.

    Returns
    -------
    SeedResult
        What was done.

    Raises
    ------
    StoreError
        If the database fails; it is left as it was then.
    """
    stored, last = repository.data_version(), repository.seed()
    if package.version in (last.version, stored):
        return SeedResult("unchanged", f"The database already holds the data package {package.version}.")
    if stored != last.data_version:
        return SeedResult(
            "kept",
            f"The database has edits of its own, so the data package {package.version} was not put in. "
            "Export your edits with `arsenal-atlas export --package`, merge the two and import the result.",
        )
    why = f"data package {last.version} to {package.version}" if stored else f"data package {package.version}"
    mark = Seed(package.version, stored, package.descriptor)
    try:
        operation = Operation.new(_WHO, "seed", "", why)
        changes = repository.replace_all(package.tables, operation, seed=mark)
    except StoreError:
        # Two processes may start at once on one database: the other one has done it then.
        if repository.seed().version != package.version:
            raise
        return SeedResult("unchanged", f"The database already holds the data package {package.version}.")
    if not stored:
        return SeedResult(
            "seeded", f"The database was empty and now holds the data package {package.version}."
        )
    message = f"The database was brought from {why}: {len(changes)} change(s), kept in the audit trail."
    return SeedResult("updated", message, changes)


def package_of(repository: Repository) -> DataPackage:
    """Make a data package of what a database holds.

    Parameters
    ----------
    repository
        The database.

    Returns
    -------
    DataPackage
        All records with the descriptor they were seeded with; the same package when nothing was edited.
    """
    return DataPackage.of(repository.read_tables(), repository.seed().descriptor)

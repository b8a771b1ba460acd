"""Opening the atlas: the store ready, and seeded when it is empty."""

from dashboard.errors import StoreError
from dashboard.importers.package import read_package
from dashboard.settings import Settings
from dashboard.store.repository import Repository
from dashboard.store.repository import open_repository as open_store
from dashboard.workflows.seed import SeedResult, seed

__all__ = ["open_atlas"]


def open_atlas(settings: Settings) -> tuple[Repository, SeedResult]:
    """Open the store of the settings and bring it up to date with the data package.

    Parameters
    ----------
    settings
        Where the store and the package are.

    Returns
    -------
    tuple of (Repository, SeedResult)
        The store, and what seeding did: nothing when it holds the package already, or was edited since.

    Raises
    ------
    StoreError
        If the store cannot be opened or written; nothing in it was changed.
    PackageError
        If the data package does not hold together.
    """
    if not settings.package.is_dir():
        raise StoreError(
            f"There is no data package at {settings.package}: set ARSENAL_ATLAS_PACKAGE to its folder",
            str(settings.package),
        )
    repository = open_store(settings.database_url)
    return repository, seed(repository, read_package(settings.package))

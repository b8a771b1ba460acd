"""Opening the atlas: the store ready, and seeded when it is empty."""

from dashboard.errors import StoreError
from dashboard.importers.package import read_package
from dashboard.settings import Settings
from dashboard.store.database.deadlines import Limits
from dashboard.store.store import Store, open_store
from dashboard.workflows.package.seed import SeedResult, seed

__all__ = ["open_atlas"]


def open_atlas(settings: Settings) -> tuple[Store, SeedResult]:
    """Open the store of the settings and bring it up to date with the data package.

    Parameters
    ----------
    settings
        Where the store and the package are.

    Returns
    -------
    tuple of (Store, SeedResult)
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
    package = read_package(settings.package)
    limits = Limits(
        pool_size=settings.db_connections,
        read_seconds=settings.db_read_seconds,
        write_seconds=settings.db_write_seconds,
    )
    store = open_store(settings.database_url, limits)
    try:
        return store, seed(store.repository, package)
    except StoreError:
        store.close()
        raise

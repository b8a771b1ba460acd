"""The store as a whole: one database, and everything that is kept in it."""

from dataclasses import dataclass

from sqlalchemy import Engine

from dashboard.errors import StoreError
from dashboard.store.database.control import Control
from dashboard.store.database.deadlines import Limits
from dashboard.store.database.engine import location_of, open_engine
from dashboard.store.database.migrate import migrate
from dashboard.store.database.slow import watch_slow_queries
from dashboard.store.drafts.articles import Articles
from dashboard.store.drafts.drafts import Drafts
from dashboard.store.layers.layers import Layers
from dashboard.store.people.people import People
from dashboard.store.people.sign_outs import SignOuts
from dashboard.store.people.tokens import Tokens
from dashboard.store.records.protections import Protections
from dashboard.store.records.repository import Repository
from dashboard.store.trail.trail import Trail

__all__ = ["Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is kept in one database; safe to share between threads, as its engine is.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    repository
        The records.
    people
        Who signs in.
    tokens
        What programs identify themselves with.
    sign_outs
        Sign-ins that were ended in one browser.
    drafts
        What is proposed.
    articles
        Articles that were read, and which drafts came from them.
    trail
        Who did what.
    protections
        Records whose coordinates are coarsened.
    control
        What the atlas is open for, and whether anything has changed.
    layers
        Imported layers.
    """

    engine: Engine
    repository: Repository
    people: People
    tokens: Tokens
    sign_outs: SignOuts
    drafts: Drafts
    articles: Articles
    trail: Trail
    protections: Protections
    control: Control
    layers: Layers

    @classmethod
    def of(cls, engine: Engine) -> "Store":
        """Make a store of an engine.

        Parameters
        ----------
        engine
            Engine made by `dashboard.store.database.engine.open_engine`, migrated.

        Returns
        -------
        Store
            The store.
        """
        return cls(
            engine,
            Repository(engine),
            People(engine),
            Tokens(engine),
            SignOuts(engine),
            Drafts(engine),
            Articles(engine),
            Trail(engine),
            Protections(engine),
            Control(engine),
            Layers(engine),
        )

    @property
    def location(self) -> str:
        """Address of the database, without credentials."""
        return location_of(self.engine)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str, limits: Limits | None = None) -> Store:
    """Open a database and bring its tables up to date.

    Parameters
    ----------
    url
        SQLAlchemy address, as in `dashboard.settings.Settings.database_url`.
    limits
        How many connections to keep and how long to wait; None for those of `Limits`.

    Returns
    -------
    Store
        The store.

    Raises
    ------
    StoreError
        If the database cannot be opened, or was written by a newer atlas.
    """
    engine = open_engine(url, limits)
    watch_slow_queries(engine)
    try:
        migrate(engine)
    except StoreError:
        engine.dispose()
        raise
    return Store.of(engine)

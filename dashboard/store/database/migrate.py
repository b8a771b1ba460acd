"""Bringing a database to the tables this version of the atlas knows.

The migrations lie inside the package and are found beside this file, so that they work from a wheel and
without an alembic.ini. All steps run in one transaction: a step that fails leaves the database as it was.
"""

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, inspect

from dashboard.errors import StoreError
from dashboard.store.database.engine import location_of, reading, writing
from dashboard.store.trail.adopting import adopt

__all__ = ["migrate", "schema_version"]

_FOLDER: Final = Path(__file__).parent / "migrations"
_FOREIGN_TABLES: Final = frozenset({"spatial_ref_sys"})  # PostGIS puts it into every database


def schema_version(engine: Engine) -> str:
    """Say which migration the tables of a database stand at.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`.

    Returns
    -------
    str
        Revision; empty for a database without tables of the atlas.

    Raises
    ------
    StoreError
        If the database fails.
    """
    with reading(engine) as connection:
        return _revision(connection)


def migrate(engine: Engine) -> str:
    """Make or upgrade the tables of a database.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`.

    Returns
    -------
    str
        Revision that the tables stand at now.

    Raises
    ------
    StoreError
        If the database fails, belongs to another program or was written by a newer atlas; it is left as it
        was then.
    """
    scripts = _scripts(_FOLDER)
    head = scripts.get_current_head() or ""
    with reading(engine) as connection:
        current = _revision(connection)
        _refuse_strangers(engine, connection, current, scripts)
    if current == head:
        return head
    with writing(engine, thorough=True) as connection:
        config = _config(_FOLDER)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        adopt(connection)
    return head


@cache
def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(folder))


def _config(folder: Path) -> Config:
    config = Config()
    # ConfigParser reads % as the start of a placeholder.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _refuse_strangers(engine: Engine, connection: Connection, current: str, scripts: ScriptDirectory) -> None:
    if not current:
        tables = set(inspect(connection).get_table_names()) - _FOREIGN_TABLES - {"alembic_version"}
        if tables:
            names = ", ".join(sorted(tables)[:5])
            message = (
                f"The database holds tables of another program ({names}). Nothing was changed. "
                "Point ARSENAL_ATLAS_DB at an empty database or a new file"
            )
            raise StoreError(message, location_of(engine))
        return
    try:
        scripts.get_revision(current)
    except CommandError as error:
        message = (
            f"The database was written by a newer version of the atlas (schema {current}). "
            "Nothing was changed. Update the atlas: `pip install --upgrade arsenal-atlas`"
        )
        raise StoreError(message, location_of(engine)) from error

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text

from dashboard.errors import StoreError
from dashboard.importers.package import DataPackage
from dashboard.store import migrate as migrate_module
from dashboard.store.engine import open_engine, reading, writing
from dashboard.store.migrate import migrate, schema_version
from dashboard.store.repository import open_repository
from dashboard.store.tables import METADATA

BROKEN = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


@pytest.fixture
def engine(url: str) -> Iterator[Any]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


def test_the_migrated_tables_are_those_of_the_code(engine: Engine) -> None:
    assert migrate(engine) == schema_version(engine) != ""
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        inspector = inspect(connection)
        for table in METADATA.sorted_tables:
            checks = {check["name"] for check in inspector.get_check_constraints(table.name)}
            assert checks == {c.name for c in table.constraints if isinstance(c, CheckConstraint)}


def test_migrating_twice_does_nothing(engine: Engine) -> None:
    assert migrate(engine) == migrate(engine)


def test_an_untouched_database_has_no_schema(engine: Engine) -> None:
    assert schema_version(engine) == ""


def test_a_step_that_fails_leaves_the_database_as_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: DataPackage
) -> None:
    migrate(engine)
    folder = Path(shutil.copytree(migrate_module._FOLDER, tmp_path / "100% new"))
    (folder / "versions" / "0002_broken.py").write_text(BROKEN)
    monkeypatch.setattr(migrate_module, "_FOLDER", folder)
    with pytest.raises(StoreError, match="nowhere"):
        migrate(engine)
    assert schema_version(engine) == "0001"
    with reading(engine) as connection:
        assert "half" not in inspect(connection).get_table_names()


def test_a_database_of_a_newer_atlas_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        migrate(engine)
    assert schema_version(engine) == "9999"


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "bookmarks.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_repository(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    connection.close()

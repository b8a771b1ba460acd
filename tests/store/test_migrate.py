import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, UniqueConstraint, inspect, text

from dashboard.domain.cells import content_version
from dashboard.errors import StoreError
from dashboard.importers.package import DataPackage
from dashboard.store.database import migrate as migrate_module
from dashboard.store.database.engine import open_engine, reading, writing
from dashboard.store.database.migrate import migrate, schema_version
from dashboard.store.records.tables import METADATA
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

BROKEN = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "0006", "0005", None, None
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


@pytest.fixture
def engine(empty_url: str) -> Iterator[Any]:
    engine = open_engine(empty_url)
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
            alone = {constraint["name"] for constraint in inspector.get_unique_constraints(table.name)}
            assert alone == {c.name for c in table.constraints if isinstance(c, UniqueConstraint)}


def test_migrating_twice_does_nothing(engine: Engine) -> None:
    assert migrate(engine) == migrate(engine)


def test_an_untouched_database_has_no_schema(engine: Engine) -> None:
    assert schema_version(engine) == ""


def test_a_step_that_fails_leaves_the_database_as_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: DataPackage
) -> None:
    migrate(engine)
    folder = Path(shutil.copytree(migrate_module._FOLDER, tmp_path / "100% new"))
    (folder / "versions" / "0006_broken.py").write_text(BROKEN)
    monkeypatch.setattr(migrate_module, "_FOLDER", folder)
    with pytest.raises(StoreError, match="nowhere"):
        migrate(engine)
    assert schema_version(engine) == "0005"
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
        open_store(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    connection.close()


OLD_ROWS = """
INSERT INTO actors VALUES ('ac-a', 'A', 'company', '', '', -1, 1, '');
INSERT INTO sources VALUES ('so-a', 'Paper', '', '', '', -1, 1, '', 'newspaper', '');
INSERT INTO sites VALUES ('st-a', 'Works', 'factory', '');
INSERT INTO sites_operators VALUES ('st-a', 0, 'ac-a');
INSERT INTO citations VALUES ('ci-a', 'st-a', '', '', 'so-a', '', '', '', -1, 1, 'supports', '');
INSERT INTO citations VALUES ('ci-b', 'ac-a', '', '', 'so-a', '', '', '', -1, 1, 'supports', '');
INSERT INTO site_status VALUES ('ss-a', 'st-a', 'operating', '2020', 737425, 737790, 'ci-a', '');
INSERT INTO changes VALUES (1, 'st-a', 'name', 'Work', 'Works', 'bo', '2026-01-31T09:30:00Z', 'sign');
INSERT INTO changes VALUES (4, 'st-a', 'kind', 'other', 'factory', 'bo', '2026-01-31T09:30:00Z', 'sign');
INSERT INTO meta VALUES ('data_version', '00000000000000aa');
INSERT INTO meta VALUES ('seed_version', '00000000000000aa');
INSERT INTO meta VALUES ('descriptor', '{}')
"""


@pytest.fixture
def old_url(empty_url: str) -> str:
    """A database as the first version of the atlas left it, with records and changes in it."""
    engine = open_engine(empty_url)
    config = migrate_module._config(migrate_module._FOLDER)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OLD_ROWS.split(";"):
            connection.execute(text(statement.strip().replace(":", "\\:")))
    engine.dispose()
    return empty_url


@pytest.mark.parametrize("edited", [True, False])
def test_a_filled_database_is_taken_over_with_its_changes(old_url: str, edited: bool) -> None:  # noqa: FBT001  # a case
    engine = open_engine(old_url)
    assert schema_version(engine) == "0001"
    with writing(engine) as connection:
        seeded = "00000000000000bb" if edited else "00000000000000aa"
        connection.execute(text(f"INSERT INTO meta VALUES ('seed_data_version', '{seeded}')"))  # noqa: S608  # two words
    engine.dispose()
    store = open_store(old_url)
    assert schema_version(store.engine) == "0005"
    tables = store.repository.read_tables()
    assert [len(tables[name]) for name in ("sites", "actors", "citations", "changes")] == [1, 1, 2, 2]
    version = content_version(tables)
    assert store.repository.data_version() == store.control.state().data_version == version
    seed = store.repository.seed()
    # Whether anybody has edited since the last seeding is still known, under the new name of the content.
    assert (seed.data_version == version, seed.version == version) == (not edited, not edited)
    (entry,) = store.trail.list()
    assert (entry.sequence, entry.action, entry.last_change) == (1, "migrated", 4)
    assert store.trail.changes_of(1) == tables["changes"]
    assert store.trail.verify() == ()
    dossier, number = store.repository.dossier("st-a")
    assert number == 1
    renamed = replace(dossier, record=replace(dossier.record, name="New works"))  # type: ignore[call-arg]
    assert store.repository.save_dossier(renamed, 1, Operation.new("ana", "save", "st-a")).revision == 2
    assert store.trail.verify() == ()
    with pytest.raises(StoreError, match="only grows"), writing(store.engine) as connection:
        connection.execute(text("UPDATE changes SET who = 'nobody' WHERE sequence = 1"))
    store.close()
    again = open_store(old_url)
    assert again.trail.head().sequence == 2  # a second start finds nothing to do
    again.close()


def test_an_old_change_that_is_edited_after_the_take_over_is_found(old_url: str) -> None:
    store = open_store(old_url)
    with writing(store.engine) as connection:
        if store.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER changes_update"))
        else:
            connection.execute(text("ALTER TABLE changes DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE changes SET who = 'nobody' WHERE sequence = 1"))
    assert any("changes of entry 1" in problem for problem in store.trail.verify())
    store.close()


def test_a_take_over_that_fails_leaves_the_old_database(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the power went", "here")

    monkeypatch.setattr("dashboard.store.trail.adopting.content_sum", fail)
    with pytest.raises(StoreError, match="the power went"):
        open_store(old_url)
    engine = open_engine(old_url)
    assert schema_version(engine) == "0001"
    with reading(engine) as connection:
        assert not {"audit", "revisions", "people"} & set(inspect(connection).get_table_names())
        assert (
            connection.scalar(text("SELECT value FROM meta WHERE key = 'data_version'")) == "00000000000000aa"
        )
        assert connection.scalar(text("SELECT count(*) FROM changes")) == 2
    engine.dispose()
    monkeypatch.undo()
    store = open_store(old_url)
    assert store.trail.verify() == ()
    store.close()


def test_two_processes_that_start_at_once_migrate_once(old_url: str) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        heads = [*pool.map(open_and_look, [old_url, old_url])]
    assert [(entries, problems) for entries, problems in heads] == [(1, ()), (1, ())]


def open_and_look(url: str) -> tuple[int, tuple[str, ...]]:
    store = open_store(url)
    found = store.trail.head().sequence, store.trail.verify()
    store.close()
    return found


def test_one_can_go_back_to_the_first_tables(engine: Engine) -> None:
    migrate(engine)
    config = migrate_module._config(migrate_module._FOLDER)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.execute(text("DELETE FROM changes"))
    assert schema_version(engine) == "0001"
    assert migrate(engine) == "0005"

import json
import os
import shutil
import sqlite3
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from dashboard.errors import BackupError, StoreError
from dashboard.store.backups import dumps
from dashboard.store.backups.backup import back_up, backups_in, restore
from dashboard.store.backups.manifest import manifest_path, read_manifest
from dashboard.store.database import sqlite as sqlite_module
from dashboard.store.database.verify import verify
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store, open_store
from dashboard.store.trail.anchor import anchor_head, anchored_heads, last_anchor
from dashboard.store.trail.operations import Operation

RECORD = "st-yard"


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    return tmp_path / "backups"


def operation() -> Operation:
    return Operation.new("ana", "back up", "database", "nightly")


def edit(store: Store, words: str) -> None:
    dossier, number = store.repository.dossier(RECORD)
    changed = replace(dossier, record=replace(dossier.record, notes=words))
    store.repository.save_dossier(changed, number, Operation.new("ana", "edit", RECORD, words))


def everything(store: Store) -> Any:
    return store.repository.read_tables(), store.trail.list(limit=1000), store.repository.revisions(RECORD)


def test_a_restored_backup_is_the_same_atlas(
    store: Store, filled: Repository, folder: Path, elsewhere: str
) -> None:
    edit(store, "one")
    before = everything(store)
    made = back_up(store, folder, operation())
    edit(store, "after the backup")
    manifest = restore(made.file, elsewhere)
    other = open_store(elsewhere)
    assert everything(other) == before
    assert other.trail.verify(manifest.head) == ()
    edit(other, "life goes on")
    assert other.trail.verify(manifest.head) == ()
    other.close()
    assert (made.warning, made.manifest) == ("", manifest)


def test_a_backup_is_noted_with_its_hash(store: Store, filled: Repository, folder: Path) -> None:
    made = back_up(store, folder, operation())
    entry = store.trail.list(limit=1)[0]
    assert (entry.who, entry.action, entry.why) == ("ana", "back up", "nightly")
    assert entry.details == {"file": made.file.name, "sha256": made.manifest.sha256}


def test_backups_made_while_somebody_writes_are_each_one_whole_state(
    store: Store, filled: Repository, folder: Path, elsewhere: str
) -> None:
    stop, edited, errors = threading.Event(), threading.Semaphore(0), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                edit(store, f"edit {number}")
            except StoreError as error:
                errors.append(error)
            edited.release()

    writer = threading.Thread(target=write)
    writer.start()
    made = []
    try:
        for _ in range(3):
            while edited.acquire(blocking=False):
                pass
            edited.acquire()  # one edit at least since the last backup, and others go on
            made.append(back_up(store, folder, operation()))
    finally:
        stop.set()
        writer.join()
    assert errors == []
    assert len({backup.manifest.data_version for backup in made}) == 3
    restore(made[1].file, elsewhere)
    other = open_store(elsewhere)
    assert other.repository.data_version() == made[1].manifest.data_version
    other.close()


def test_the_manifest_counts_every_table(store: Store, filled: Repository, folder: Path) -> None:
    made = back_up(store, folder, operation())
    assert read_manifest(made.file) == made.manifest
    counts = {name: table.rows for name, table in made.manifest.tables.items()}
    for name, rows in filled.read_tables().items():
        assert counts[name] == len(rows)
    assert counts["audit"] == made.manifest.head.sequence == 1
    assert made.file.stat().st_size == made.manifest.size


def test_older_backups_stay_and_are_listed_newest_first(
    store: Store, filled: Repository, folder: Path
) -> None:
    made = [back_up(store, folder, operation()) for _ in range(3)]
    listed = backups_in(folder)
    assert {manifest.file for manifest in listed} == {backup.file.name for backup in made}
    assert [manifest.made_at for manifest in listed] == sorted(
        (backup.manifest.made_at for backup in made), reverse=True
    )
    assert not list(folder.glob(".partial*"))


def test_nobody_else_may_read_a_backup(store: Store, filled: Repository, folder: Path) -> None:
    made = back_up(store, folder, operation())
    for path in (made.file, manifest_path(made.file)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_backup_is_refused(store: Store, filled: Repository, folder: Path, elsewhere: str) -> None:
    made = back_up(store, folder, operation())
    data = bytearray(made.file.read_bytes())
    data[len(data) // 2] ^= 1
    made.file.write_bytes(data)
    with pytest.raises(BackupError, match="not the file that was backed up"):
        restore(made.file, elsewhere)


def forge(file: Path, **changes: Any) -> None:
    path = manifest_path(file)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("lie", ["row", "head", "schema"])
def test_a_restored_database_that_is_not_what_was_backed_up_is_named(
    store: Store, filled: Repository, folder: Path, elsewhere: str, lie: str
) -> None:
    made = back_up(store, folder, operation())
    told = json.loads(manifest_path(made.file).read_text())
    changes = {
        "row": {"tables": told["tables"] | {"sites": {"rows": 2, "digest": "0" * 64}}},
        "head": {"head": told["head"] | {"hash": "0" * 64}},
        "schema": {"schema": "0000"},
    }
    forge(made.file, **changes[lie])
    with pytest.raises(BackupError, match="must not be used") as caught:
        restore(made.file, elsewhere)
    assert str(make_url(elsewhere).database) in str(caught.value)
    if elsewhere.startswith("sqlite"):
        assert list(Path(make_url(elsewhere).database).parent.iterdir()) == []


def test_a_database_that_holds_something_is_not_restored_into(
    store: Store, filled: Repository, folder: Path, url: str
) -> None:
    made = back_up(store, folder, operation())
    before = everything(store)
    with pytest.raises(BackupError, match=r"already"):
        restore(made.file, url)
    assert everything(store) == before


def test_a_backup_goes_back_into_its_own_kind_of_database(
    store: Store, filled: Repository, folder: Path, url: str
) -> None:
    made = back_up(store, folder, operation())
    other = "postgresql+psycopg://localhost/x" if url.startswith("sqlite") else "sqlite:///x.sqlite"
    with pytest.raises(BackupError, match=f"backup of {store.engine.dialect.name}"):
        restore(made.file, other)


def test_a_file_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    lonely = tmp_path / "atlas.sqlite"
    lonely.write_bytes(b"x")
    with pytest.raises(BackupError, match="manifest"):
        restore(lonely, "sqlite:///new.sqlite")
    manifest_path(lonely).write_text("[]")
    with pytest.raises(BackupError, match="no manifest"):
        restore(lonely, "sqlite:///new.sqlite")


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(
    store: Store, filled: Repository, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="No backup was made"):
        back_up(store, tmp_path / "file" / "backups", operation())


def test_a_backup_that_cannot_be_noted_is_still_good(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_SECONDS", 0)
    file = tmp_path / "atlas.sqlite"
    store = open_store(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    made = back_up(store, folder, operation())
    assert "could not be noted" in made.warning
    other.close()
    restore(made.file, f"sqlite:///{tmp_path / 'new.sqlite'}")
    store.close()


def test_the_end_of_the_trail_is_written_down_outside(
    store: Store, filled: Repository, folder: Path, tmp_path: Path
) -> None:
    anchor = tmp_path / "else" / "anchor"
    assert last_anchor(anchor) is last_anchor(None) is None
    back_up(store, folder, operation(), anchor=anchor)
    assert last_anchor(anchor) == store.trail.head()
    assert stat.S_IMODE(anchor.stat().st_mode) == 0o600
    assert anchor_head(anchor, store.trail.head) is False
    edit(store, "one")
    assert anchor_head(anchor, store.trail.head) is True
    assert len(anchored_heads(anchor)) == 2
    assert verify(store, anchor) == verify(store, None) == []


def test_a_trail_made_anew_does_not_end_where_the_old_one_did(
    store: Store, filled: Repository, tmp_path: Path, elsewhere: str
) -> None:
    anchor = tmp_path / "anchor"
    for words in ("one", "two", "three"):
        edit(store, words)
        anchor_head(anchor, store.trail.head)
    forged = open_store(elsewhere)
    forged.repository.replace_all(
        store.repository.read_tables(), Operation.new("seed", "seed", "", "never edited")
    )
    assert forged.trail.verify() == ()
    assert len(verify(forged, anchor)) >= 2
    with pytest.raises(StoreError, match="missing or were rewritten"):
        anchor_head(anchor, forged.trail.head)
    forged.close()


def test_half_a_line_at_the_end_of_the_anchor_is_mended_and_an_edited_one_is_said(
    store: Store, filled: Repository, tmp_path: Path
) -> None:
    anchor = tmp_path / "anchor"
    anchor_head(anchor, store.trail.head)
    first = store.trail.head()
    with anchor.open("a") as opened:
        opened.write("2 abc")
    assert last_anchor(anchor) == first
    edit(store, "one")
    anchor_head(anchor, store.trail.head)
    assert anchored_heads(anchor) == (first, store.trail.head())
    anchor.write_text("nonsense\n")
    with pytest.raises(StoreError, match="Line 1"):
        verify(store, anchor)


def test_processes_that_write_the_end_down_at_once_do_not_pass_each_other(
    store: Store, filled: Repository, tmp_path: Path
) -> None:
    anchor, errors = tmp_path / "anchor", []

    def work(name: str) -> None:
        try:
            for number in range(5):
                store.trail.note(Operation.new(name, "note", "x", str(number)))
                anchor_head(anchor, store.trail.head)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert last_anchor(anchor) == store.trail.head()


def test_damage_inside_the_file_is_found(tmp_path: Path, package: Any) -> None:
    file = tmp_path / "atlas.sqlite"
    store = open_store(f"sqlite:///{file}")
    store.repository.replace_all(package.tables, Operation.new("seed", "seed", "", "first"))
    store.close()
    raw = sqlite3.connect(file)
    raw.execute("UPDATE sites SET notes = 'edited from outside' WHERE id = 'st-yard'")
    raw.execute("DELETE FROM actors WHERE id = 'ac-ministry'")
    raw.commit()
    raw.close()
    store = open_store(f"sqlite:///{file}")
    problems = " ".join(verify(store, None))
    store.close()
    assert "names something in actors" in problems
    assert "changed past the atlas" in problems


def test_a_flipped_byte_in_a_record_is_found(tmp_path: Path, package: Any) -> None:
    file = tmp_path / "atlas.sqlite"
    store = open_store(f"sqlite:///{file}")
    store.repository.replace_all(package.tables, Operation.new("seed", "seed", "", "first"))
    store.close()
    data = file.read_bytes()
    assert data.count(b"Third meeting.") == 1
    file.write_bytes(data.replace(b"Third meeting.", b"Thirt meeting."))
    store = open_store(f"sqlite:///{file}")
    assert "changed past the atlas" in " ".join(verify(store, None))
    store.close()


@pytest.mark.postgres
def test_no_password_shows_among_the_arguments_of_a_process(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, log = dumps._tool("pg_dump", 0), tmp_path / "log"
    wrapper = tmp_path / "pg_dump"
    wrapper.write_text(
        f'#!/bin/sh\necho "args $*" >> "{log}"\necho "password $PGPASSWORD" >> "{log}"\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    address = make_url(server).set(password="pass word'")  # noqa: S106  # nobody's
    engine = create_engine(address)
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        dumps.dump(address, tmp_path / "out.dump", 1, snapshot)
    engine.dispose()
    told = log.read_text()
    assert "password pass word'" in told
    assert "pass word'" not in "".join(line for line in told.splitlines() if line.startswith("args"))


@pytest.mark.parametrize(("version", "words"), [(999, "only version"), (1, "it is not here")])
def test_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch, version: int, words: str) -> None:
    if version == 1:
        monkeypatch.setenv("PATH", "")
        monkeypatch.setattr(dumps, "_DEBIAN", Path("/nowhere"))
    elif shutil.which("pg_dump") is None and not list(dumps._DEBIAN.glob("*/bin/pg_dump")):
        pytest.skip("no pg_dump")
    with pytest.raises(BackupError, match=words):
        dumps._tool("pg_dump", version)

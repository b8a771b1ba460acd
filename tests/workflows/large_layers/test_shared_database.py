"""Two atlases keep the same rows in one database, and neither takes the other's away."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import inspect

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import LayerError
from dashboard.store.database.engine import open_engine
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.large import LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.large_layers import adding
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.leftovers import mark_of, remove_unfinished

ABOUT = LayerAbout("shared", "Shared")
WORLD = Asked(Window(-180, -90, 180, 90, DAY_PAST, DAY_FUTURE))


@pytest.mark.postgres
def test_the_same_rows_of_two_atlases_in_one_database_do_not_meet(
    server: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(server)

    def put(folder: Path) -> LargeLayer:
        return adding.put_large_layer(
            ABOUT, source, folder, workers=Workers(count=1), engine=engine, into_table=True
        )

    def tables() -> set[str]:
        return {one for one in inspect(engine).get_table_names() if one.startswith("large_shared_")}

    def broken(*_args: Any, **_more: Any) -> None:
        raise LayerError("shared", "no room")

    ours, theirs = put(tmp_path / "ours"), put(tmp_path / "theirs")
    assert ours.version == theirs.version
    assert tables() == {ours.table, theirs.table}
    # One is stopped behind its table, and swept.
    with monkeypatch.context() as patch:
        patch.setattr(LargeLayer, "save", broken)
        with pytest.raises(LayerError, match="no room"):
            put(tmp_path / "third")
    assert len(tables()) == 3
    remove_unfinished(tmp_path / "third", ABOUT.id, engine)
    assert tables() == {ours.table, theirs.table}
    adding.remove_large_layer(ours, engine)
    assert tables() == {theirs.table}
    assert adding.rows_of_large(theirs, engine).window(WORLD, ("external_id",), 1).total == theirs.shown
    adding.remove_large_layer(theirs, engine)
    engine.dispose()


def test_a_folder_keeps_its_mark_and_no_other_has_it(tmp_path: Path) -> None:
    marks = {mark_of(tmp_path / name) for name in ("one", "other")}
    assert len(marks) == 2
    assert {mark_of(tmp_path / name) for name in ("one", "other")} == marks
    (tmp_path / "one" / ".atlas.mark").write_text("x; DROP", encoding="utf-8")
    with pytest.raises(LayerError, match="damaged"):
        mark_of(tmp_path / "one")


def test_a_mark_that_many_make_at_once_is_one(tmp_path: Path) -> None:
    for number in range(20):
        at_once, folder = Barrier(8), tmp_path / str(number)

        def mark(_which: int, at_once: Barrier = at_once, folder: Path = folder) -> str:
            at_once.wait()
            return mark_of(folder)

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(mark, range(8))) == {mark_of(folder)}
        assert [path.name for path in folder.iterdir()] == [".atlas.mark"]


def test_a_layer_may_be_called_like_the_mark(source: Path, tmp_path: Path) -> None:
    mark_of(tmp_path)
    about = LayerAbout("mark", "Mark")
    made = adding.put_large_layer(about, source, tmp_path, workers=Workers(count=1))
    assert adding.large_layer_before(tmp_path, "mark") == made

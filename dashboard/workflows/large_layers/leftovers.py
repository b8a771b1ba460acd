"""Tables that an interrupted run left in a database, found again without looking for them there.

A table is written down beside the layers before it is made, with the database that it is made in. Only what
is written down is ever taken away, and not while a layer names it: what else a database holds is another's.
Names of tables bear a mark of the folder of layers, so that two atlases may keep the same rows in a database.
"""

import json
import re
import secrets
import shutil
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from dashboard.errors import LayerError
from dashboard.store.database.sentences import location_of
from dashboard.store.layers.in_table import drop_table, half_of
from dashboard.store.layers.large import table_named

__all__ = ["drop_leftovers", "has_tables", "mark_of", "note_table", "remove_unfinished", "unfinished"]

_ENDING: Final = ".tables"
_MARK: Final = ".atlas.mark"  # with a dot, as no name of a layer


def mark_of(layers: Path) -> str:
    """Give the mark that names of tables bear, made when it is asked for first.

    Parameters
    ----------
    layers
        Folder of all large layers.

    Returns
    -------
    str
        Twelve letters and digits. Servers that share the folder share it; a copy of the folder, which is
        another atlas, has to be given another one: remove the file there.

    Raises
    ------
    LayerError
        If it cannot be read or written.
    """
    path = layers / _MARK
    try:
        layers.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_mark(path)
        found = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise LayerError(layers.name, f"{path} cannot be read or written") from error
    if not re.fullmatch(r"[0-9a-z]{12}", found):
        raise LayerError(layers.name, f"{path} is damaged: write twelve letters and digits into it")
    return found


def _make_mark(path: Path) -> None:
    """Write a mark, whole and only where there is none: who makes one at the same time reads the same."""
    made = path.with_name(f"{_MARK}.{secrets.token_hex(6)}")
    try:
        made.write_text(f"{secrets.token_hex(6)}\n", encoding="ascii")
        try:
            path.hardlink_to(made)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def note_table(layers: Path, layer_id: str, table: str, engine: Engine) -> None:
    """Write down that a table is going to be made, or to go.

    Parameters
    ----------
    layers
        Folder of all large layers.
    layer_id
        Short name of the layer that it is or was made for.
    table
        Its name.
    engine
        Engine of the database.

    Raises
    ------
    LayerError
        If it cannot be written down.
    """
    noted = _noted(layers, layer_id)
    if (table, location_of(engine)) not in noted:
        _write(layers, layer_id, [*noted, (table, location_of(engine))])


def drop_leftovers(layers: Path, layer_id: str, engine: Engine) -> tuple[str, ...]:
    """Take away tables that runs for a layer made and that no layer names.

    Parameters
    ----------
    layers
        Folder of all large layers.
    layer_id
        Short name of the layer.
    engine
        Engine of the database; tables of another one stay noted.

    Returns
    -------
    tuple of str
        The tables that were taken away, or were never made.

    Raises
    ------
    LayerError
        If what is noted cannot be written anew.
    StoreError
        If the database refuses.
    """
    noted = _noted(layers, layer_id)
    named = {table_named(one.parent) for one in layers.glob("[!.]*/layer.json")}
    gone = [table for table, where in noted if where == location_of(engine) and table not in named]
    for table in gone:
        drop_table(engine, half_of(table))
        drop_table(engine, table)
    _write(layers, layer_id, [one for one in noted if one[1] != location_of(engine)])
    return tuple(gone)


def has_tables(layers: Path, layer_id: str) -> bool:
    """Say whether an interrupted run for a layer has noted tables.

    Parameters
    ----------
    layers
        Folder of all large layers.
    layer_id
        Short name of the layer.

    Returns
    -------
    bool
        Whether a database has to be asked to take them away.
    """
    return bool(_noted(layers, layer_id))


def unfinished(layers: Path, layer_id: str) -> bool:
    """Say whether a run for a layer was interrupted and has left something.

    Parameters
    ----------
    layers
        Folder of all large layers.
    layer_id
        Short name of the layer.

    Returns
    -------
    bool
        Whether there are files or noted tables.
    """
    return has_tables(layers, layer_id) or (layers / f".{layer_id}").is_dir()


def remove_unfinished(layers: Path, layer_id: str, engine: Engine) -> None:
    """Take away what interrupted runs for a layer have left, files and tables.

    Parameters
    ----------
    layers
        Folder of all large layers.
    layer_id
        Short name of the layer.
    engine
        Engine of the database.

    Raises
    ------
    LayerError
        If what is noted cannot be written anew.
    StoreError
        If the database refuses.
    """
    drop_leftovers(layers, layer_id, engine)
    shutil.rmtree(layers / f".{layer_id}", ignore_errors=True)


def _noted(layers: Path, layer_id: str) -> list[tuple[str, str]]:
    try:
        lines = (layers / f".{layer_id}{_ENDING}").read_text(encoding="utf-8").splitlines()
        return [(str(table), str(where)) for table, where in map(json.loads, lines)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise LayerError(layer_id, f".{layer_id}{_ENDING} among the large layers cannot be read") from error


def _write(layers: Path, layer_id: str, noted: list[tuple[str, str]]) -> None:
    path = layers / f".{layer_id}{_ENDING}"
    half = path.with_name(f"{path.name}.new")
    try:
        if not noted:
            path.unlink(missing_ok=True)
            return
        layers.mkdir(parents=True, exist_ok=True)
        half.write_text("".join(f"{json.dumps(one)}\n" for one in noted), encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise LayerError(layer_id, f"{path} cannot be written ({error.strerror})") from error

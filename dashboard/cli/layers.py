"""``arsenal-atlas layers``: large layers, which a map reads by window and never whole."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qsl, urlsplit

import typer
from rich.markup import escape
from rich.table import Table

from dashboard.cli.shared import err, out, progress_bar, settings_for
from dashboard.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboard.settings import Settings
    from dashboard.store.layers.large import LargeLayer, WindowedRows

__all__ = ["layers"]

_COLOUR: Final = "#AA3377"
_AN_HOUR: Final = 3_600.0
_INTERRUPTED: Final = 130

layers = typer.Typer(help="Layers too large for memory, read by window.", no_args_is_help=True)

_DB = Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")]


@layers.command("add-folder")
def add_folder(  # noqa: PLR0913  # one for each option
    folder: Annotated[
        Path, typer.Argument(help="Folder of *.parquet with the columns of a layer.", metavar="DIR")
    ],
    *,
    name: Annotated[str, typer.Option(help="Short name of the layer; the folder's name when empty.")] = "",
    title: Annotated[str, typer.Option(help="Title, as shown; the short name when empty.")] = "",
    licence: Annotated[str, typer.Option(help="Licence of the data.")] = "",
    citation: Annotated[str, typer.Option(help="How the data wants to be cited.")] = "",
    colour: Annotated[str, typer.Option(help="Colour of its marks, such as #AA3377.")] = _COLOUR,
    workers: Annotated[int, typer.Option(help="Processes of this machine; 1 needs no Dask.", min=1)] = 1,
    scheduler: Annotated[
        str, typer.Option(help="Address of a running Dask scheduler instead.", metavar="ADDRESS")
    ] = "",
    into_database: Annotated[
        bool, typer.Option("--into-database", help="Keep the rows in PostgreSQL and not in files.")
    ] = False,
    db_url: _DB = None,
) -> None:
    """Make a large layer of partitioned Parquet: it appears among the map's layers of a running server.

    An interrupted run goes on where it stopped. A layer that is there is replaced when the new one stands.

    Examples: [bold]arsenal-atlas layers add-folder events/ --name events --licence "CC BY 4.0"[/] ·
    [bold]arsenal-atlas layers add-folder events/ --workers 4 --into-database --db postgresql+psycopg://…[/]
    """
    from dashboard.store.layers.large import table_named
    from dashboard.store.layers.layer import LayerAbout
    from dashboard.store.store import open_store
    from dashboard.workflows.large_layers.adding import put_large_layer, rows_of_large
    from dashboard.workflows.large_layers.dealing import Workers
    from dashboard.workflows.large_layers.kept_counts import counts_for
    from dashboard.workflows.large_layers.leftovers import has_tables
    from dashboard.workflows.views.datasets import short_name

    settings = settings_for(db_url)
    short = short_name(name or folder.name).strip("-") or "layer"
    about = LayerAbout(short, title or short, colour, licence, citation)
    layers_folder = settings.large_layers_path
    in_database = (
        into_database or bool(table_named(layers_folder / short)) or has_tables(layers_folder, short)
    )
    store = open_store(settings.database_url) if in_database else None
    try:
        with progress_bar("Converting", counted=True) as report:
            made = put_large_layer(
                about,
                folder,
                settings.large_layers_path,
                workers=Workers(scheduler, workers, report),
                engine=store.engine if store else None,
                into_table=into_database,
                cells=frozenset(settings.cells.values()),
            )
        # Now, so that nobody who sees a grid has to wait for it.
        for cell in {*settings.cells.values()}:
            counts_for(made, rows_of_large(made, store.engine if store else None), cell)
    finally:
        if store is not None:
            store.close()
    out.print(
        f"Layer {made.id}: {made.rows:,} rows, {made.shown:,} of them with a point and a date, counted in "
        f"cells of {made.cell:g} degrees and {made.months} months. It is among the map's layers.",
        highlight=False,
        soft_wrap=True,
    )


@layers.command("list")
def list_layers() -> None:
    """List the large layers of this atlas.

    Example: [bold]arsenal-atlas layers list[/]
    """
    table = Table()
    for head in ("name", "title", "rows", "on the map", "licence", "where"):
        table.add_column(head, justify="right" if head in {"rows", "on the map"} else "left")
    for one in _all():
        texts = (one.about.title, one.about.licence, one.table or str(one.folder))
        title, licence, where = map(escape, texts)
        table.add_row(one.id, title, f"{one.rows:,}", f"{one.shown:,}", licence, where)
    out.print(table)


@layers.command("lists")
def build_the_lists(
    name: Annotated[str, typer.Argument(help="Short name of the layer.", metavar="NAME")],
    *,
    workers: Annotated[int, typer.Option(help="Processes of this machine; 1 needs no Dask.", min=1)] = 1,
    scheduler: Annotated[
        str, typer.Option(help="Address of a running Dask scheduler instead.", metavar="ADDRESS")
    ] = "",
    db_url: _DB = None,
) -> None:
    """Build the lists of words that a large layer lacks: none yet, of a new grid, or damaged ones.

    A running server goes on meanwhile, and uses them when all are there. Ctrl-C keeps what was built, and
    the same command goes on with it.

    Example: [bold]arsenal-atlas layers lists events --workers 2[/]
    """
    from dashboard.workflows.large_layers.dealing import Workers
    from dashboard.workflows.large_layers.lists import build_lists

    settings = settings_for(db_url)
    found = _named(name)
    try:
        with _rows_of(found, settings) as rows, progress_bar("Building", counted=True) as report:
            cells = frozenset(settings.cells.values())
            built = build_lists(found, rows, cells, Workers(scheduler, workers, report))
    except KeyboardInterrupt:
        err.print("Stopped: nothing was changed. The same command goes on where it was.")
        raise typer.Exit(_INTERRUPTED) from None
    what = f"{len(built):,} file{'' if len(built) == 1 else 's'} built" if built else "nothing was missing"
    out.print(f"Lists of the layer {found.id}: {what}.", highlight=False, soft_wrap=True)


@layers.command("check")
def check_layers(
    name: Annotated[str, typer.Argument(help="Short name of a layer; all when empty.", metavar="NAME")] = "",
    *,
    db_url: _DB = None,
) -> None:
    """Check the files of large layers: reads counts and lists and compares digests; rows are only counted.

    Example: [bold]arsenal-atlas layers check[/]
    """
    from dashboard.store.layers.large import readable_large_layers
    from dashboard.workflows.large_layers.lists import faults_of_layer

    settings = settings_for(db_url)
    is_sound = True
    for one in (_named(name),) if name else readable_large_layers(settings.large_layers_path):
        with _rows_of(one, settings) as rows:
            faults = faults_of_layer(one, rows, frozenset(settings.cells.values()))
        is_sound &= not faults
        out.print(f"{one.id}: {'sound' if not faults else ''}", highlight=False)
        for fault in faults:
            out.print(f"[red]error[/] {escape(fault)}", highlight=False, soft_wrap=True)
    if not name:
        _all()  # says what is wrong with one that cannot even be listed
    if not is_sound:
        raise typer.Exit(1)


@layers.command("export")
def export_layer(  # one for each option
    name: Annotated[str, typer.Argument(help="Short name of the layer.", metavar="NAME")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write to: .csv, or .parquet.", metavar="FILE")
    ],
    link: Annotated[
        str, typer.Option(help="Address of a view, or its part after the question mark; all when empty.")
    ] = "",
    limit: Annotated[int | None, typer.Option(help="Most rows; all when not given.", min=1)] = None,
    db_url: _DB = None,
) -> None:
    """Write the records of a large layer that a view holds, with licence and citation in a file beside.

    Rows are written as they are read: memory does not grow with them. An area holds what has its point in it.

    Examples: [bold]arsenal-atlas layers export events -o events.csv --link "country=SY&from=2014"[/] ·
    [bold]arsenal-atlas layers export events -o near.parquet --link "area=box:30,35,38,43&kind=incident"[/]
    """
    from dashboard.workflows.large_layers.exporting import write_large
    from dashboard.workflows.large_layers.narrowing import narrowing_of
    from dashboard.workflows.sharing.link import read_link

    settings = settings_for(db_url)
    found = _named(name)
    # A question mark further on belongs to a value, such as the words that are searched.
    is_address = "?" in link.partition("=")[0]
    asked, left_out = read_link(parse_qsl(urlsplit(link).query if is_address else link))
    without = narrowing_of(asked.filters).without
    nothing = (f"No record of a large layer has {without}.",) if without else ()
    for sentence in (*left_out, *nothing):
        err.print(f"[yellow]warning[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    with _rows_of(found, settings) as rows, err.status("Writing …") as status:
        made = write_large(
            found, rows, asked, output, most=limit,
            progress=lambda done: status.update(f"Writing … {done:,} rows"),
        )  # fmt: skip
    out.print(f"{made.path}\n{made.about}", highlight=False, soft_wrap=True)
    more = f"; there are more, it stopped at --limit {limit:,}" if limit and made.is_cut else ""
    err.print(
        f"{made.rows:,} rows{more}. Licence: {escape(found.about.licence or 'not stated')}", soft_wrap=True
    )


@layers.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="Short name of the layer.", metavar="NAME")],
    *,
    db_url: _DB = None,
) -> None:
    """Take a large layer away, with its rows and for good; or what an interrupted run has left of one.

    Example: [bold]arsenal-atlas layers remove events[/]
    """
    from dashboard.store.store import open_store
    from dashboard.workflows.large_layers.adding import remove_large_layer
    from dashboard.workflows.large_layers.leftovers import remove_unfinished, unfinished

    settings = settings_for(db_url)
    folder = settings.large_layers_path
    is_left = _is_name(name) and unfinished(folder, name)
    found = None if is_left and not (folder / name).is_dir() else _named(name)
    store = open_store(settings.database_url)
    try:
        if found is None:
            remove_unfinished(folder, name, store.engine)
        else:
            remove_large_layer(found, store.engine)
    finally:
        store.close()
    err.print(f"Removed the layer {name}." if found else f"Removed what was left of {name}.")


@contextmanager
def _rows_of(layer: "LargeLayer", settings: "Settings") -> "Iterator[WindowedRows]":
    from dashboard.store.database.deadlines import Limits
    from dashboard.store.store import open_store
    from dashboard.workflows.large_layers.adding import rows_of_large

    # A whole table is one question, and nobody waits at a page.
    limits = Limits(read_seconds=_AN_HOUR)
    store = open_store(settings.database_url, limits) if layer.table else None
    try:
        yield rows_of_large(layer, store.engine if store else None)
    finally:
        if store is not None:
            store.close()


def _is_name(name: str) -> bool:
    from dashboard.workflows.views.datasets import short_name

    return bool(name) and short_name(name) == name


def _named(name: str) -> "LargeLayer":
    from dashboard.settings import load_settings
    from dashboard.store.layers.large import read_large_layer

    folder = load_settings().large_layers_path / name
    if not (_is_name(name) and folder.is_dir()):
        raise LayerError(name, "there is no large layer of that name: `arsenal-atlas layers list` has them")
    return read_large_layer(folder)


def _all() -> "tuple[LargeLayer, ...]":
    from dashboard.settings import load_settings
    from dashboard.store.layers.large import list_large_layers

    return list_large_layers(load_settings().large_layers_path)

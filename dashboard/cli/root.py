"""The commands put together, and how they end: a fault met on purpose is one sentence and exit code 1."""

import gc
import sys
from typing import Annotated, Final

import typer
from rich.markup import escape

from dashboard import __version__
from dashboard.bench.commands import bench
from dashboard.cli.articles import extract
from dashboard.cli.database import db
from dashboard.cli.exporting import export
from dashboard.cli.geocoding import geocode
from dashboard.cli.importing import import_table
from dashboard.cli.ingesting import ingest, review
from dashboard.cli.layers import layers
from dashboard.cli.packages import check
from dashboard.cli.serving import run, serve
from dashboard.cli.shared import err, out
from dashboard.cli.versions import diff
from dashboard.errors import AtlasError

__all__ = ["cli", "main"]

_OBJECTS_BETWEEN_COLLECTIONS: Final = 20_000

cli = typer.Typer(
    name="arsenal-atlas",
    help="An atlas of defense-industry sites and events: who builds what where, who met whom when, "
    "and how we know.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (run, serve, check, geocode, extract, ingest, review, export, diff):
    cli.command()(command)
cli.command("import")(import_table)
cli.add_typer(db, name="db")
cli.add_typer(layers, name="layers")
cli.add_typer(bench, name="bench")


def _version(*, wanted: bool) -> None:
    if wanted:
        out.print(f"arsenal-atlas {__version__}")
        raise typer.Exit


@cli.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=lambda v: _version(wanted=v))
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the entry point of the installed script."""
    # What is imported is no garbage: looking for some every 700 objects takes a sixth of the start.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        cli()
    except AtlasError as error:
        err.print(f"[bold red]Error[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("Stopped.")
        sys.exit(130)

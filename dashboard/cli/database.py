"""``arsenal-atlas db``: the store made, backed up, restored and verified, and the offline gazetteer."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from dashboard.cli.shared import build_the_gazetteer, err, out, progress_bar, settings_for

if TYPE_CHECKING:
    from dashboard.store.store import Store

__all__ = ["db"]

db = typer.Typer(help="The store, its backups, and the offline gazetteer.", no_args_is_help=True)

_DbOption = Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")]
_MEGABYTE: Final = 1e6


@db.command("init")
def db_init(db_url: _DbOption = None) -> None:
    """Make the store, bring its tables up to date and seed it when it is empty.

    Example: [bold]arsenal-atlas db init[/]
    """
    from dashboard.workflows.package.start import open_atlas

    with err.status("Opening the store …"):
        store, result = open_atlas(settings_for(db_url))
    err.print(f"Store: {store.location}. {result.message}")


@db.command("gazetteer")
def db_gazetteer(
    *,
    again: Annotated[bool, typer.Option("--again", help="Build it even if it is there.")] = False,
) -> None:
    """Build the offline gazetteer from the installed GeoNames extract.

    Examples: [bold]arsenal-atlas db gazetteer[/] · [bold]arsenal-atlas db gazetteer --again[/]
    """
    from dashboard.errors import GazetteerError
    from dashboard.geocoding import Gazetteer

    settings = settings_for()
    if not again and settings.gazetteer_path.is_file():
        try:
            Gazetteer.open(settings.gazetteer_path).close()
        except GazetteerError as error:
            err.print(f"{error}; building it anew")
        else:
            err.print(f"Gazetteer: {settings.gazetteer_path} is current")
            return
    build_the_gazetteer(settings)


@db.command("backup")
def db_backup(
    folder: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Folder for backups; default: the settings' one."),
    ] = None,
    db_url: _DbOption = None,
) -> None:
    """Back the store up while people go on working, and write down what the backup holds.

    Examples: [bold]arsenal-atlas db backup[/] · [bold]arsenal-atlas db backup --to /mnt/backups[/]
    """
    from dashboard.store.backups.backup import back_up
    from dashboard.store.layers.large import readable_large_layers
    from dashboard.store.trail.operations import Operation

    settings = settings_for(db_url)
    store = _open(settings.database_url)
    target = folder or settings.backups
    operation = Operation.new(_who(), "back up", "database", f"backup to {target}")
    try:
        with progress_bar("Backing up") as report:
            made = back_up(
                store,
                target,
                operation,
                anchor=settings.audit_anchor,
                progress=report,
                large=readable_large_layers(settings.large_layers_path),
            )
    finally:
        store.close()
    rows = sum(table.rows for table in made.manifest.tables.values())
    out.print(str(made.file), highlight=False, soft_wrap=True)
    err.print(
        f"{made.manifest.size / _MEGABYTE:.1f} MB, {rows:,} rows, data version "
        f"{made.manifest.data_version[:12] or 'none'}, audit trail up to entry {made.manifest.head.sequence}"
    )
    for one in made.manifest.large_layers:
        err.print(f"Not within: the large layer {one.words}", highlight=False, soft_wrap=True)
    if made.warning:
        err.print(f"[yellow]warning[/] {escape(made.warning)}", highlight=False, soft_wrap=True)


@db.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="Backup; its manifest is beside it.", metavar="FILE")],
    into: Annotated[
        str, typer.Option("--into", metavar="URL", help="Address of an empty database or a new SQLite file.")
    ],
) -> None:
    """Restore a backup into an empty database and compare every row with what was backed up.

    Examples: [bold]arsenal-atlas db restore atlas-….sqlite --into sqlite:////srv/atlas/new.sqlite[/] ·
    [bold]arsenal-atlas db restore atlas-….dump --into postgresql+psycopg://atlas@localhost/new[/]
    """
    from dashboard.store.backups.backup import restore
    from dashboard.store.backups.outside import missing_layers

    with progress_bar("Restoring") as report:
        manifest = restore(file, into, progress=report)
    rows = sum(table.rows for table in manifest.tables.values())
    err.print(
        f"Restored and compared: {len(manifest.tables)} tables, {rows:,} rows, audit trail whole up to entry "
        f"{manifest.head.sequence}. Set ARSENAL_ATLAS_DB to the new address and start the atlas"
    )
    for one in missing_layers(manifest.large_layers, settings_for().large_layers_path, into):
        err.print(
            f"[yellow]missing[/] the large layer {one.words}: add it by `arsenal-atlas layers add-folder`",
            highlight=False,
            soft_wrap=True,
        )


@db.command("verify")
def db_verify(db_url: _DbOption = None) -> None:
    """Verify the store: the file, the records against their version, the audit trail against its anchor.

    Example: [bold]arsenal-atlas db verify[/]
    """
    from dashboard.store.database.verify import verify

    settings = settings_for(db_url)
    store = _open(settings.database_url)
    try:
        with err.status("Verifying …"):
            problems = verify(store, settings.audit_anchor)
            head = store.trail.head()
    finally:
        store.close()
    for problem in problems:
        out.print(f"[red]error[/] {escape(problem)}", highlight=False, soft_wrap=True)
    anchored = f"against {settings.audit_anchor}" if settings.audit_anchor else "without an anchor file"
    err.print(f"{len(problems)} errors; audit trail of {head.sequence} entries, verified {anchored}")
    if problems:
        raise typer.Exit(1)


@db.command("audit")
def db_audit(
    limit: Annotated[int, typer.Option("--last", min=1, help="How many entries to show.")] = 20,
    db_url: _DbOption = None,
) -> None:
    """Show who did what last.

    Examples: [bold]arsenal-atlas db audit[/] · [bold]arsenal-atlas db audit --last 200[/]
    """
    store = _open(settings_for(db_url).database_url)
    try:
        entries = store.trail.list(limit=limit)
    finally:
        store.close()
    table = Table()
    for title in ("Entry", "When (UTC)", "Who", "What", "Of what", "Why"):
        table.add_column(title, overflow="fold")
    for entry in entries:
        cells = (str(entry.sequence), entry.at[:19], entry.who, entry.action, entry.subject, entry.why)
        table.add_row(*map(escape, cells))
    out.print(table)


def _open(url: str) -> "Store":
    from dashboard.store.store import open_store

    with err.status("Opening the store …"):
        return open_store(url)


def _who() -> str:
    try:
        return f"{getpass.getuser()} (terminal)"
    except (OSError, KeyError):  # a container whose user has no name
        return "terminal"

"""``arsenal-atlas export``: the store as a package or a map, or what a link shows in any format."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qsl, urlsplit

import typer
from rich.markup import escape

from dashboard.cli.shared import err, progress_bar, settings_for
from dashboard.errors import StoreError

if TYPE_CHECKING:
    from dashboard.exports.view import ExportView
    from dashboard.runtime import Runtime

__all__ = ["export"]

_INTERRUPTED: Final = 130  # 128 and the number of the signal, as shells have it


def export(  # noqa: PLR0913  # one for each option
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder for --package and --map; made when missing.", metavar="DIR"),
    ] = None,
    *,
    package: Annotated[
        bool, typer.Option("--package", help="Write the whole store as data package.")
    ] = False,
    map_file: Annotated[
        bool, typer.Option("--map", help="Write atlas.html: map, clock, data and scripts in one file.")
    ] = False,
    format_id: Annotated[
        str | None,
        typer.Option("--format", help="Write what a link shows: csv, xlsx, gpkg …; a wrong name lists all."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write to.", metavar="FILE")
    ] = None,
    link: Annotated[
        str, typer.Option(help="Address of a view, or its part after the question mark; all when empty.")
    ] = "",
    title: Annotated[str, typer.Option(help="Title of the file.")] = "",
    db_url: Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")] = None,
) -> None:
    """Write the store as files, or what a link shows in a format of your choice.

    Examples: [bold]arsenal-atlas export --package out/[/] · [bold]arsenal-atlas export --map out/[/] ·
    [bold]arsenal-atlas export --format xlsx --output morocco.xlsx --link "country=MA&from=2020"[/]
    """
    _check_options(folder, output, whole=package or map_file, format_id=format_id)
    from dashboard.runtime import runtime

    settings_for(db_url)
    atlas = runtime()
    if folder is not None:
        if package:
            _write_package(atlas, folder)
        if map_file:
            _write_map(atlas, folder)
    if format_id is not None and output is not None:
        _write_view(_view(atlas, link, title), format_id, output)


def _check_options(folder: Path | None, output: Path | None, *, whole: bool, format_id: str | None) -> None:
    if format_id is not None:
        from dashboard.errors import UnknownFormatError
        from dashboard.exports.registry import FORMATS

        if format_id not in FORMATS:
            raise UnknownFormatError(format_id, FORMATS)
    if not whole and format_id is None:
        raise typer.BadParameter(
            "say what to write: --package, --map or --format", param_hint="--package / --map / --format"
        )
    if whole and folder is None:
        raise typer.BadParameter("name the folder to write to", param_hint="DIR")
    if format_id is not None and output is None:
        raise typer.BadParameter("name the file to write to", param_hint="--output")


def _write_package(atlas: "Runtime", folder: Path) -> None:
    from dashboard.exports.package import write_package
    from dashboard.workflows.package.seed import package_of

    found = package_of(atlas.repository)
    write_package(found, folder)
    err.print(f"Wrote the data package {found.version} to {folder}")


def _write_map(atlas: "Runtime", folder: Path) -> None:
    from dashboard.maps.standalone import atlas_map, standalone_html
    from dashboard.workflows.access.audience import EXACT

    html = standalone_html(atlas_map(atlas.view(EXACT).frames()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "atlas.html").write_text(html, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder} cannot be written ({error.strerror})", str(folder)) from error
    err.print(f"Wrote {folder / 'atlas.html'} ({len(html) / 1e6:.1f} MB)")


def _view(atlas: "Runtime", address: str, title: str) -> "ExportView":
    from dashboard.workflows.access.audience import EXACT
    from dashboard.workflows.sharing.link import actor_names, read_link
    from dashboard.workflows.sharing.take_away import view_for

    is_whole = "://" in address
    query = urlsplit(address).query if is_whole else address.lstrip("?")
    found, said = read_link(parse_qsl(query), actor_names(atlas.view(EXACT).library()))
    for sentence in said:
        err.print(f"[yellow]{escape(sentence)}[/]", highlight=False, soft_wrap=True)
    return view_for(
        atlas.view(EXACT, found.version),
        found,
        made_on=datetime.now(UTC).date(),
        title=title,
        address=address if is_whole else "",
    )


def _write_view(view: "ExportView", format_id: str, output: Path) -> None:
    from dashboard.workflows.sharing.take_away import write_take_away

    try:
        with progress_bar(f"Writing {output.name}", counted=True) as report:
            written = write_take_away(view, format_id, output, progress=report)
    except KeyboardInterrupt:
        err.print(f"Stopped: nothing of {escape(output.name)} was kept.", highlight=False)
        raise typer.Exit(_INTERRUPTED) from None
    for note in written.notes:
        err.print(f"[dim]{escape(note)}[/]", highlight=False, soft_wrap=True)
    size = written.path.stat().st_size
    words = f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"  # noqa: PLR2004  # a megabyte
    err.print(f"Wrote {escape(str(output))}: {written.rows:,} records, {words}", highlight=False)

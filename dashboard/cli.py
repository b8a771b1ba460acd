"""``arsenal-atlas``: the atlas from a terminal.

Commands import what they need when they run, so that ``--help`` answers at once. Whatever goes wrong on
purpose ends in one sentence and exit code 1, never in a traceback.
"""

import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from dashboard import __version__
from dashboard.bench.commands import bench
from dashboard.errors import AtlasError, ServerError, StoreError

if TYPE_CHECKING:
    from dashboard.geocoding import Gazetteer
    from dashboard.settings import Settings
    from dashboard.workflows.check import CheckReport

__all__ = ["cli", "main"]

out: Final = Console()
err: Final = Console(stderr=True)

cli = typer.Typer(
    name="arsenal-atlas",
    help="An atlas of defense-industry sites and events: who builds what where, who met whom when, "
    "and how we know.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
db = typer.Typer(help="The local store and the offline gazetteer.", no_args_is_help=True)
cli.add_typer(db, name="db")
cli.add_typer(bench, name="bench")


class GeocodeFormat(StrEnum):
    """How geocoded places are printed."""

    TABLE = "table"
    GEOJSON = "geojson"
    CSV = "csv"


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _settings(db_url: str | None = None) -> "Settings":
    from dashboard.settings import load_settings

    if db_url:
        os.environ["ARSENAL_ATLAS_DB"] = db_url
        load_settings.cache_clear()
    return load_settings()


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


@cli.command()
def run(
    *,
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65_535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the address in a browser.")] = True,
    db_url: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="Database address instead of the local file.")
    ] = None,
    dataset: Annotated[
        list[Path] | None,
        typer.Option(help="Data package to show as a layer of its own; may be given several times."),
    ] = None,
) -> None:
    """Serve the atlas to this machine.

    Examples: [bold]arsenal-atlas run[/] · [bold]arsenal-atlas run --port 8600 --no-browser[/] ·
    [bold]arsenal-atlas run --db sqlite:///atlas.sqlite[/] · [bold]arsenal-atlas run --dataset ./theirs[/]
    """
    from dashboard.runtime import runtime
    from dashboard.settings import static_path

    if dataset:
        os.environ["ARSENAL_ATLAS_DATASETS"] = os.pathsep.join(str(folder) for folder in dataset)
    _settings(db_url)
    if not (static_path() / "atlas-map.js").is_file():
        raise ServerError("The map's front end is not built: run `make install` in the checkout")
    _refuse_taken_port(port)
    with err.status("Opening the store …"):
        atlas = runtime()
    err.print(f"Store: {atlas.repository.location}. {atlas.seeding.message}")
    address = f"http://localhost:{port}"
    err.print(f"Arsenal Atlas is at [bold]{address}[/] (Ctrl+C stops it)")
    if browser:
        _open_when_ready(address)
    _serve(port)


def _refuse_taken_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServerError(
                f"Port {port} cannot be used ({error.strerror}): "
                f"stop the other program or choose another, such as --port {min(port + 1, 65_535)}"
            ) from error


def _open_when_ready(address: str) -> None:
    import threading
    import time
    import webbrowser

    import requests

    def wait() -> None:
        for _ in range(120):
            time.sleep(0.5)
            try:
                if requests.get(f"{address}/livez", timeout=1).ok:
                    webbrowser.open(address)
                    return
            except requests.RequestException:
                continue

    threading.Thread(target=wait, daemon=True).start()


def _serve(port: int) -> None:
    import tomllib
    from importlib import import_module

    from dashboard.settings import starter_path

    # By name, as any server would: the entries do not import one another.
    app = import_module("dashboard.asgi").app

    # App.run takes its settings from the folder of the launcher, which is not where ours lie.
    options = _flattened(tomllib.loads(starter_path("streamlit.toml").read_text(encoding="utf-8")))
    # Else a foreign page could reach a local session by rebinding its own name.
    options["server.allowedHosts"] = ["localhost", "127.0.0.1"]
    ours = {name: value for name, value in options.items() if not os.environ.get(_environment_name(name))}
    app.run(config=ours | {"server.port": port})


def _environment_name(option: str) -> str:
    words = "".join(f"_{c}" if c.isupper() else "_" if c == "." else c for c in option)
    return f"STREAMLIT_{words.upper()}"


def _flattened(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flattened(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


@cli.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Data package to check.", metavar="DIR")] = Path("data"),
) -> None:
    """Check a data package: schema, references, dates, coordinates, citations, quality gates.

    Examples: [bold]arsenal-atlas check data/[/] · [bold]arsenal-atlas check ~/my-atlas[/]
    """
    from dashboard.workflows.check import check as check_package

    with err.status("Checking …"):
        report = check_package(folder)
    _print_report(report)
    if report.problems:
        raise typer.Exit(1)


def _print_report(report: "CheckReport") -> None:
    from rich.markup import escape

    if report.contradictions:
        table = Table(title="Contradictions, all kept")
        for title in ("Record", "Field", "Stated instead", "By"):
            table.add_column(title, overflow="fold")
        for row in report.contradictions:
            cells = (row.record_id, row.field or "record", row.value, row.publisher)
            table.add_row(*map(escape, cells))
        out.print(table)
    for colour, word, findings in (
        ("dim", "explained", report.notes),
        ("yellow", "warning", report.warnings),
        ("red", "error", report.problems),
    ):
        for finding in findings:
            out.print(f"[{colour}]{word}[/] {escape(str(finding))}", highlight=False, soft_wrap=True)
    counts = report.counts
    out.print(
        f"{report.facts} facts "
        f"({counts['events']} events, {counts['sites']} sites, {counts['actors']} actors), "
        f"{len(report.countries)} countries, {counts['citations']} citations of {counts['sources']} sources, "
        f"{report.share_well_sourced:.0%} with two sources or more",
        highlight=False,
        soft_wrap=True,
    )
    out.print(
        f"{len(report.problems)} errors, {len(report.warnings)} warnings, "
        f"{len(report.contradictions)} contradictions kept, "
        f"{report.near_duplicates} near-duplicates explained",
        highlight=False,
    )


@cli.command()
def geocode(
    names: Annotated[
        list[str], typer.Argument(help="Place names, in any script or spelling.", metavar="NAME…")
    ],
    country: Annotated[
        str | None, typer.Option(help="Country they lie in: ISO code or name.", metavar="CODE")
    ] = None,
    form: Annotated[GeocodeFormat, typer.Option("--format", help="What to print.")] = GeocodeFormat.TABLE,
) -> None:
    """Geocode place names offline, showing the candidates; an unknown name is said to be unknown.

    Examples: [bold]arsenal-atlas geocode "Ben Slimane" "Tel Aviv"[/] ·
    [bold]arsenal-atlas geocode Springfield --country US --format geojson[/]
    """
    from dashboard.geocoding import HandDecidedPlaces
    from dashboard.geocoding import geocode as geocode_names

    settings = _settings()
    decided = HandDecidedPlaces.from_csv(settings.package / "places.csv")
    with _gazetteer(settings) as gazetteer:
        found = geocode_names(names, gazetteer=gazetteer, hand_decided=decided, country=country)
    if form is GeocodeFormat.TABLE:
        _print_places(found)
    elif form is GeocodeFormat.GEOJSON:
        sys.stdout.write(found.to_json(drop_id=True, na="null", ensure_ascii=False) + "\n")
    else:
        flat = found.assign(lon=found.geometry.x, lat=found.geometry.y).drop(columns="geometry")
        sys.stdout.write(flat.to_csv(index=False))
    if (found["status"] == "unknown").any():
        raise typer.Exit(1)


def _print_places(found: Any) -> None:  # noqa: ANN401  # a GeoDataFrame; geopandas stays unimported here
    from rich.markup import escape

    table = Table(show_lines=True)
    for title in ("Name", "Place", "Lat, lon", "Known to"):
        table.add_column(title, no_wrap=title == "Lat, lon")
    table.add_column("Why, and other candidates", ratio=1)
    for row in found.itertuples(index=False):
        point = row.geometry
        others = [f"{c['name']} ({c['country']})" for c in json.loads(row.candidates)[1:4]]
        cells = (
            row.name,
            f"{row.place_name}, {row.country}" if row.place_name else row.status.upper(),
            "" if point is None else f"{point.y:.4f}, {point.x:.4f}",
            row.precision if not row.precision_m > 0 else f"{row.precision}, {row.precision_m / 1000:g} km",
            row.reason + (f"; also {', '.join(others)}" if others else ""),
        )
        table.add_row(*(escape(str(cell)) for cell in cells))
    out.print(table)


def _gazetteer(settings: "Settings") -> "Gazetteer":
    from dashboard.geocoding import Gazetteer

    if not settings.gazetteer_path.is_file() and settings.gazetteer is None:
        _build_gazetteer(settings)
    return Gazetteer.open(settings.gazetteer_path)


def _build_gazetteer(settings: "Settings") -> None:
    from dashboard.geocoding import HandDecidedPlaces, build_gazetteer

    with _progress("Building the gazetteer (once, about half a minute)") as report:
        built = build_gazetteer(
            settings.gazetteer_path,
            hand_decided=HandDecidedPlaces.from_csv(settings.package / "places.csv"),
            progress=report,
        )
    err.print(f"Gazetteer: {settings.gazetteer_path} · {built.places:,} places, {built.names:,} names")


@cli.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; made when missing.", metavar="DIR")],
    *,
    package: Annotated[bool, typer.Option("--package", help="Write the data package.")] = False,
    map_file: Annotated[
        bool, typer.Option("--map", help="Write atlas.html: map, clock, data and scripts in one file.")
    ] = False,
    db_url: Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")] = None,
) -> None:
    """Write the store as files: the data package, which loses nothing, or a map that opens from disk.

    Examples: [bold]arsenal-atlas export --package out/[/] · [bold]arsenal-atlas export --map out/[/]
    """
    if not (package or map_file):
        raise typer.BadParameter(
            "say what to write: --package, --map or both", param_hint="--package / --map"
        )
    from dashboard.runtime import runtime

    _settings(db_url)
    atlas = runtime()
    if package:
        from dashboard.exports.package import write_package
        from dashboard.workflows.seed import package_of

        found = package_of(atlas.repository)
        write_package(found, folder)
        err.print(f"Wrote the data package {found.version} to {folder}")
    if map_file:
        from dashboard.maps.standalone import atlas_map, standalone_html

        html = standalone_html(atlas_map(atlas.frames()))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "atlas.html").write_text(html, encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{folder} cannot be written ({error.strerror})", str(folder)) from error
        err.print(f"Wrote {folder / 'atlas.html'} ({len(html) / 1e6:.1f} MB)")


@db.command("init")
def db_init(
    db_url: Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")] = None,
) -> None:
    """Make the store, bring its tables up to date and seed it when it is empty.

    Example: [bold]arsenal-atlas db init[/]
    """
    from dashboard.workflows.start import open_atlas

    with err.status("Opening the store …"):
        repository, result = open_atlas(_settings(db_url))
    err.print(f"Store: {repository.location}. {result.message}")


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

    settings = _settings()
    if not again and settings.gazetteer_path.is_file():
        try:
            Gazetteer.open(settings.gazetteer_path).close()
        except GazetteerError as error:
            err.print(f"{error}; building it anew")
        else:
            err.print(f"Gazetteer: {settings.gazetteer_path} is current")
            return
    _build_gazetteer(settings)


def main() -> None:
    """Run the command line; the entry point of the installed script."""
    try:
        cli()
    except AtlasError as error:
        err.print(f"[bold red]Error[/] {error}", markup=True, highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("Stopped.")
        sys.exit(130)

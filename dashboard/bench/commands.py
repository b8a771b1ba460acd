"""``arsenal-atlas bench``: the benchmarks from a terminal."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from dashboard.bench.plan import Measurement

__all__ = ["bench"]

RESULTS: Final = Path("bench-results/results.jsonl")

_RESULTS_WIDTH: Final = 190
_WORDS: Final = {"variant", "measured", "corpus", "system", "note"}

out: Final = Console()
err: Final = Console(stderr=True)

bench = typer.Typer(help="Measure the atlas on this machine.", no_args_is_help=True)

_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead of a table.")]
_SEED = Annotated[int, typer.Option(help="Equal seeds give equal synthetic records.", min=0)]


@bench.command("map")
def bench_map(
    *,
    points: Annotated[
        list[int] | None, typer.Option(help="Number of points; may be given several times.", min=1)
    ] = None,
    variant: Annotated[str, typer.Option(help="What to measure; a wrong name lists them.")] = "atlas",
    rivals: Annotated[
        bool, typer.Option("--rivals", help="Measure all other map libraries beside it.")
    ] = False,
    window: Annotated[
        str, typer.Option(help="tenth: a tenth of the span slides; cumulative: it grows to all; both.")
    ] = "both",
    seed: _SEED = 0,
    as_json: _JSON = False,
) -> None:
    """Measure the map with synthetic events: building it, showing it, stepping its clock.

    Examples: [bold]arsenal-atlas bench map --points 100000[/] ·
    [bold]arsenal-atlas bench map --points 1000 --points 10000 --rivals --json[/]
    """
    from dashboard.bench.plan import map_measurements

    measurements = map_measurements(points or [10_000], variant, rivals=rivals, seed=seed, window=window)
    _measure(measurements, as_json=as_json)


@bench.command("app")
def bench_app(
    *,
    records: Annotated[
        list[int] | None, typer.Option(help="Number of records; may be given several times.", min=1)
    ] = None,
    seed: _SEED = 0,
    as_json: _JSON = False,
) -> None:
    """Measure the whole app with a store of synthetic events, from seeding it to a rerun.

    Example: [bold]arsenal-atlas bench app --records 1000 --records 100000[/]
    """
    from dashboard.bench.plan import app_measurements

    _measure(app_measurements(records or [1_000], seed=seed), as_json=as_json)


@bench.command("sessions")
def bench_sessions(
    *,
    sessions: Annotated[
        list[int] | None, typer.Option(help="Visitors at once; may be given several times.", min=1)
    ] = None,
    seconds: Annotated[float, typer.Option(help="How long each crowd works.", min=1)] = 60,
    records: Annotated[
        int, typer.Option(help="Synthetic events in the store; 0: the records that ship with it.", min=0)
    ] = 0,
    rivals: Annotated[
        bool, typer.Option("--rivals", help="Measure a page with folium.GeoJson beside it.")
    ] = False,
    each: Annotated[
        bool, typer.Option("--each", help="Measure what each thing that a visitor does costs instead.")
    ] = False,
    as_json: _JSON = False,
) -> None:
    """Measure the app under many visitors, who speak Streamlit's own protocol and work like analysts.

    Examples: [bold]arsenal-atlas bench sessions --sessions 50[/] ·
    [bold]arsenal-atlas bench sessions --each[/]
    """
    from dashboard.bench.plan import action_measurements, session_measurements

    measurements = (
        action_measurements(records=records)
        if each
        else session_measurements(sessions or [50], seconds=seconds, records=records, rival=rivals)
    )
    _measure(measurements, as_json=as_json)


@bench.command("geocode")
def bench_geocode(
    *,
    corpora: Annotated[
        Path | None,
        typer.Option(help="Folder of *.jsonl corpora to place and score as well.", metavar="DIR"),
    ] = None,
    rows: Annotated[int, typer.Option(help="Rows of the table that is geocoded in bulk.", min=1)] = 200_000,
    seed: _SEED = 0,
    as_json: _JSON = False,
) -> None:
    """Measure geocoding: lookups, documents, texts, tables over several processes, and public corpora.

    Examples: [bold]arsenal-atlas bench geocode[/] ·
    [bold]arsenal-atlas bench geocode --corpora ~/corpora --json[/]
    """
    from dashboard.bench.geocoding import geocode_measurements
    from dashboard.settings import load_settings

    gazetteer = load_settings().gazetteer_path
    _measure(geocode_measurements(gazetteer, seed=seed, rows=rows, corpora=corpora), as_json=as_json)


@bench.command("exports")
def bench_exports(
    *,
    records: Annotated[
        list[int] | None, typer.Option(help="Number of records; may be given several times.", min=1)
    ] = None,
    formats: Annotated[
        list[str] | None, typer.Option("--format", help="Format; may be given several times; all without.")
    ] = None,
    rivals: Annotated[
        bool, typer.Option(help="Measure geopandas' and pandas' own writers beside ours.")
    ] = True,
    seed: _SEED = 0,
    as_json: _JSON = False,
) -> None:
    """Measure every export with synthetic events: seconds, and how much memory writing adds.

    Examples: [bold]arsenal-atlas bench exports --records 100000[/] ·
    [bold]arsenal-atlas bench exports --format xlsx --format gpkg --json[/]
    """
    from dashboard.bench.exports import export_measurements

    _measure(
        export_measurements(records or [100_000], formats or (), seed=seed, rivals=rivals), as_json=as_json
    )


@bench.command("imports")
def bench_imports(
    *,
    rows: Annotated[int, typer.Option(help="Number of rows.", min=1)] = 1_000_000,
    postgresql: Annotated[
        str, typer.Option(help="Address of an empty PostgreSQL database to measure as well.", metavar="URL")
    ] = "",
    rivals: Annotated[bool, typer.Option(help="Measure pandas.to_sql beside ours.")] = True,
    seed: _SEED = 0,
    as_json: _JSON = False,
) -> None:
    """Measure importing a large table as a layer: storing, storing again, showing, and memory.

    Examples: [bold]arsenal-atlas bench imports --rows 100000[/] ·
    [bold]arsenal-atlas bench imports --postgresql postgresql+psycopg://… --json[/]
    """
    from dashboard.bench.imports import import_measurements

    _measure(import_measurements(rows, seed=seed, server=postgresql, rivals=rivals), as_json=as_json)


@bench.command("layers")
def bench_layers(
    *,
    rows: Annotated[int, typer.Option(help="Number of rows.", min=1)] = 10_000_000,
    workers: Annotated[int, typer.Option(help="Processes that convert; 1 needs no Dask.", min=1)] = 1,
    folder: Annotated[
        Path | None, typer.Option(help="Where to keep partitions and layer.", metavar="DIR")
    ] = None,
    postgresql: Annotated[
        str, typer.Option(help="Address of a PostgreSQL database to measure as well.", metavar="URL")
    ] = "",
    rivals: Annotated[bool, typer.Option(help="Measure geopandas and a full scan beside ours.")] = True,
    as_json: _JSON = False,
) -> None:
    """Measure a layer that no process holds: converting it, its counts, and windows of it.

    Examples: [bold]arsenal-atlas bench layers --rows 1000000[/] ·
    [bold]arsenal-atlas bench layers --folder ~/bench --postgresql postgresql+psycopg://… --json[/]
    """
    from dashboard.bench.large_layers import layer_measurements

    made = layer_measurements(rows, folder=folder, server=postgresql, workers=workers, rivals=rivals)
    _measure(made, as_json=as_json)


@bench.command("all")
def bench_all(
    *,
    output: Annotated[
        Path, typer.Option(help="File for the results, one JSON object a line.", metavar="FILE")
    ] = RESULTS,
    as_json: _JSON = False,
) -> None:
    """Measure everything that docs/benchmarks.md shows, beside its rivals: half an hour.

    Examples: [bold]arsenal-atlas bench all[/] · [bold]arsenal-atlas bench all --json --output mine.jsonl[/]
    """
    from dashboard.bench.plan import all_measurements

    _measure(all_measurements(), as_json=as_json, output=output)
    err.print(f"Results: {output}")


@bench.command("table")
def bench_table(
    results: Annotated[Path, typer.Argument(help="Results of `bench all`.", metavar="FILE")] = RESULTS,
    *,
    page: Annotated[
        Path | None, typer.Option(help="Markdown page to put the tables into.", metavar="FILE")
    ] = None,
) -> None:
    """Write results as the tables of docs/benchmarks.md.

    Examples: [bold]arsenal-atlas bench table[/] ·
    [bold]arsenal-atlas bench table --page docs/benchmarks.md[/]
    """
    from dashboard.bench.table import into_page, tables

    written = tables([json.loads(line) for line in results.read_text("utf-8").splitlines()])
    if page is None:
        sys.stdout.write(written)
    else:
        page.write_text(into_page(page.read_text("utf-8"), written), encoding="utf-8")


def _measure(measurements: "list[Measurement]", *, as_json: bool, output: Path | None = None) -> None:
    from dashboard.bench.plan import run as run_measurements

    results = []
    for number, result in enumerate(run_measurements(measurements, output), 1):
        err.print(f"[dim]{number} of {len(measurements)}: {measurements[number - 1][0]}[/]", highlight=False)
        results.append(result)
        if as_json:
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.flush()
    if not as_json:
        _print_results(results)


def _print_results(results: list[dict[str, Any]]) -> None:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for result in results:
        groups.setdefault(tuple(result), []).append(result)
    for columns, rows in groups.items():
        table = Table()
        for column in columns:
            table.add_column(column, justify="left" if column in _WORDS else "right", no_wrap=True)
        for row in rows:
            values = row.values()
            table.add_row(*(f"{v:,}" if isinstance(v, int | float) else str(v or "") for v in values))
        # Wider than a narrow terminal rather than cut: a figure without its end is a wrong one.
        Console(width=max(out.width, _RESULTS_WIDTH)).print(table)

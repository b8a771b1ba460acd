"""``arsenal-atlas geocode``: names, tables, texts and lists of mentions."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli.shared import err, open_gazetteer, progress_bar, settings_for

if TYPE_CHECKING:
    from dashboard.geocoding import HandDecidedPlaces
    from dashboard.settings import Settings
    from dashboard.workflows.geocoding.geocode_table import ChunkRunner, TableJob, TableOutcome

__all__ = ["GeocodeFormat", "geocode"]

_STDIN = Path("-")


class GeocodeFormat(StrEnum):
    """How geocoded places are printed."""

    TABLE = "table"
    JSON = "json"
    GEOJSON = "geojson"
    CSV = "csv"


def geocode(  # noqa: PLR0913 - one for each option
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Place names in any script or spelling; with --column the table that holds them.",
            metavar="NAME… | FILE",
        ),
    ] = None,
    *,
    country: Annotated[
        str | None, typer.Option(help="Country they lie in: ISO code or name.", metavar="CODE")
    ] = None,
    form: Annotated[GeocodeFormat, typer.Option("--format", help="What to print.")] = GeocodeFormat.TABLE,
    column: Annotated[
        str | None, typer.Option(help="Column of FILE with the names: geocode the table.", metavar="NAME")
    ] = None,
    country_column: Annotated[
        str, typer.Option(help="Column of FILE with each row's country.", metavar="NAME")
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(help="Where the answers go; FILE.geocoded.csv if not given.", metavar="OUT"),
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(help="Where the unsettled rows go; FILE.review.csv if not given.", metavar="CSV"),
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of FILE, if the detected one is wrong.")] = "",
    workers: Annotated[
        int, typer.Option(help="Processes of this machine to spread a table over (Dask).", min=0)
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(help="Dask scheduler whose workers do a table.", metavar="ADDRESS")
    ] = "",
    text: Annotated[
        Path | None, typer.Option(help="Text file (- for standard input) to find places in.", metavar="FILE")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the text, such as ar; detected if not given.")
    ] = None,
    mentions: Annotated[
        Path | None, typer.Option(help="Mentions by document, one JSON object a line.", metavar="JSONL")
    ] = None,
    spreadsheet: Annotated[
        bool,
        typer.Option(
            "--spreadsheet", help="CSV to be opened in a spreadsheet: no text in it becomes a formula."
        ),
    ] = False,
    online: Annotated[
        bool,
        typer.Option("--online", help="Ask the online geocoders of the settings what stays unsettled."),
    ] = False,
) -> None:
    """Geocode place names offline, showing the candidates; an unknown name is said to be unknown.

    Examples: [bold]arsenal-atlas geocode "Ben Slimane" "Tel Aviv"[/] ·
    [bold]arsenal-atlas geocode Springfield --country US --format geojson[/] ·
    [bold]arsenal-atlas geocode sites.csv --column place --country-column country[/] ·
    [bold]arsenal-atlas geocode --text article.txt[/] ·
    [bold]arsenal-atlas geocode --mentions in.jsonl --output out.jsonl[/]
    """
    given = names or []
    _refuse_mixtures(
        given,
        {"--column": column, "--text": text, "--mentions": mentions},
        {
            "--country-column": country_column,
            "--output": output if mentions is None else None,
            "--review": review,
            "--encoding": encoding,
            "--workers": workers,
            "--scheduler": scheduler,
        },
    )
    _refuse_idle_guard(spreadsheet and column is None, form)
    if mentions is not None:
        if output is None:
            raise typer.BadParameter("say where the places go", param_hint="--output")
        _geocode_mentions(mentions, output)
    elif text is not None:
        _geocode_text(text, language, form, guarded=spreadsheet)
    elif column is not None:
        from dashboard.workflows.geocoding.geocode_table import TableJob

        job = TableJob(
            Path(given[0]), column, output, review, country_column, country or "", encoding, spreadsheet
        )
        _geocode_table(job, workers=workers, scheduler=scheduler, online=online)
    else:
        _geocode_names(given, country, form, online=online, guarded=spreadsheet)


def _refuse_mixtures(names: list[str], ways: dict[str, object], table_options: dict[str, object]) -> None:
    chosen = [option for option, value in ways.items() if value is not None]
    if len(chosen) > 1:
        raise typer.BadParameter("each is a way of its own: give one of them", param_hint=" / ".join(chosen))
    if chosen == ["--column"]:
        if len(names) != 1:
            raise typer.BadParameter("give the one table that has this column", param_hint="FILE")
        return
    if chosen and names:
        raise typer.BadParameter(f"give no names beside {chosen[0]}", param_hint="NAME…")
    if idle := [option for option, value in table_options.items() if value]:
        raise typer.BadParameter("is for a table: give --column too", param_hint=" / ".join(idle))
    if not chosen and not names:
        raise typer.BadParameter(
            "give place names, a table with --column, --text or --mentions", param_hint="NAME…"
        )
    if not chosen and len(names) == 1 and Path(names[0]).suffix.lower() in {".csv", ".tsv", ".txt"}:
        _ask_for_column(Path(names[0]))


def _refuse_idle_guard(asked: bool, form: GeocodeFormat) -> None:  # noqa: FBT001  # one switch of the command
    if asked and form is not GeocodeFormat.CSV:
        raise typer.BadParameter("is for CSV: give --format csv or --column", param_hint="--spreadsheet")


def _ask_for_column(path: Path) -> None:
    if not path.is_file():
        return
    from dashboard.workflows.geocoding.table_files import examine

    columns = ", ".join(examine(path).header)
    raise typer.BadParameter(
        f"{path} is a file: say which column holds the names: {columns}", param_hint="--column"
    )


def _decided(settings: "Settings") -> "HandDecidedPlaces":
    from dashboard.geocoding import HandDecidedPlaces

    return HandDecidedPlaces.from_csv(settings.package / "places.csv")


def _geocode_names(
    names: list[str], country: str | None, form: GeocodeFormat, *, online: bool, guarded: bool
) -> None:
    from dashboard.cli.places import print_places
    from dashboard.geocoding import geocode as geocode_names
    from dashboard.workflows.geocoding.online_answers import fill_online, online_asker

    settings = settings_for()
    asker = online_asker(settings) if online else None
    with open_gazetteer(settings) as gazetteer:
        found = geocode_names(names, gazetteer=gazetteer, hand_decided=_decided(settings), country=country)
        code = gazetteer.country_code(country) if country else None
    if asker is not None:
        found = fill_online(found, asker, code or "")
    print_places(found, form, guarded=guarded)
    if found["status"].isin(["unknown", "error"]).any():
        raise typer.Exit(1)


def _geocode_table(job: "TableJob", *, workers: int, scheduler: str, online: bool) -> None:
    from dashboard.workflows.geocoding.geocode_table import geocode_table
    from dashboard.workflows.geocoding.online_answers import online_asker

    if online and (workers or scheduler):
        raise typer.BadParameter(
            "public services take one request a second, so it runs in one process", param_hint="--online"
        )
    if workers and scheduler:
        raise typer.BadParameter("give one of them", param_hint="--workers / --scheduler")
    settings = settings_for()
    asker = online_asker(settings) if online else None
    run = _runner(workers, scheduler)
    bar = progress_bar(f"Geocoding {job.table.name}", counted=True)
    try:
        with open_gazetteer(settings) as gazetteer, bar as report:
            outcome = geocode_table(
                job,
                gazetteer=gazetteer,
                hand_decided=_decided(settings),
                online=asker,
                run=run,
                progress=report,
            )
    except KeyboardInterrupt:
        err.print("The rows that are done are kept: the same command goes on behind them")
        raise
    _print_outcome(outcome)


def _runner(workers: int, scheduler: str) -> "ChunkRunner | None":
    if not (workers or scheduler):
        return None
    from dashboard.workflows.geocoding.bulk import dask_runner

    return dask_runner(scheduler=scheduler, workers=workers)


def _print_outcome(outcome: "TableOutcome") -> None:
    table = outcome.table
    if table.foreign_lines:
        err.print(
            f"{table.foreign_lines:,} of {table.lines:,} lines are not UTF-8 and were read as Windows-1252; "
            "if names look wrong, say --encoding",
            highlight=False,
        )
    if outcome.taken_up:
        err.print(
            f"Went on where an earlier run stopped: {outcome.taken_up:,} rows were done", highlight=False
        )
    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(outcome.counts.items()))
    err.print(f"{sum(outcome.counts.values()):,} rows: {counts or 'none'}", highlight=False)
    err.print(
        f"Output: {outcome.output} · to look through: {outcome.review}", highlight=False, soft_wrap=True
    )


def _geocode_mentions(mentions: Path, output: Path) -> None:
    from dashboard.workflows.geocoding.geocode_texts import geocode_mentions

    settings = settings_for()
    with open_gazetteer(settings) as gazetteer:
        documents, placed, total = geocode_mentions(
            mentions, output, gazetteer=gazetteer, hand_decided=_decided(settings)
        )
    err.print(
        f"{placed:,} of {total:,} mentions in {documents:,} documents placed: {output}", highlight=False
    )


def _geocode_text(path: Path, language: str | None, form: GeocodeFormat, *, guarded: bool) -> None:
    from dashboard.cli.places import print_places
    from dashboard.workflows.geocoding.geocode_texts import geocode_text, read_text

    settings = settings_for()
    written = read_text(None if path == _STDIN else path)
    with open_gazetteer(settings) as gazetteer:
        found = geocode_text(written, gazetteer=gazetteer, hand_decided=_decided(settings), language=language)
    print_places(found, form, guarded=guarded)

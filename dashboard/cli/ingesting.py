"""``arsenal-atlas ingest`` and ``review``: articles into the queue, and what waits in it."""

import csv
import io
import json
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from dashboard.cli.shared import err, open_gazetteer, out, progress_bar, settings_for

if TYPE_CHECKING:
    from dashboard.settings import Settings
    from dashboard.store.store import Store
    from dashboard.workflows.articles.ingest_files import Brought

__all__ = ["ReviewFormat", "ingest", "review"]

_DbOption = Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")]


class ReviewFormat(StrEnum):
    """How the queue is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def ingest(  # noqa: PLR0913  # a command has as many options as people need
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Articles: files, folders, addresses of pages, or feeds as files or addresses.",
            metavar="FILE|DIR|URL|FEED…",
        ),
    ],
    *,
    language: Annotated[
        str, typer.Option(help="Language of the articles, such as ar; detected if not given.", metavar="CODE")
    ] = "",
    published: Annotated[
        str, typer.Option(help="Day of publication of articles that do not say it.", metavar="EDTF")
    ] = "",
    publisher: Annotated[str, typer.Option(help="Publisher of articles that do not say it.")] = "",
    newest: Annotated[int, typer.Option(help="How many items of a feed are read.", min=1)] = 50,
    workers: Annotated[
        int, typer.Option(help="Processes of this machine to spread the reading over (Dask).", min=0)
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(help="Dask scheduler whose workers do it.", metavar="ADDRESS")
    ] = "",
    db_url: _DbOption = None,
) -> None:
    """Read articles and put what they tell into the review queue; nothing is published.

    Examples: [bold]arsenal-atlas ingest article.txt --published 2026-01-12[/] ·
    [bold]arsenal-atlas ingest clippings/ --workers 2[/] · [bold]arsenal-atlas ingest https://example.org/feed.xml[/]
    """
    from dashboard.confinement import Confinement
    from dashboard.domain.access import LOCAL
    from dashboard.workflows.articles.facts import Facts
    from dashboard.workflows.articles.ingest_files import ingest_all
    from dashboard.workflows.articles.read_articles import ArticleReader, is_url

    if workers and scheduler:
        raise typer.BadParameter("give one of them", param_hint="--workers / --scheduler")
    settings = settings_for(db_url)
    given = [source if is_url(source) else Path(source) for source in sources]
    facts = Facts(publisher=publisher, published=published, language=language)
    told: list[Brought] = []
    store = _open(settings)
    try:
        with (
            open_gazetteer(settings) as gazetteer,
            Confinement() as confinement,
            progress_bar("Reading articles", counted=True) as report,
        ):
            finder = _finder(settings, store, gazetteer)
            run = _runner(finder, settings, workers, scheduler)
            reader = ArticleReader.of(settings, confinement, newest=newest)
            read = reader.read_all(given, language=language, report=report)
            for one in ingest_all(store, LOCAL, read, finder, facts=facts, run=run):
                told.append(one)
                if one.state == "refused":
                    err.print(
                        f"[bold red]Passed over[/] {escape(one.source)}: {escape(one.reason)}",
                        highlight=False,
                        soft_wrap=True,
                    )
    finally:
        store.close()
    states = Counter(one.state for one in told)
    made = sum(one.made for one in told)
    err.print(
        f"{states['read']} articles read, {states['known']} known before, {states['refused']} passed over · "
        f"{made} proposals wait: open the Articles page, or `arsenal-atlas review`",
        highlight=False,
        soft_wrap=True,
    )
    if states["refused"]:
        raise typer.Exit(1)


def review(
    form: Annotated[
        ReviewFormat, typer.Option("--format", help="How to print it; csv and json hold everything.")
    ] = ReviewFormat.TABLE,
    output: Annotated[
        Path | None, typer.Option(help="File to write instead of the screen.", metavar="FILE")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="What is decided too, not only what waits.")
    ] = False,
    db_url: _DbOption = None,
) -> None:
    """List what was proposed from articles and waits for a person, or write it to a file.

    Examples: [bold]arsenal-atlas review[/] · [bold]arsenal-atlas review --format json --output queue.json[/]
    """
    from dashboard.workflows.articles.queued import queue_rows

    store = _open(settings_for(db_url))
    try:
        rows = list(queue_rows(store, everything=everything))
    finally:
        store.close()
    if form is ReviewFormat.TABLE and output is None:
        _print(rows)
        return
    text = _json(rows) if form is ReviewFormat.JSON else _csv(rows)
    if output is None:
        out.file.write(text)
        return
    from dashboard.errors import ArticleError

    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ArticleError(
            f"{output} cannot be written ({error.strerror}): check name, rights and space"
        ) from error
    err.print(f"{len(rows)} proposals: {escape(str(output))}", highlight=False)


def _open(settings: "Settings") -> "Store":
    from dashboard.workflows.package.start import open_atlas

    store, _ = open_atlas(settings)
    return store


def _finder(settings: "Settings", store: "Store", gazetteer: Any) -> Any:  # noqa: ANN401  # imported late
    from dashboard.articles.extractors.registry import build_extractor
    from dashboard.geocoding import HandDecidedPlaces
    from dashboard.workflows.articles.ingest import Finder
    from dashboard.workflows.views.evidence import build_library
    from dashboard.workflows.views.undrawn import without_broken_points

    tables, _ = without_broken_points(store.repository.read_tables())
    library = build_library(tables, store.repository.data_version())
    decided = HandDecidedPlaces.from_csv(settings.package / "places.csv")
    return Finder(library, gazetteer, decided, extractor=build_extractor(settings))


def _runner(finder: Any, settings: "Settings", workers: int, scheduler: str) -> Any:  # noqa: ANN401
    if not (workers or scheduler):
        return None
    from dashboard.workflows.articles.ingest_files import spread_over

    return spread_over(finder, settings, workers=workers, scheduler=scheduler)


def _print(rows: list[dict[str, Any]]) -> None:
    if not rows:
        err.print("Nothing waits.")
        return
    table = Table("State", "What", "Record", "Date", "Place", "Article", box=None)
    for row in rows:
        columns = ("state", "relation", "title", "date", "place", "article_title")
        table.add_row(*(escape(str(row[column])) for column in columns))
    out.print(table)
    err.print(f"{len(rows)} proposals", highlight=False)


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _csv(rows: list[dict[str, Any]]) -> str:
    from dashboard.workflows.articles.queued import COLUMNS, csv_cell

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([csv_cell(row[column]) for column in COLUMNS] for row in rows)
    return text.getvalue()

"""``arsenal-atlas check``: what is wrong with a data package, all at once."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from dashboard.cli.shared import err, out, settings_for

if TYPE_CHECKING:
    from dashboard.workflows.package.check import CheckReport

__all__ = ["check"]


def check(
    folder: Annotated[Path, typer.Argument(help="Data package to check.", metavar="DIR")] = Path("data"),
    *,
    blind: Annotated[
        bool,
        typer.Option("--blind", help="Geocode every place again from its words and list where it lands."),
    ] = False,
) -> None:
    """Check a data package: schema, references, dates, coordinates, citations, quality gates.

    Examples: [bold]arsenal-atlas check data/[/] · [bold]arsenal-atlas check ~/my-atlas[/] ·
    [bold]arsenal-atlas check data/ --blind[/]
    """
    if blind:
        _check_blind(folder)
        return
    from dashboard.workflows.package.check import check as check_package

    with err.status("Checking …"):
        report = check_package(folder)
    _print_report(report)
    if report.problems:
        raise typer.Exit(1)


def _check_blind(folder: Path) -> None:
    from dashboard.geocoding import Gazetteer
    from dashboard.importers.package import read_package
    from dashboard.workflows.geocoding.blind import blind_gazetteer, geocode_blind

    settings = settings_for()
    package = read_package(folder)
    with err.status("Preparing a gazetteer without hand-decided places (once, about half a minute) …"):
        path = blind_gazetteer(settings.gazetteer_path, settings.cache_folder)
    with Gazetteer.open(path) as gazetteer:
        rows = list(geocode_blind(package, gazetteer))
    for colour, verdict in (("dim", "explained"), ("red", "open")):
        for row in rows:
            if row.verdict == verdict:
                out.print(f"[{colour}]{verdict}[/] {escape(str(row))}", highlight=False, soft_wrap=True)
    counts = Counter(row.verdict for row in rows)
    out.print(
        f"{len(rows)} places: {counts['inside']} land within their radius, {counts['explained']} do not and "
        f"the package says why, {counts['open']} do not without a reason",
        highlight=False,
    )
    if counts["open"]:
        raise typer.Exit(1)


def _print_report(report: "CheckReport") -> None:
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

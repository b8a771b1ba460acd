"""``arsenal-atlas import``: anybody's table as a layer beside the atlas, looked at first."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from dashboard.cli.shared import err, open_gazetteer, out, progress_bar, settings_for
from dashboard.errors import StoreError, TableRefusedError

if TYPE_CHECKING:
    from dashboard.importers.tables import RawTable
    from dashboard.settings import Settings
    from dashboard.store.layers.layer import LayerAbout
    from dashboard.workflows.layers.choose_mapping import Chosen
    from dashboard.workflows.layers.import_table import DryRun

__all__ = ["import_table"]

_MOST_SHOWN: Final = 15
_INTERRUPTED: Final = 130  # 128 and the number of the signal, as shells have it


def import_table(  # noqa: PLR0913  # one for each option
    file: Annotated[Path, typer.Argument(help="A table of any kind.", metavar="FILE")],
    *,
    layer: Annotated[str, typer.Option(help="Short name of the layer; the file's name when empty.")] = "",
    title: Annotated[str, typer.Option(help="Title of the layer, as shown.")] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file; presets and guesses are not asked then.")
    ] = None,
    preset: Annotated[str, typer.Option(help="Code of a preset; recognised by the columns when empty.")] = "",
    sheet: Annotated[str, typer.Option(help="Sheet, layer or list of the file.")] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, such as cp1251.")] = "",
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write the mapping, guessed or known, and import nothing.")
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Write every problem and fault, row by row, as CSV.")
    ] = None,
    try_only: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported.")] = False,
    db_url: Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")] = None,
) -> None:
    """Import a table as a layer beside the atlas: CSV, spreadsheet, JSON, KML, GeoPackage and more.

    What it holds is said first: rows, places, dates, and every problem by row. Importing the same file again
    changes nothing; a layer changes only where its rows do.

    Examples: [bold]arsenal-atlas import exercises.csv --dry-run[/] ·
    [bold]arsenal-atlas import sites.xlsx --save-mapping sites.yaml[/] ·
    [bold]arsenal-atlas import sites.xlsx --mapping sites.yaml --layer my-sites[/]
    """
    from dashboard.confinement import Confinement
    from dashboard.importers.tables import READING, ReadOptions, read_table
    from dashboard.workflows.layers.choose_mapping import choose_mapping

    settings = settings_for(db_url)
    with Confinement(READING) as confinement, err.status(f"Reading {file.name} …"):
        options = ReadOptions(encoding=encoding, sheet=sheet)
        raw = read_table(file, file.name, confinement=confinement, options=options)
    _say_what_was_read(raw)
    chosen = choose_mapping(raw, text=_text_of(mapping), code=preset)
    _say_how(chosen)
    if save_mapping is not None:
        _write_mapping(chosen, save_mapping)
        return
    if chosen.asked:
        raise TableRefusedError(
            "The columns do not say everything: write the mapping with --save-mapping FILE, answer the "
            "questions above in it, and import with --mapping FILE"
        )
    with _interruptible(), tempfile.TemporaryDirectory(prefix="atlas-import-") as folder:
        looked_at = _look(raw, chosen, Path(folder) / "rows.parquet", settings)
        _report(looked_at, raw, chosen)
        if problems is not None:
            _write_problems(looked_at, raw, chosen, problems)
        if not try_only:
            about = _about(raw, chosen, layer or file.stem, title)
            _commit(looked_at, about, settings, new_title=bool(title))


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        err.print("Stopped: nothing was imported.")
        raise typer.Exit(_INTERRUPTED) from None


def _text_of(mapping: Path | None) -> str:
    if mapping is None:
        return ""
    try:
        return mapping.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableRefusedError(f"{mapping} cannot be read ({error}): name a mapping file") from error


def _say_what_was_read(raw: "RawTable") -> None:
    err.print(f"{raw.name}: {raw.rows:,} rows, {len(raw.columns)} columns, read as {raw.format}")
    for note in (*raw.notes, *raw.guesses):
        err.print(f"[dim]{escape(note)}[/]", highlight=False, soft_wrap=True)


def _say_how(chosen: "Chosen") -> None:
    if chosen.preset is not None:
        known = chosen.preset
        err.print(f"Recognised: {escape(known.title)}. {escape(known.licence)}", soft_wrap=True)
        err.print(f"[dim]Cite: {escape(known.citation)}[/]", highlight=False, soft_wrap=True)
        for note in (*known.notes, *([] if known.on_map else [known.refusal])):
            err.print(f"[dim]{escape(note)}[/]", highlight=False, soft_wrap=True)
    for field, column in chosen.guessed.items():
        err.print(f"[dim]guessed: {field} from {escape(column)}[/]", highlight=False)
    for key, question in chosen.asked.items():
        err.print(f"[yellow]{key}: {escape(question)}[/]", highlight=False, soft_wrap=True)


def _write_mapping(chosen: "Chosen", path: Path) -> None:
    from dashboard.importers.mapping import mapping_to_yaml

    try:
        path.write_text(mapping_to_yaml(chosen.mapping), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror})", str(path)) from error
    err.print(f"Wrote {path}: look through it, then import with --mapping {path}")


def _look(raw: "RawTable", chosen: "Chosen", file: Path, settings: "Settings") -> "DryRun":
    from dashboard.geocoding.countries import read_country_shapes
    from dashboard.importers.checks import Checker
    from dashboard.importers.mapping import apply
    from dashboard.workflows.layers.import_table import dry_run
    from dashboard.workflows.layers.places import PlaceFinder

    checker = Checker(read_country_shapes().shapes)
    with open_gazetteer(settings) as gazetteer, progress_bar("Looking at it", counted=True) as report:
        return dry_run(
            apply(raw, chosen.mapping),
            file,
            checker=checker,
            places=PlaceFinder(gazetteer),
            progress=lambda done: report(done, raw.rows),
        )


def _report(looked_at: "DryRun", raw: "RawTable", chosen: "Chosen") -> None:
    counts = looked_at.counts
    refused = counts.refused + sum(problem.severity == "refused" for problem in raw.problems)
    table = Table(title=chosen.preset.title if chosen.preset else raw.name)
    for head in ("rows", "records", "with a point", "found by name", "dated", "refused"):
        table.add_column(head, justify="right")
    figures = (counts.rows, counts.records, counts.placed, counts.geocoded, counts.dated, refused)
    table.add_row(*(f"{figure:,}" for figure in figures))
    out.print(table)
    for what, many in list(counts.problems.items())[:_MOST_SHOWN]:
        out.print(f"{many:,} rows: {escape(what)}", highlight=False, soft_wrap=True)
    found = looked_at.findings.findings
    for finding in found[:_MOST_SHOWN]:
        out.print(
            f"row {finding.row}: {escape(finding.detail.rstrip('.'))}. {escape(finding.fix)}",
            highlight=False,
            soft_wrap=True,
        )
    if len(found) > _MOST_SHOWN:
        out.print(f"and {len(found) - _MOST_SHOWN:,} more faults: --problems FILE lists them all")


def _write_problems(looked_at: "DryRun", raw: "RawTable", chosen: "Chosen", path: Path) -> None:
    from dashboard.workflows.layers.problem_list import list_problems, problems_csv

    with_ids = bool(chosen.mapping.id.of(raw.columns))
    listed = list_problems(looked_at, raw.problems, with_ids=with_ids)
    try:
        path.write_bytes(problems_csv(listed))
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror})", str(path)) from error
    err.print(f"Wrote {path}: {len(listed):,} problems and faults")


def _about(raw: "RawTable", chosen: "Chosen", name: str, title: str) -> "LayerAbout":
    from dashboard.importers.mapping import mapping_to_yaml
    from dashboard.store.layers.layer import LayerAbout
    from dashboard.workflows.views.datasets import short_name

    known = chosen.preset
    return LayerAbout(
        short_name(name).strip("-") or "layer",
        title or (known.title if known else name),
        licence=known.licence if known else "",
        citation=known.citation if known else "",
        preset=known.code if known else "",
        mapping=mapping_to_yaml(chosen.mapping),
        file_name=raw.name,
        sha256=raw.sha256,
    )


def _commit(looked_at: "DryRun", about: "LayerAbout", settings: "Settings", *, new_title: bool) -> None:
    from dashboard.domain.access import LOCAL
    from dashboard.store.store import open_store
    from dashboard.workflows.layers.import_table import commit
    from dashboard.workflows.layers.review import as_known

    store = open_store(settings.database_url)
    try:
        with progress_bar("Importing", counted=True) as report:
            stored = commit(
                store,
                LOCAL,
                as_known(store, about, new_title=new_title),
                looked_at,
                operation_id=uuid.uuid4().hex,
                progress=lambda done: report(done, looked_at.counts.rows),
            )
    finally:
        store.close()
    out.print(
        f"Layer {about.id}: {stored.added:,} records added, {stored.changed:,} changed, "
        f"{stored.unchanged:,} unchanged, {stored.removed:,} removed. It is among the map's layers.",
        highlight=False,
        soft_wrap=True,
    )

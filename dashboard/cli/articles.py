"""``arsenal-atlas extract``: articles in, cited proposals out, without asking anybody."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from dashboard.cli.shared import err, open_gazetteer, progress_bar, settings_for

__all__ = ["extract"]


def extract(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Articles: .txt, .md, .html, .eml, .docx, .pdf, or .json with text, language and published.",
            metavar="FILE…",
        ),
    ],
    output: Annotated[
        Path, typer.Option(help="Folder for the answers, one JSON file an article.", metavar="DIR")
    ],
    *,
    language: Annotated[
        str, typer.Option(help="Language of the articles, such as ar; detected if not given.", metavar="CODE")
    ] = "",
    published: Annotated[
        str, typer.Option(help="Day of publication of articles that do not say it.", metavar="YYYY-MM-DD")
    ] = "",
) -> None:
    """Find events, sites and places in articles, offline; what cannot be read is named and passed over.

    Examples: [bold]arsenal-atlas extract article.txt --output found --published 2026-01-12[/] ·
    [bold]arsenal-atlas extract articles/*.json --output found[/]
    """
    from dashboard.confinement import Confinement
    from dashboard.errors import ArticleError
    from dashboard.workflows.articles.extract_files import ArticleExtractor, day_of, same_stems

    if same := same_stems(files):
        raise typer.BadParameter(
            f"{same[0]} is there twice: their answers would be one file", param_hint="FILE…"
        )
    day = day_of(published)
    settings = settings_for()
    failed = 0
    events = sites = 0
    with (
        open_gazetteer(settings) as gazetteer,
        Confinement() as confinement,
        progress_bar("Reading articles", counted=True) as report,
    ):
        extractor = ArticleExtractor.of(settings.package, gazetteer, confinement)
        for number, file in enumerate(files):
            try:
                found = extractor.write(file, output, language=language, published=day)
            except ArticleError as error:
                failed += 1
                err.print(f"[bold red]Passed over[/] {escape(str(error))}", highlight=False, soft_wrap=True)
            else:
                events += len(found.events)
                sites += len(found.sites)
            report(number + 1, len(files))
    err.print(
        f"{len(files) - failed} of {len(files)} articles · {events} events · {sites} sites · "
        f"{escape(str(output))}",
        highlight=False,
    )
    if failed:
        raise typer.Exit(1)

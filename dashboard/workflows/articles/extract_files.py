"""Files of articles in, files of proposals out; each by itself, so that one bad file stops nothing."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Self

from dashboard.articles.finding.names import ActorTable
from dashboard.articles.proposals import Extraction
from dashboard.articles.reading.files import read_article
from dashboard.confinement import Confinement
from dashboard.errors import ArticleError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.importers.package import read_package
from dashboard.workflows.articles.extract import actor_table, as_evaluation, extract_article

__all__ = ["ArticleExtractor", "day_of", "same_stems"]


def day_of(text: str) -> date | None:
    """Read a day of publication.

    Parameters
    ----------
    text
        ``YYYY-MM-DD``, or nothing.

    Returns
    -------
    date or None
        The day; None for nothing.

    Raises
    ------
    ArticleError
        It is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ArticleError(f"{text!r} is no day: write it as YYYY-MM-DD, such as 2026-01-12") from error


@dataclass(slots=True)
class ArticleExtractor:
    """Everything that reading many articles needs, opened once.

    Parameters
    ----------
    gazetteer
        Where places are looked up.
    hand_decided
        Places that win over it.
    actors
        Actors of the atlas.
    confinement
        Where foreign bytes are read; whoever opened it closes it.
    """

    gazetteer: Gazetteer
    hand_decided: HandDecidedPlaces
    actors: ActorTable
    confinement: Confinement

    @classmethod
    def of(cls, package: Path, gazetteer: Gazetteer, confinement: Confinement) -> Self:
        """Take hand-decided places and actors from a data package.

        Parameters
        ----------
        package
            Folder of the package.
        gazetteer
            Where places are looked up.
        confinement
            Where foreign bytes are read.

        Returns
        -------
        ArticleExtractor
            Ready to read articles.

        Raises
        ------
        PackageError
            The package cannot be read.
        """
        actors = actor_table(read_package(package).tables["actors"])
        return cls(gazetteer, HandDecidedPlaces.from_csv(package / "places.csv"), actors, confinement)

    def read(self, file: Path, *, language: str = "", published: date | None = None) -> Extraction:
        """Read an article and propose what it tells.

        Parameters
        ----------
        file
            The article.
        language
            ISO 639-1 code, if known.
        published
            Day of publication, for articles that do not say it.

        Returns
        -------
        Extraction
            Proposals.

        Raises
        ------
        ArticleError
            It cannot be read.
        """
        article = read_article(file, language=language, confinement=self.confinement)
        article = replace(article, published=article.published or published)
        return extract_article(
            article, gazetteer=self.gazetteer, hand_decided=self.hand_decided, actors=self.actors
        )

    def write(
        self, file: Path, output: Path, *, language: str = "", published: date | None = None
    ) -> Extraction:
        """Read an article and write what it tells as ``<name>.json``.

        Parameters
        ----------
        file
            The article.
        output
            Folder for the answer; made when missing.
        language
            ISO 639-1 code, if known.
        published
            Day of publication, for articles that do not say it.

        Returns
        -------
        Extraction
            Proposals, as written.

        Raises
        ------
        ArticleError
            It cannot be read, or the answer cannot be written.
        """
        extraction = self.read(file, language=language, published=published)
        answer = output / f"{file.stem}.json"
        if answer.exists() and answer.samefile(file):
            raise ArticleError(f"{answer} is the article itself: choose another output folder")
        try:
            output.mkdir(parents=True, exist_ok=True)
            temporary = answer.with_suffix(".json.part")
            temporary.write_text(
                json.dumps(as_evaluation(extraction), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
            temporary.replace(answer)
        except OSError as error:
            raise ArticleError(
                f"{answer} cannot be written ({error.strerror}): check name, rights and space"
            ) from error
        return extraction


def same_stems(files: list[Path]) -> list[str]:
    """Find names that two of some files share, whose answers would overwrite each other.

    Parameters
    ----------
    files
        Files of articles.

    Returns
    -------
    list of str
        The names.
    """
    return [stem for stem, count in Counter(file.stem for file in files).items() if count > 1]

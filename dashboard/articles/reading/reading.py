"""What reading a source gives: the article, and everything that is known of where it is from."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, Self

from dashboard.articles.reading.article import Article

__all__ = ["Kind", "Origin", "Reading", "Unit"]

Kind = Literal["text", "html", "pdf", "docx", "eml", "json"]
Unit = Literal["character", "page", "paragraph"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of the text stands in the source.

    Parameters
    ----------
    start
        Offset of its first character in the text.
    end
        Offset after its last character.
    unit
        What `at` counts: characters of the decoded source from 0, pages or paragraphs from 1.
    at
        Where it begins in the source.
    """

    start: int
    end: int
    unit: Unit
    at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A source as read.

    Parameters
    ----------
    article
        Its text, title, publisher, language and day of publication.
    kind
        What it was read as.
    published
        When it was published, as EDTF and no more exact than the source says it; may be empty.
    origins
        Where the parts of the text stand in the source; parts that stand nowhere verbatim are left out.
    warnings
        Sentences about what a reader should know, such as a missing date.
    attachments
        Labels of the files that came with a mail, which are not read.
    sha256
        Hash of the source's bytes.
    retrieved
        Day and time when they were read, ISO 8601 in UTC.
    """

    article: Article
    kind: Kind
    published: str = ""
    origins: tuple[Origin, ...] = ()
    warnings: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    sha256: str = ""
    retrieved: str = ""

    def warned(self, *warnings: str) -> Self:
        """Give the same with more warnings.

        Parameters
        ----------
        *warnings
            Sentences.

        Returns
        -------
        Reading
            The reading.
        """
        return replace(self, warnings=(*self.warnings, *warnings))

    def where(self, offset: int) -> tuple[Unit, int] | None:
        """Say where a character of the text stands in the source.

        Parameters
        ----------
        offset
            Offset in the text.

        Returns
        -------
        tuple of (Unit, int) or None
            A unit and its number; None when the source does not have it verbatim.
        """
        for origin in self.origins:
            if origin.start <= offset < origin.end:
                inside = offset - origin.start if origin.unit == "character" else 0
                return origin.unit, origin.at + inside
        return None

    def as_json(self) -> dict[str, Any]:
        """Give it in a form that JSON can carry.

        Returns
        -------
        dict
            For `from_json`.
        """
        article = self.article
        return {
            "text": article.text,
            "language": article.language,
            "title": article.title,
            "publisher": article.publisher,
            "url": article.url,
            "day": article.published.isoformat() if article.published else "",
            "published": self.published,
            "kind": self.kind,
            "origins": [[one.start, one.end, one.unit, one.at] for one in self.origins],
            "warnings": list(self.warnings),
            "attachments": list(self.attachments),
            "sha256": self.sha256,
            "retrieved": self.retrieved,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Make one from what `as_json` gave.

        Parameters
        ----------
        data
            The form.

        Returns
        -------
        Reading
            The reading.
        """
        article = Article(
            data["text"],
            data["language"],
            date.fromisoformat(data["day"]) if data["day"] else None,
            data["title"],
            data["publisher"],
            data["url"],
        )
        return cls(
            article,
            data["kind"],
            data["published"],
            tuple(Origin(*one) for one in data["origins"]),
            tuple(data["warnings"]),
            tuple(data["attachments"]),
            data["sha256"],
            data["retrieved"],
        )

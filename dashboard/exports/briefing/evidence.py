"""The evidence of a briefing: sources by number, what each says of a record, where they disagree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import terms
from dashboard.errors import UncertainDateError
from dashboard.exports.briefing.plain import plain, web_address
from dashboard.exports.view import ExportView

__all__ = [
    "Disagreement",
    "Numbering",
    "SourceLine",
    "Statement",
    "disagreements",
    "edtf_words",
    "statements",
]

_FIELDS: Final = {"": "the whole record", "place_as_written": "place", "name": "name", "title": "title"}
_OWN: Final = {
    "date": "date_words",
    "status": "status_label",
    "kind": "kind_label",
    "name": "name",
    "title": "name",
    "products": "product_names",
    "place_as_written": "places",
    "country": "country_names",
    "actors": "actor_names",
    "operators": "actor_names",
    "summary": "text",
    "notes": "text",
}
"""Column of the records that holds a field in words."""


@dataclass(frozen=True)
class SourceLine:
    """A source in the numbered list.

    Parameters
    ----------
    number
        Its number.
    publisher, title, published, kind, language
        What it is, in words.
    url
        Its web address, empty when it has none that is safe to follow.
    """

    number: int
    publisher: str
    title: str
    published: str
    kind: str
    language: str
    url: str


@dataclass(frozen=True)
class Statement:
    """What one source says of one record.

    Parameters
    ----------
    source
        Number of the source.
    against
        Whether it contradicts the record.
    about
        Field in words; empty for the whole record.
    value
        The value as the source states it.
    quote
        Its words.
    locator
        Where in it.
    """

    source: int
    against: bool
    about: str
    value: str
    quote: str
    locator: str


@dataclass(frozen=True)
class Disagreement:
    """A field of a record on which sources disagree.

    Parameters
    ----------
    record
        Name of the record.
    about
        The field in words.
    held
        What the atlas holds, in words; may be empty.
    support
        Numbers of the sources that support it.
    against
        What the others say.
    """

    record: str
    about: str
    held: str
    support: tuple[int, ...]
    against: tuple[Statement, ...]


class Numbering:
    """Gives sources their numbers in the order in which they are first named.

    Parameters
    ----------
    sources
        Sources of the view.
    """

    def __init__(self, sources: pd.DataFrame) -> None:
        self._sources = sources.drop_duplicates("id").set_index("id")
        self._numbers: dict[str, int] = {}

    def of(self, source_id: str) -> int:
        """Give the number of a source.

        Parameters
        ----------
        source_id
            Its id.

        Returns
        -------
        int
            Its number, from 1 on.
        """
        return self._numbers.setdefault(source_id, len(self._numbers) + 1)

    def lines(self) -> tuple[SourceLine, ...]:
        """List the sources that were named.

        Returns
        -------
        tuple of SourceLine
            By their numbers.
        """
        kinds = terms("source_kinds")
        out = []
        for source_id, number in self._numbers.items():
            if source_id not in self._sources.index:
                out.append(SourceLine(number, "Source not listed", plain(source_id), "", "", "", ""))
                continue
            source = self._sources.loc[source_id]
            kind = str(source["kind"])
            out.append(
                SourceLine(
                    number,
                    plain(str(source["publisher"])) or "Publisher not stated",
                    plain(str(source["title"])),
                    edtf_words(str(source["published"])),
                    kinds[kind].label.lower() if kind in kinds else plain(kind),
                    plain(str(source["language"])),
                    web_address(str(source["url"])),
                )
            )
        return tuple(out)


def statements(citations: pd.DataFrame, numbering: Numbering) -> tuple[Statement, ...]:
    """List what sources say of one record.

    Parameters
    ----------
    citations
        Its citations.
    numbering
        Numbers of the sources.

    Returns
    -------
    tuple of Statement
        In the order of the citations.
    """
    return tuple(_statement(citation, numbering) for citation in citations.to_dict("records"))


def disagreements(view: ExportView, numbering: Numbering, most: int) -> tuple[Disagreement, ...]:
    """List where sources disagree.

    Parameters
    ----------
    view
        The view.
    numbering
        Numbers of the sources.
    most
        How many at most.

    Returns
    -------
    tuple of Disagreement
        In the order of the view.
    """
    citations = view.citations
    denied = citations[citations["stance"] == "contradicts"]
    pairs = denied[["record_id", "field"]].drop_duplicates()
    place = pd.Series(range(len(view.records)), index=view.records["id"])
    pairs = pairs[pairs["record_id"].isin(place.index)]
    pairs = pairs.assign(place=pairs["record_id"].map(place)).sort_values("place", kind="stable").head(most)
    records = view.records[view.records["id"].isin(pairs["record_id"])].set_index("id")
    citations = citations[citations["record_id"].isin(pairs["record_id"])]
    out = []
    for record_id, field in zip(pairs["record_id"], pairs["field"], strict=True):
        about = citations[(citations["record_id"] == record_id) & (citations["field"] == field)]
        against = statements(about[about["stance"] == "contradicts"], numbering)
        support = about.loc[about["stance"] == "supports", "source_id"]
        record = records.loc[record_id]
        column = _OWN.get(str(field), "")
        out.append(
            Disagreement(
                plain(str(record["name"])),
                field_words(str(field)),
                plain(str(record[column])) if column else "",
                tuple(sorted({numbering.of(str(source)) for source in support})),
                against,
            )
        )
    return tuple(out)


def field_words(field: str) -> str:
    """Name a field for people.

    Parameters
    ----------
    field
        Column that a citation speaks of; empty for the whole record.

    Returns
    -------
    str
        Words.
    """
    return _FIELDS.get(field, plain(field.replace("_", " ")))


def edtf_words(text: str) -> str:
    """Put a date of a source into words.

    Parameters
    ----------
    text
        EDTF, may be empty.

    Returns
    -------
    str
        Words; nothing for an empty text, the text itself when it is no date.
    """
    if not text:
        return ""
    try:
        return date_words(UncertainDate.parse(text))
    except UncertainDateError:
        return plain(text)


def _statement(citation: Mapping[Any, Any], numbering: Numbering) -> Statement:
    field = str(citation["field"])
    value = plain(str(citation["value_as_stated"]))
    return Statement(
        numbering.of(str(citation["source_id"])),
        citation["stance"] == "contradicts",
        field_words(field) if field else "",
        edtf_words(value) if field == "date" else value,
        plain(str(citation["quote"])),
        plain(str(citation["locator"])),
    )


def numbers_words(numbers: Iterable[int]) -> str:
    """Write numbers of sources.

    Parameters
    ----------
    numbers
        The numbers.

    Returns
    -------
    str
        Such as ``[1] [4]``.
    """
    return " ".join(f"[{number}]" for number in numbers)

"""A view as something that can be cited: in words, for BibTeX, and for programs that read CSL-JSON.

A footnote shall resolve after the data was corrected, so each names the version, its date and the day it was
looked at, and the address leads to that version.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from dashboard.workflows.versions.published import PublishedVersion, day_words

if TYPE_CHECKING:
    from dashboard.workflows.sharing.link import Link

__all__ = ["Citations", "cite", "pinned_address"]

_ATLAS: Final = "Arsenal Atlas"
_MOST_TITLE: Final = 300
_MOST_IN_KEY: Final = 60
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NO_KEY: Final = re.compile(r"[^A-Za-z0-9]")
_NOT_IN_BIBTEX: Final = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces, escaped ones too.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPACES: Final = re.compile(r"\s+")
# What an address may hold as it is, RFC 3986; a brace or a backslash would end a BibTeX field.
_OF_ADDRESSES: Final = "-._~:/?#[]@!$&'()*+,;=%"


@dataclass(frozen=True, slots=True)
class Citations:
    """One view, cited in three ways.

    Parameters
    ----------
    text
        For a footnote.
    bibtex
        One BibTeX entry.
    csl_json
        A list with one CSL-JSON item.
    """

    text: str
    bibtex: str
    csl_json: str


def cite(
    link: "Link", version: PublishedVersion, *, accessed: date, address: str, title: str = ""
) -> Citations:
    """Cite a view of the atlas.

    Parameters
    ----------
    link
        What the view shows; a record that is open in it becomes part of the key.
    version
        The version that was looked at.
    accessed
        The day it was looked at.
    address
        Address that opens the view, which is made to name the version; empty when there is none, as for an
        atlas that runs on one machine only.
    title
        What to call the view; the atlas alone when empty.

    Returns
    -------
    Citations
        The same in words, for BibTeX and as CSL-JSON.
    """
    seen = _Seen(
        _clean(title),
        re.sub(r"[^a-z0-9-]", "", link.record.lower())[:_MOST_IN_KEY],
        version,
        accessed,
        pinned_address(address, version.version) if address else "",
    )
    return Citations(_text(seen), _bibtex(seen), _csl_json(seen))


def pinned_address(address: str, version: str) -> str:
    """Make an address lead to one version.

    Parameters
    ----------
    address
        An address of the atlas.
    version
        Public name of the version.

    Returns
    -------
    str
        The address with ``version=`` in place of any that it had, of characters that every format can hold.
    """
    parts = urlsplit(address)
    given = parse_qsl(parts.query, keep_blank_values=True)
    query = [*((key, value) for key, value in given if key != "version"), ("version", version)]
    pinned = urlunsplit(parts._replace(query=urlencode(query)))
    return quote(_without_controls(pinned), safe=_OF_ADDRESSES)


@dataclass(frozen=True, slots=True)
class _Seen:
    title: str
    record: str
    version: PublishedVersion
    accessed: date
    where: str

    @property
    def made(self) -> date | None:
        """The day of the version, None when nobody knows it."""
        return date.fromisoformat(self.version.at[:10]) if self.version.at else None

    @property
    def version_words(self) -> str:
        """The version and its day."""
        of = f" of {day_words(self.version.at)}" if self.version.at else ""
        return f"{self.version.version}{of}"


def _text(seen: _Seen) -> str:
    head = f"{seen.title}. {_ATLAS}" if seen.title else _ATLAS
    accessed = day_words(seen.accessed.isoformat())
    where = f" {seen.where}" if seen.where else ""
    return f"{head}, version {seen.version_words}. Accessed {accessed}.{where}"


def _bibtex(seen: _Seen) -> str:
    named = _NO_KEY.sub("", seen.version.version)
    key = "-".join(part for part in ("arsenal-atlas", seen.record, named) if part)
    accessed = day_words(seen.accessed.isoformat())
    fields = {
        # A second pair of braces: a name of words, and a title whose capitals stay.
        "author": f"{{{_ATLAS}}}",
        "title": f"{{{_escaped(seen.title or _ATLAS)}}}",
        "version": _escaped(seen.version.version),
        "note": f"Version {_escaped(seen.version_words)}, accessed {accessed}",
        "urldate": seen.accessed.isoformat(),
    }
    if seen.where:
        fields["url"] = seen.where
    rows = [f"  {name} = {{{value}}}" for name, value in fields.items()]
    if (made := seen.made) is not None:
        # A month is a macro of BibTeX and not a text.
        rows += [f"  year = {{{made.year:04d}}}", f"  month = {_MONTHS[made.month - 1]}"]
    return "@misc{" + key + ",\n" + ",\n".join(rows) + "\n}\n"


def _csl_json(seen: _Seen) -> str:
    item: dict[str, object] = {
        "id": f"arsenal-atlas-{seen.version.version}",
        "type": "dataset",
        "title": seen.title or _ATLAS,
        "publisher": _ATLAS,
        "version": seen.version.version,
        "accessed": _date_parts(seen.accessed),
    }
    if (made := seen.made) is not None:
        item["issued"] = _date_parts(made)
    if seen.where:
        item["URL"] = seen.where
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _date_parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _clean(title: str) -> str:
    return _SPACES.sub(" ", _without_controls(title)).strip()[:_MOST_TITLE]


def _without_controls(text: str) -> str:
    # Control characters have no place in any of the formats; marks of direction would turn a whole footnote.
    return "".join(one for one in _SPACES.sub(" ", text) if not unicodedata.category(one).startswith("C"))


def _escaped(text: str) -> str:
    return "".join(_NOT_IN_BIBTEX.get(character, character) for character in text)

"""A briefing as one HTML file: no script, nothing fetched, readable on a screen, on paper and aloud."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import Final

from dashboard.exports.briefing.content import Briefing, Row
from dashboard.exports.briefing.evidence import Disagreement, SourceLine, Statement
from dashboard.exports.briefing.plain import runs_from_right, web_address

__all__ = ["html_of"]

_STYLE: Final = """
:root { color-scheme: light; --ink: #1b2733; --muted: #4a5763; --line: #c4ccd3; --accent: #0b5a63; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .2rem; }
p, ul, ol, dl { margin: .4rem 0; }
a { color: var(--accent); }
.asked, .muted, figcaption, small { color: var(--muted); }
.asked p { margin: 0; } .asked ul { list-style: none; padding: 0; margin-top: 0; }
figcaption { font-size: .9rem; margin-top: .4rem; }
.figures { display: flex; flex-wrap: wrap; gap: .4rem 2rem; padding: 0; list-style: none; }
.figures b { font-size: 1.5rem; display: block; line-height: 1.2; }
figure { margin: 1rem 0; }
figure img { width: 100%; height: auto; display: block; }
nav ul { columns: 2; padding-left: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--ink); white-space: nowrap; }
tbody th { font-weight: 600; min-width: 12rem; }
.left-out { border-left: 4px solid #b26a00; padding: .3rem .8rem; background: #fdf6ea; }
blockquote { margin: .2rem 0 .2rem 1rem; padding-left: .7rem; border-left: 3px solid var(--line); }
.against { font-weight: 600; }
.sources li { margin: .25rem 0; }
:target { background: #fff3c4; }
@page { size: A4; margin: 17mm 15mm 18mm; }
@media print {
  body { font-size: 10pt; padding: 0; max-width: none; }
  h1 { font-size: 20pt; } h2 { font-size: 13pt; } h3 { font-size: 10.5pt; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  table { font-size: 8.5pt; } thead { display: table-header-group; }
  tr, figure, blockquote, .disagreement { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .wide { overflow: visible; }
}
"""


def html_of(briefing: Briefing, picture: bytes) -> str:
    """Write a briefing as HTML.

    Parameters
    ----------
    briefing
        Its texts.
    picture
        The map as SVG.

    Returns
    -------
    str
        A whole document.
    """
    style = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )
    sections = _sections(briefing, picture)
    contents = "".join(f'<li><a href="#{name}">{escape(heading)}</a></li>' for name, heading, _ in sections)
    body = "".join(
        f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(heading)}</h2>{inside}</section>\n'
        for name, heading, inside in sections
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(briefing.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>{_header(briefing)}</header>\n"
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav>\n<main>\n{body}</main>\n</body>\n</html>\n'
    )


def _sections(briefing: Briefing, picture: bytes) -> list[tuple[str, str, str]]:
    sections = [("map", "Map and timeline", _figure(briefing, picture))]
    left_out = f'<p class="left-out">{escape(briefing.left_out)}</p>' if briefing.left_out else ""
    tables = _table("Events, newest first", briefing.events) + _table("Sites", briefing.sites)
    sections.append(("records", "Records", left_out + (tables or "<p>No record matches.</p>")))
    if briefing.disagreements:
        sections.append(("disagreements", "Where sources disagree", _disagreements(briefing)))
    evidence = "".join(map(_evidence, [*briefing.events, *briefing.sites]))
    if evidence:
        sections.append(("evidence", "What the sources say", evidence))
    sections.append(("sources", "Sources", _sources(briefing)))
    sections.append(
        ("method", "Method and uncertainty", "".join(_paragraph(line) for line in briefing.method))
    )
    sections.append(("terms", "Citation and licence", _terms(briefing)))
    return sections


def _header(briefing: Briefing) -> str:
    asked = "".join(f"<li>{_text(line)}</li>" for line in briefing.asked)
    figures = "".join(
        f"<li><b>{escape(number)}</b>{escape(words)}</li>"
        for number, words in briefing.figures
        if number != "0"
    )
    notes = "".join(f'<p class="muted">{_text(note)}</p>' for note in briefing.notes)
    return (
        f'<h1 dir="auto">{escape(briefing.title)}</h1>'
        f'<div class="asked"><p>What was asked:</p><ul>{asked}</ul></div>'
        f'<ul class="figures" aria-label="Key figures">{figures or "<li><b>0</b>records</li>"}</ul>{notes}'
    )


def _figure(briefing: Briefing, picture: bytes) -> str:
    data = base64.b64encode(picture).decode()
    alt = escape(briefing.picture)
    return (
        f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
        f"<figcaption>{alt}</figcaption></figure>"
    )


def _table(caption: str, rows: Iterable[Row]) -> str:
    lines = "".join(_table_row(row) for row in rows)
    if not lines:
        return ""
    heads = ("No.", "Record", "Date", "Place, and how well it is known", "Status", "Sources")
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="wide" role="region" aria-label="{caption}" tabindex="0">'
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _table_row(row: Row) -> str:
    places = "<br>".join(_text(place) for place in row.places)
    maybe = f"<br><small>{escape(row.in_window)}</small>" if row.in_window else ""
    return (
        f'<tr><td>{row.number}</td><th scope="row"><a href="#r{row.number}">{_text(row.name)}</a>'
        f"<br><small>{_text(row.kind)}</small></th><td>{_text(row.date)}{maybe}</td><td>{places}</td>"
        f"<td>{_text(row.status)}</td><td>{_numbers(row.sources)}</td></tr>"
    )


def _disagreements(briefing: Briefing) -> str:
    out = "".join(_disagreement(one) for one in briefing.disagreements)
    more = briefing.disagreements_left_out
    return out + (f'<p class="left-out">{escape(more)}</p>' if more else "")


def _disagreement(one: Disagreement) -> str:
    against = "".join(f"<li>{_against(statement)}</li>" for statement in one.against)
    held = f"The atlas holds: {_text(one.held)}. " if one.held else ""
    support = f"Supported by {_numbers(one.support)}." if one.support else ""
    return (
        f'<div class="disagreement"><h3>{_text(one.record)}</h3>'
        f"<p>Sources disagree on <strong>{_text(one.about)}</strong>. {held}{support}</p>"
        f"<ul>{against}</ul></div>"
    )


def _against(statement: Statement) -> str:
    value = _text(statement.value) if statement.value else "says otherwise"
    return f"{_numbers([statement.source])} {value}{_quote(statement)}"


def _evidence(row: Row) -> str:
    facts = [("Date", row.date), ("Status", row.status), ("Who", row.who), ("Products", row.products)]
    known = "; ".join(f"{name}: {_text(value)}" for name, value in facts if value)
    places = "; ".join(_text(place) for place in row.places)
    text = _paragraph(row.text) if row.text else ""
    telling = [one for one in row.statements if one.about or one.value or one.quote]
    said = "".join(f"<li>{_statement(one)}</li>" for one in telling)
    url = web_address(row.url)
    link = f' <a href="{escape(url)}" rel="noopener noreferrer">Open in the atlas</a>' if url else ""
    return (
        f'<article><h3 id="r{row.number}">{row.number}. {_text(row.name)}</h3>{text}'
        f"<p>{known}. Place: {places}. Sources: {_numbers(row.sources) or 'none'}.{link}</p>"
        + (f"<ul>{said}</ul>" if said else "")
        + "</article>"
    )


def _statement(statement: Statement) -> str:
    sign = '<span class="against">against</span> ' if statement.against else ""
    about = f"{_text(statement.about)}: " if statement.about and statement.value else _text(statement.about)
    value = _text(statement.value) if statement.value else ""
    return f"{_numbers([statement.source])} {sign}{about}{value}{_quote(statement)}"


def _quote(statement: Statement) -> str:
    if not statement.quote:
        return f" ({_text(statement.locator)})" if statement.locator else ""
    where = f" <small>({_text(statement.locator)})</small>" if statement.locator else ""
    return f'<blockquote dir="auto">“{escape(statement.quote)}”{where}</blockquote>'


def _sources(briefing: Briefing) -> str:
    lines = "".join(_source(source) for source in briefing.sources)
    more = f'<p class="left-out">{escape(briefing.sources_left_out)}</p>' if briefing.sources_left_out else ""
    return (f'<ol class="sources">{lines}</ol>' if lines else "<p>No sources.</p>") + more


def _source(source: SourceLine) -> str:
    title = f" <cite>{_text(source.title)}</cite>." if source.title else ""
    details = ", ".join(_text(part) for part in (source.published, source.kind, source.language) if part)
    link = ""
    if source.url:
        address = escape(source.url)
        link = f' <a href="{address}" rel="noopener noreferrer">{address}</a>'
    return (
        f'<li id="s{source.number}" value="{source.number}">{_text(source.publisher)}.{title}'
        f"{' ' + details + '.' if details else ''}{link}</li>"
    )


def _terms(briefing: Briefing) -> str:
    return (
        f"<p>Cite as: {_text(briefing.citation)}.</p>"
        f"<p>Licence of the data: {_text(briefing.licence)}.</p><p>{_text(briefing.credit)}.</p>"
    )


def _numbers(numbers: Iterable[int]) -> str:
    return " ".join(f'<a href="#s{number}" aria-label="Source {number}">[{number}]</a>' for number in numbers)


def _paragraph(text: str) -> str:
    return f'<p dir="auto">{escape(text)}</p>'


def _text(text: str) -> str:
    """Escape a text; one that runs from the right is kept from turning what stands around it."""
    return f"<bdi>{escape(text)}</bdi>" if runs_from_right(text) else escape(text)

"""What a briefing says, before it becomes HTML or Word: plain texts in their order, nothing escaped yet.

Both files are written from one `Briefing`, so that they cannot say different things. All of a view is
counted, but only the first records are told: nobody reads a table of 100,000 rows, and a line says which
file has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from dashboard.domain.vocabulary import terms
from dashboard.exports.briefing.evidence import Disagreement, Numbering, SourceLine, Statement, disagreements
from dashboard.exports.briefing.evidence import statements as statements_of
from dashboard.exports.briefing.plain import plain, within
from dashboard.exports.figure.words import count_words, counted, day_words, window_words
from dashboard.exports.view import ExportView

__all__ = ["MOST_RECORDS", "Briefing", "Row", "briefing_of"]

MOST_RECORDS: Final = 150
"""Records that a briefing tells one by one."""

_MOST_DISAGREEMENTS: Final = 80
_KILOMETRE: Final = 1000.0
_METHOD: Final = (
    (
        "Every record rests on the sources listed with it. A quotation stands verbatim in its source. Where "
        "sources disagree, the atlas keeps both and shows both; it does not choose silently."
    ),
    (
        "Dates are as sharp as the sources make them: a month stays a month, “about” stays about. An event "
        "is in the window when all days on which it may have happened are; it is possibly in the window when "
        "only some are. A site has the status that it had at the end of the window, as far as known; a first "
        "report is not a start, and a ceremony is not production."
    ),
    (
        "Places are as exact as the sources are. A point stands for the place within the radius that is "
        "given, and for nothing smaller."
    ),
    (
        "Confidence in the fact, in the place and in the date are three things and are never made into one "
        "number. What is not in the atlas may still have happened: it knows what public sources say."
    ),
)


@dataclass(frozen=True)
class Row:
    """One record as the table and the list of evidence show it.

    Parameters
    ----------
    number
        Its number in the briefing.
    name, kind, type
        What it is; ``type`` is ``event`` or ``site``.
    date, status
        In words.
    in_window
        Empty, or that it is only possibly in the window.
    places
        A line each: the place as written, its country, how well it is known.
    who
        Its actors.
    products
        Products in words.
    text
        Summary or notes.
    sources
        Numbers of its sources.
    statements
        What they say.
    url
        Link that opens it, may be empty.
    """

    number: int
    name: str
    kind: str
    type: str
    date: str
    status: str
    in_window: str
    places: tuple[str, ...]
    who: str
    products: str
    text: str
    sources: tuple[int, ...]
    statements: tuple[Statement, ...]
    url: str


@dataclass(frozen=True)
class Briefing:
    """A briefing.

    Parameters
    ----------
    title
        Its title.
    asked
        Filters and window in words.
    figures
        Key figures: a number and what it counts.
    notes
        What is not among the rows.
    picture
        What the map shows, for those who cannot see it.
    events, sites
        Records that are told.
    left_out
        How many are not, and where they are; empty when all are told.
    disagreements
        Where sources disagree.
    disagreements_left_out
        The same for those; empty when all are told.
    sources
        Every source named by a number, in order.
    sources_left_out
        How many sources are not listed; empty when all are.
    method
        Paragraphs on dates, places and sources.
    citation
        How to cite it.
    address
        Link that reopens the view, may be empty.
    licence, credit
        Terms of use.
    """

    title: str
    asked: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    picture: str
    events: tuple[Row, ...]
    sites: tuple[Row, ...]
    left_out: str
    disagreements: tuple[Disagreement, ...]
    disagreements_left_out: str
    sources: tuple[SourceLine, ...]
    sources_left_out: str
    method: tuple[str, ...]
    citation: str
    address: str
    licence: str
    credit: str


def briefing_of(view: ExportView) -> Briefing:
    """Put a briefing together.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    Briefing
        Its texts.
    """
    told = view.records.head(MOST_RECORDS)
    numbering = Numbering(view.sources)
    rows = _rows(view, told, numbering)
    all_disagreements = disagreements(view, numbering, _MOST_DISAGREEMENTS)
    contested = _contested(view)
    lines = numbering.lines()
    return Briefing(
        title=plain(view.title) or "Arsenal Atlas",
        asked=tuple(plain(line) for line in view.described) or ("All records", window_words(view.window)),
        figures=_figures(view, contested),
        notes=tuple(plain(note) for note in view.notes),
        picture=_picture(view),
        events=tuple(row for row in rows if row.type == "event"),
        sites=tuple(row for row in rows if row.type == "site"),
        left_out=_left_out(len(view.records), len(told)),
        disagreements=all_disagreements,
        disagreements_left_out=_more_disagreements(contested, len(all_disagreements)),
        sources=lines,
        sources_left_out=_more_sources(len(view.sources) - len(lines)),
        method=_method(view),
        citation=_citation(view),
        address=view.address,
        licence=plain(view.licence),
        credit=plain(view.credit),
    )


def _rows(view: ExportView, told: pd.DataFrame, numbering: Numbering) -> list[Row]:
    citations = view.citations[view.citations["record_id"].isin(told["id"])]
    by_record = dict(tuple(citations.groupby("record_id", sort=False)))
    places = pd.DataFrame(view.places.drop(columns="geometry", errors="ignore"))
    places = places[places["record_id"].isin(told["id"])]
    places_of = dict(tuple(places.groupby("record_id", sort=False)))
    out = []
    for number, record in enumerate(told.to_dict("records"), start=1):
        own = by_record.get(record["id"], citations.head(0))
        said = statements_of(own, numbering)
        numbers = tuple(sorted({statement.source for statement in said}))
        out.append(_row(number, record, _place_lines(places_of.get(record["id"])), (numbers, said)))
    return out


def _row(
    number: int,
    record: Mapping[Any, Any],
    places: tuple[str, ...],
    evidence: tuple[tuple[int, ...], tuple[Statement, ...]],
) -> Row:
    text = {name: plain(str(value)) for name, value in record.items()}
    status = text["status_label"]
    return Row(
        number=number,
        name=text["name"],
        kind=text["kind_label"],
        type=text["type"],
        date=text["date_words"] or "undated",
        status="status unknown" if status == "unknown" else status,
        in_window="" if record["fit"] == "certain" else "possibly in the window",
        places=places or ("no place stated",),
        who=", ".join(within(name) for name in text["actor_names"].split(" | ")),
        products=", ".join(within(name) for name in text["product_names"].split(" | ")),
        text=text["text"],
        sources=evidence[0],
        statements=evidence[1],
        url=text["url"],
    )


def _place_lines(places: pd.DataFrame | None) -> tuple[str, ...]:
    if places is None:
        return ()
    lines = []
    for place in places.to_dict("records"):
        role = "" if place["role"] in ("at", "") else f"{place['role']}: "
        names = [within(plain(str(place[column]))) for column in ("place", "country_name")]
        where = ", ".join(name for name in dict.fromkeys(names) if name) or "no place stated"
        lines.append(f"{role}{where} ({_known_to(str(place['precision']), place['precision_m'])})")
    return tuple(dict.fromkeys(lines))


def _known_to(precision: str, metres: object) -> str:
    radius = float(metres) if isinstance(metres, int | float) else float("nan")
    plainly = {"none": "no point", "exact": "exact", "country": "only the country"}
    if precision in plainly or not radius > 0:
        return plainly.get(precision, precision)
    far = f"{radius / _KILOMETRE:,.0f} km" if radius >= _KILOMETRE else f"{radius:,.0f} m"
    return f"{precision}, within {far}"


def _figures(view: ExportView, contested: int) -> tuple[tuple[str, str], ...]:
    records = view.records
    kinds = records["type"].value_counts()
    countries = {code for codes in records["countries"].unique() for code in str(codes).split("|") if code}
    unplaced = int(records["lat"].isna().sum())
    possible = int((records["fit"] == "possible").sum())
    counts = [
        (int(kinds.get("event", 0)), "event", "events"),
        (int(kinds.get("site", 0)), "site", "sites"),
        (len(countries), "country", "countries"),
        (len(view.actors), "actor", "actors"),
        (len(view.sources), "source", "sources"),
        (contested, "point on which sources disagree", "points on which sources disagree"),
        (possible, "record only possibly in the window", "records only possibly in the window"),
        (unplaced, "record without a place on the map", "records without a place on the map"),
    ]
    return tuple((f"{number:,}", one if number == 1 else many) for number, one, many in counts)


def _contested(view: ExportView) -> int:
    denied = view.citations[view.citations["stance"] == "contradicts"]
    return len(denied[["record_id", "field"]].drop_duplicates())


def _picture(view: ExportView) -> str:
    if not len(view.records):
        return "Map of the world without any record."
    where = view.records["country_names"].astype(str).str.split(" | ", regex=False).explode()
    ranked = where[where != ""].value_counts()
    names = ", ".join(f"{plain(str(name))} ({count:,})" for name, count in ranked.head(6).items())
    more = f" and {counted(len(ranked) - 6, 'other country', 'other countries')}" if len(ranked) > 6 else ""  # noqa: PLR2004  # as said
    places = f" Records by country: {names}{more}." if names else ""
    return f"Map and timeline of {count_words(view)}.{places} The tables below hold the same records."


def _left_out(all_records: int, told: int) -> str:
    if all_records <= told:
        return ""
    return (
        f"This briefing tells the first {told:,} of {counted(all_records, 'record')}, in the view's order. "
        f"The other {all_records - told:,} are counted above and drawn on the map; the CSV, Excel and "
        "GeoPackage exports of the same view hold all of them."
    )


def _more_sources(unlisted: int) -> str:
    if unlisted <= 0:
        return ""
    return f"Not listed: {counted(unlisted, 'source')} of this view that only other records rest on."


def _more_disagreements(contested: int, told: int) -> str:
    if contested <= told:
        return ""
    return (
        f"{contested - told:,} more points are contested; the Excel and GeoPackage exports of this view hold "
        "every citation with its stance."
    )


def _method(view: ExportView) -> tuple[str, ...]:
    known = set(view.places["precision"].unique()) if len(view.places) else set()
    grades = "; ".join(
        f"{term.label}: {term.definition}" for code, term in terms("precisions").items() if code in known
    )
    return (*_METHOD[:2], _METHOD[2] + (f" Grades used here: {grades}." if grades else ""), *_METHOD[3:])


def _citation(view: ExportView) -> str:
    title = plain(view.title)
    named = f"“{within(title)}”, " if title and title != "Arsenal Atlas" else ""
    tail = f", {view.address}" if view.address else ""
    day = day_words(view.made_on.isoformat())
    return f"Arsenal Atlas, {named}data version {plain(view.version)}, accessed {day}{plain(tail)}"

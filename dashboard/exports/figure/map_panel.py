"""The map of a figure: ground, regions that hold a record somewhere, rings, signs, spots and labels."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.domain.countries import country_name
from dashboard.domain.symbols import kind_colour
from dashboard.exports.figure.labels import Label, place_labels
from dashboard.exports.figure.land import Ground
from dashboard.exports.figure.lettering import cut, isolated, settable, width, wrapped
from dashboard.exports.figure.marks import Marks
from dashboard.exports.figure.panel import INK, LINE, MUTED, PAPER, Box, Panel, circle
from dashboard.exports.figure.projection import ring_around
from dashboard.exports.figure.signs import COARSE, HALF, draw_sign
from dashboard.exports.figure.spots import Spot, gather, spot_radius
from dashboard.exports.figure.words import counted

__all__ = ["Drawn", "draw_map"]

Floats = npt.NDArray[np.float64]

_RINGS: Final = 400
_SPOTS_A_POINT: Final = 1 / 2_600  # of the panel's area
_LABELS: Final = 34
_LABELLED: Final = 90  # spots, beyond which labels would be a random choice
_LABEL_SIZE: Final = 6.6
_LABEL_WIDTH: Final = 118.0
_SMALL: Final = 5.6
_MORE_PLACES: Final = 12


@dataclass
class Drawn:
    """What of the vocabulary of signs a map used, for its legend.

    Parameters
    ----------
    regions
        Whether countries are shaded.
    rings
        Whether rings of uncertainty are drawn.
    coarse
        Whether hollow signs are drawn.
    possible
        Whether pale signs are drawn.
    spots
        Whether several marks are drawn as one.
    dashed
        Whether a border is dashed.
    statuses
        Codes of statuses of the signs, by group.
    """

    regions: bool = False
    rings: bool = False
    coarse: bool = False
    possible: bool = False
    spots: bool = False
    dashed: bool = False
    statuses: set[tuple[str, str]] = field(default_factory=set)


def draw_map(panel: Panel, ground: Ground, marks: Marks) -> Drawn:
    """Draw the map.

    Parameters
    ----------
    panel
        Where it is drawn.
    ground
        The land beneath.
    marks
        What is marked.

    Returns
    -------
    Drawn
        What the legend has to explain.
    """
    drawn = Drawn()
    ground.draw()
    in_country = np.asarray(marks.table["precision"] == "country", dtype=bool)
    shaded = _shade_countries(ground, marks.only(in_country), drawn)
    shown = marks.only(~(in_country & marks.table["country"].isin(shaded).to_numpy()))
    points = ground.at(shown.lon, shown.lat)
    inside = np.all((points > 0) & (points < (panel.width, panel.height)), axis=1).astype(bool)
    outside, shown, points = shown.only(~inside), shown.only(inside), points[inside]
    spots = gather(points, int(panel.width * panel.height * _SPOTS_A_POINT))
    _draw_rings(panel, ground, shown, drawn)
    for spot in reversed(spots):
        if len(spot.rows) == 1:
            sign = shown.sign(int(spot.rows[0]))
            drawn.statuses.add((sign.group, sign.status))
            drawn.coarse |= sign.coarse
            drawn.possible |= not sign.certain
            draw_sign(panel, spot.x, spot.y, sign)
        else:
            drawn.spots = True
            drawn.possible |= not bool(shown.table["certain"].iloc[spot.rows].all())
            _draw_spot(panel, spot, shown)
    covered = [_box(spot.x, spot.y, float(spot_radius(len(spot.rows)))) for spot in spots]
    covered += _write_margins(panel, ground, marks, outside)
    covered += _draw_tags(panel, ground, marks.only(in_country), shaded, covered)
    if len(spots) <= _LABELLED:
        covered += _label(panel, spots, shown, covered)
    ground.name_countries(covered, _by_count(marks))
    drawn.dashed = ground.has_dashed
    _frame(panel)
    return drawn


def _write_margins(panel: Panel, ground: Ground, marks: Marks, outside: Marks) -> list[Box]:
    """Draw the scale, name the projection and what is not on the map; give what they cover."""
    name = ground.frame.projection
    wide = width(name, _SMALL) + 8
    panel.areas([_ring((panel.width - wide, 0, wide, 11))], fill=PAPER, alpha=0.7, level=8)
    panel.text(panel.width - 4, 3, name, _SMALL, colour=MUTED, ha="right", level=9)
    ground.scale_bar(8, 8)
    covered = [(0.0, 0.0, panel.width * 0.16 + 16, 24.0), (panel.width - wide, 0.0, wide, 12.0)]
    words = _outside_words(outside) if len(marks) else "Nothing in this view has a place on the map"
    if words:
        line = cut(words, _LABEL_SIZE, panel.width - 12)
        box = (0.0, panel.height - 12.5, width(line, _LABEL_SIZE) + 10, 12.5)
        panel.areas([_ring(box)], fill=PAPER, alpha=0.85, level=8)
        panel.text(5, panel.height - 9, line, _LABEL_SIZE, level=9)
        covered.append(box)
    return covered


def _outside_words(marks: Marks) -> str:
    if not len(marks):
        return ""
    countries = marks.table["country"].map(lambda code: country_name(code).strip() if code else "")
    vague = (marks.table["precision"] == "country") & (countries != "")
    names = marks.table["place"].where(~vague, countries)
    places = [isolated(settable(str(place))) for place in names.value_counts().index if place]
    return f"Outside this map: {', '.join(places)} ({counted(len(marks), 'mark')})"


def _shade_countries(ground: Ground, marks: Marks, drawn: Drawn) -> list[str]:
    shaded = []
    for code, certain in marks.table.groupby("country")["certain"].any().items():
        if ground.shade(str(code), certain=bool(certain)):
            shaded.append(str(code))
    drawn.regions = bool(shaded)
    return shaded


def _draw_rings(panel: Panel, ground: Ground, marks: Marks, drawn: Drawn) -> None:
    """Draw each ring once, where it is larger than the sign and smaller than a haze."""
    wide = marks.radius * (panel.width / ground.frame.width) > HALF * 1.6
    vague = ~marks.table["precision"].isin(["exact", "none"]).to_numpy()
    rows = np.flatnonzero(wide & vague)
    if not len(rows):
        return
    where = np.column_stack([marks.lon[rows], marks.lat[rows], marks.radius[rows]])
    _, first = np.unique(where, axis=0, return_index=True)
    if len(first) > _RINGS:
        return
    drawn.rings = True
    table = marks.table
    for row in rows[np.sort(first)]:
        line = ring_around(marks.lon[row], marks.lat[row], marks.radius[row])
        mark = table.iloc[row]
        colour = kind_colour(str(mark["type"]), str(mark["kind"]))
        rough = str(mark["precision"]) in COARSE
        for ring in ground.ring(line):
            panel.areas([ring], fill=colour, alpha=0.05 if rough else 0.08, level=2)
            panel.areas(
                [ring], edge=colour, width=0.7, alpha=0.75, dash=(2.6, 2.0) if rough else (), level=2.1
            )


def _draw_spot(panel: Panel, spot: Spot, marks: Marks) -> None:
    """Draw a disc with a number; its ring shows the kinds, the sure ones first and full."""
    table = marks.table.iloc[spot.rows]
    radius = float(spot_radius(len(spot.rows)))
    panel.areas([circle(spot.x, spot.y, radius + 1)], fill=PAPER, alpha=0.95, level=6)
    faint = np.where(table["certain"], 0, 1)
    begin = 0.0
    for (maybe, group, kind), part in table.groupby([faint, "type", "kind"], sort=True):
        end = min(begin + len(part) / len(table), 1.0)
        slice_ = circle(spot.x, spot.y, radius, (begin, end))
        panel.areas(
            [slice_], fill=kind_colour(str(group), str(kind)), alpha=0.4 if maybe == 1 else 1.0, level=6.1
        )
        begin = end
    panel.areas([circle(spot.x, spot.y, radius - 2.4)], fill=PAPER, level=6.2)
    panel.areas([circle(spot.x, spot.y, radius)], edge=INK, width=0.4, alpha=0.6, level=6.3)
    text = _number(len(spot.rows))
    letters = min((radius - 2.4) * 1.15, (radius - 2.4) * 3.1 / max(len(text), 2))
    panel.text(spot.x, spot.y, text, letters, kind="bold", ha="center", va="center_baseline", level=6.4)


def _draw_tags(
    panel: Panel, ground: Ground, marks: Marks, shaded: Sequence[str], taken: Sequence[Box]
) -> list[Box]:
    """Say how many records are known only to lie in a country."""
    table = marks.table
    labels = []
    for code in shaded:
        number = int((table["country"] == code).sum())
        x, y = ground.inside(code) or (0.0, 0.0)
        labels.append(Label(x, y, 0, (f"{country_name(code).strip()}: {number:,}",)))
    out: list[Box] = []
    room = (panel.width, panel.height)
    for label in labels:
        placed = place_labels([label], [*taken, *out], room, _LABEL_SIZE, most=1, centred=True)
        placed = placed or place_labels([label], [*taken, *out], room, _LABEL_SIZE, most=1)
        for one in placed:
            left, bottom, wide, high = one.box
            frame = _ring((left - 2, bottom, wide + 4, high))
            panel.areas([frame], fill=PAPER, edge=MUTED, width=0.5, alpha=0.9, dash=(2, 1.4), level=6.5)
            panel.text(
                left + wide / 2,
                bottom + high / 2,
                label.lines[0],
                _LABEL_SIZE,
                ha="center",
                va="center",
                level=6.6,
            )
            out.append((left - 3, bottom - 1, wide + 6, high + 2))
    return out


def _label(panel: Panel, spots: Sequence[Spot], marks: Marks, taken: Sequence[Box]) -> list[Box]:
    labels, named = [], set[str]()
    for spot in spots:
        lines = _spot_words(spot, marks, named)
        if lines:
            labels.append(Label(spot.x, spot.y, float(spot_radius(len(spot.rows))), tuple(lines)))
    placed = place_labels(labels, taken, (panel.width, panel.height), _LABEL_SIZE, most=_LABELS)
    for one in placed:
        left, bottom, wide, high = one.box
        x = {"left": left + 1, "right": left + wide - 1, "center": left + wide / 2}[one.align]
        # A box and no halo: matplotlib draws letters with a halo as shapes, which no PDF reader can search.
        panel.areas([_ring(one.box)], fill=PAPER, alpha=0.72, level=7)
        step = high / len(one.label.lines)
        for number, line in enumerate(one.label.lines):
            panel.text(x, bottom + high - step * (number + 0.78), line, _LABEL_SIZE, ha=one.align, level=7.1)
    return [one.box for one in placed]


def _spot_words(spot: Spot, marks: Marks, named: set[str]) -> list[str]:
    """One record is named, once; several are named by their place."""
    table = marks.table.iloc[spot.rows]
    records = table["record_id"].unique()
    if len(records) == 1 and records[0] not in named:
        named.add(str(records[0]))
        return wrapped(_name_and_year(table.iloc[0].to_dict()), _LABEL_SIZE, _LABEL_WIDTH, lines=2)
    places = [settable(str(place)) for place in table["place"].value_counts().index if place]
    if not places:
        return []
    more = len(set(places)) - 1
    if more > _MORE_PLACES:
        return []  # the first of very many places says nothing
    place = isolated(cut(places[0], _LABEL_SIZE, _LABEL_WIDTH))
    return wrapped(
        f"{place} and {counted(more, 'more place')}" if more else place, _LABEL_SIZE, _LABEL_WIDTH, lines=2
    )


def _name_and_year(mark: Mapping[Hashable, Any]) -> str:
    name, year = settable(str(mark["name"])), str(mark["earliest"])[:4]
    if mark["type"] == "event" and year and year == str(mark["latest"])[:4]:
        return f"{isolated(name)} ({year.lstrip('0')})"
    return name


def _number(count: int) -> str:
    if count < 10_000:  # noqa: PLR2004  # five figures fill a disc
        return str(count)
    return f"{count / 1000:.0f}k" if count < 1_000_000 else f"{count / 1e6:.1f}M"  # noqa: PLR2004  # million


def _by_count(marks: Marks) -> list[str]:
    return [str(code) for code in marks.table["country"].value_counts().index if code]


def _box(x: float, y: float, radius: float) -> Box:
    return (x - radius, y - radius, 2 * radius, 2 * radius)


def _ring(box: Box) -> Floats:
    left, bottom, wide, high = box
    right, top = left + wide, bottom + high
    return np.array([[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]])


def _frame(panel: Panel) -> None:
    panel.lines([_ring((0, 0, panel.width, panel.height))], LINE, 1.2, level=20)

"""A person's decision about a name, saved as a hand-decided place.

It is a record like any other: checked, with its reason, in the audit trail and in every export. It wins over
the gazetteer at once, because look-ups read it from the store.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from anyascii import anyascii

from dashboard.domain.access import Person, Right, require
from dashboard.domain.cells import RowError, write_cells
from dashboard.domain.countries import country_name
from dashboard.domain.records import Change, Place
from dashboard.domain.validation import validate
from dashboard.errors import PlaceDecisionError
from dashboard.geocoding.candidates import Candidate
from dashboard.geocoding.countries import CountryShapes
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold, join
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.package.check import TOLERANCE_M

__all__ = ["HandDecision", "chosen_reason", "save_by_hand", "take_back"]

_MOST_IN_REASON: Final = 2_000
_MOST_IN_WHO: Final = 100
_MOST_IN_ID: Final = 40
_SAME_POINT: Final = 1e-4  # degrees: what rounding on the way through a page may change


@dataclass(frozen=True, slots=True)
class HandDecision:
    """What a person decided about a written name.

    Parameters
    ----------
    name
        The toponym as written; look-ups of it will find the place.
    point
        Latitude and longitude in degrees, EPSG:4326; None when none could be read.
    precision
        Code of ``precisions``.
    precision_m
        Radius in metres.
    reason
        Why there.
    country
        ISO 3166-1 alpha-2 code, or empty for an area of several countries.
    """

    name: str
    point: tuple[float, float] | None
    precision: str
    precision_m: int
    reason: str
    country: str = ""


def chosen_reason(candidate: Candidate) -> str:
    """Say in a reason where a chosen candidate comes from.

    Parameters
    ----------
    candidate
        What a person chose.

    Returns
    -------
    str
        A sentence that names the entry and its source.
    """
    entry = candidate.entry
    where = f"{entry.name}, {entry.country}" if entry.country else entry.name
    return f"Chosen by a person: {where} ({entry.place_id}; {entry.source})."


def save_by_hand(
    store: Store,
    person: Person,
    decision: HandDecision,
    candidates: Sequence[Candidate] = (),
    shapes: CountryShapes | None = None,
    *,
    seen: Iterable[Place] | None = None,
) -> Place:
    """Save a decision as a hand-decided place, with who and why in the audit trail.

    A place that answers to the name already, in the same country, is changed; else a new one is made: two for
    one name would leave it ambiguous.

    Parameters
    ----------
    store
        The store.
    person
        Who decides; in a local session with the name that they gave.
    decision
        What was decided.
    candidates
        What the name might have meant; the point of one of them is never exact.
    shapes
        Shapes of countries, to see whether the point lies in the stated one; None to leave that.
    seen
        The hand-decided places that the person had before them; None for whatever is there.

    Returns
    -------
    Place
        The place as saved.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    PlaceDecisionError
        The decision does not hold together, or records stand on the place it would move; nothing is saved.
    ConflictError
        Somebody else decided about the name since the person looked, or took its place back; it carries both
        places, and nothing is saved.
    StoreError
        The database fails; nothing is saved.
    """
    require(person, Right.REMOVE, store.control.mode())
    repository, who = store.repository, _who(person)
    places = repository.read_table(Place)
    decision = replace(decision, name=_tidy(decision.name), reason=decision.reason.strip())
    there = next((place for place in places if _answers(place, decision)), None)
    looked_at = there if seen is None else next((one for one in seen if _answers(one, decision)), None)
    old = there or looked_at
    place = Place(
        id=old.id if old else _free_id(decision.name, repository, {place.id for place in places}),
        name=old.name if old else decision.name,
        names=old.names if old else (),
        country=decision.country,
        lat=round(decision.point[0], 6) if decision.point else None,
        lon=round(decision.point[1], 6) if decision.point else None,
        precision=decision.precision,
        precision_m=decision.precision_m,
        reason=decision.reason,
        source_id=old.source_id if old and _stands_at(old, decision.point) else "",
    )
    why = f"decided by hand: {decision.reason}" if decision.reason else ""
    problems = _problems(decision, place, who, why, candidates)
    problems += _country_problems(decision, shapes)
    if problems:
        raise PlaceDecisionError(problems)
    repository.save_place(place, _operation(person, "decide place", place.id, why), expected=looked_at)
    return place


def take_back(store: Store, person: Person, place_id: str, why: str, *, seen: Place | None = None) -> None:
    """Take a hand-decided place back.

    Parameters
    ----------
    store
        The store.
    person
        Who takes it back.
    place_id
        Id of the place.
    why
        Why.
    seen
        The place as the person had it before them; None for whatever is there.

    Raises
    ------
    PermissionDeniedError
        The person is no reviewer, or the atlas is read only.
    ConflictError
        Somebody else changed the place since the person looked; it stays then.
    PlaceDecisionError
        Nobody says who and why, or records stand on the place; it stays then.
    RecordNotFoundError
        There is no such place.
    StoreError
        The database fails; the place stays then.
    """
    require(person, Right.REMOVE, store.control.mode())
    problems = _audit_problems(place_id, _who(person), why.strip())
    if problems:
        raise PlaceDecisionError(problems)
    operation = _operation(person, "take back place", place_id, why)
    store.repository.remove_place(place_id, operation, expected=... if seen is None else seen)


def _who(person: Person) -> str:
    # In a local session nobody is called local: there the decision bears the name that was given.
    return _tidy(person.name) or ("" if person.is_local else person.id)


def _operation(person: Person, action: str, place_id: str, why: str) -> Operation:
    return Operation.new(_who(person), action, place_id, why, person_id=person.id)


def _problems(
    decision: HandDecision, place: Place, who: str, why: str, candidates: Sequence[Candidate]
) -> list[str]:
    problems = []
    if not fold(decision.name):
        problems.append("The name holds no letters")
    elif len(decision.name) > MAX_NAME_LENGTH:
        problems.append(f"The name has more than {MAX_NAME_LENGTH} characters, so it is no place name")
    if decision.point is None:
        problems.append(
            "The coordinates cannot be read: write latitude and longitude, such as 33.6167, -7.1167"
        )
    towns = [one.entry for one in candidates if one.entry.kind != "hand"]
    if decision.precision == "exact" and any(_stands_at(entry, decision.point) for entry in towns):
        problems.append("A point from the gazetteer is never exact: say near or locality")
    if len(decision.reason) > _MOST_IN_REASON:
        problems.append(f"The reason has more than {_MOST_IN_REASON:,} characters")
    try:
        write_cells(place)
    except RowError as error:
        problems += [f"{found.field} {found.message}" for found in error.problems]
    # Said above or below in better words, or not of this page: the source of an older decision.
    said = {"source_id"} | ({"lat", "lon"} if decision.point is None else set())
    said |= set() if decision.reason else {"reason"}
    said |= set() if fold(decision.name) else {"name"}
    problems += [
        f"{found.field} {found.message}"
        for found in validate({Place.table: (place,)})
        if found.field not in said
    ]
    return problems + _audit_problems(place.id, who, why)


def _country_problems(decision: HandDecision, shapes: CountryShapes | None) -> list[str]:
    if shapes is None or decision.point is None or not decision.country:
        return []
    lat, lon = decision.point
    away = float(shapes.distances_m([decision.country], [lat], [lon])[0])
    if not away > TOLERANCE_M + decision.precision_m:  # NaN where the country has no shape
        return []
    found = ", ".join(map(country_name, shapes.at(lat, lon)))
    outside = f"{away / 1000:,.0f} km outside {country_name(decision.country)}"
    where = f"in {found}" if found else "at sea"
    return [f"The point lies {outside}, {where}: correct the point or the country, or state no country"]


def _audit_problems(place_id: str, who: str, why: str) -> list[str]:
    problems = []
    if not who:
        problems.append("Say who decides: the audit trail names a person")
    elif len(who) > _MOST_IN_WHO:
        problems.append(f"The name of who decides has more than {_MOST_IN_WHO} characters")
    if not why:
        problems.append("Say why: the audit trail keeps the reason")
    try:
        write_cells(Change(record_id=place_id, field="id", who=who, when="", why=why))
    except RowError as error:
        problems += [f"{found.field} {found.message}" for found in error.problems]
    return problems


def _tidy(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _answers(place: Place, decision: HandDecision) -> bool:
    key = join(fold(decision.name))
    known = {join(fold(name)) for name in (place.name, *place.names)}
    return key in known and (place.country == decision.country or not (place.country and decision.country))


def _stands_at(there: Any, point: tuple[float, float] | None) -> bool:  # noqa: ANN401  # what has lat and lon  # what has lat and lon
    if point is None or there.lat is None or there.lon is None:
        return False
    return bool(abs(there.lat - point[0]) < _SAME_POINT and abs(there.lon - point[1]) < _SAME_POINT)


def _free_id(name: str, repository: Repository, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower())[:_MOST_IN_ID].strip("-") or "place"
    place_id, number = f"pl-{slug}", 2
    # One that was taken back keeps its id in the audit trail for ever.
    while place_id in taken or repository.changes(place_id):
        place_id, number = f"pl-{slug}-{number}", number + 1
    return place_id

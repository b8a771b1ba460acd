"""Events in the manner of PLOVER, the successor of CAMEO for coded political events, as JSON.

Our kinds are not theirs. Each kind has the CAMEO codes that the vocabulary names, and these the PLOVER type
that PLOVER's own conversion table gives (openeventdata/PLOVER, CAMEO2PLOVER, 17 September 2021). Where the
kind alone does not decide between a quarrel and a friendship, the roles of the actors do, or nothing does:
such an event has no type and says why.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboard.domain.countries import shapes_of
from dashboard.domain.vocabulary import crosswalk
from dashboard.exports.geojson import json_text, write_rows
from dashboard.exports.notes import about, counted
from dashboard.exports.related import Lookup, lookup, members, objects_of
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["code_event", "write_plover"]

# Type, mode and contexts of the CAMEO codes that our vocabulary uses, as the conversion table has them.
_TYPES: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "0312": ("AGREE", "", ("military",)),
    "040": ("CONSULT", "", ()),
    "042": ("CONSULT", "visit", ()),
    "057": ("SUPPORT", "", ("diplomatic",)),
    "062": ("COOPERATE", "", ("military",)),
    "16": ("SANCTION", "", ()),
    "18": ("ASSAULT", "", ()),
}
_BY_KIND: Final = {
    "meeting": "040",
    "visit": "042",
    "agreement": "057",
    "contract": "062",
    "delivery": "062",
    "exercise": "062",
}
_HOSTILE: Final = {"incident": "18", "policy": "16"}
_INTENDED: Final = frozenset({"planned", "postponed"})
_RECEIVING: Final = frozenset({"recipient", "target", "host"})
_SECTORS: Final = {
    "state": "GOV",
    "government_body": "GOV",
    "armed_force": "MIL",
    "intelligence": "SPY",
    "company": "BUS",
    "state_company": "BUS",
    "joint_venture": "BUS",
    "international_organisation": "IGO",
    "research": "EDU",
}


def write_plover(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the events of a view in the manner of PLOVER.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file; its notes count what is no event and what has no type.
    """
    events = view.records[view.records["type"] == "event"]
    untyped = [not code_event(*row)["type"] for row in zip(*_coded(events), strict=True)]
    steps = pace(len(events))
    notes = (
        *view.notes,
        *counted(
            len(view.records) - len(events),
            "1 site is left out: PLOVER codes events",
            "{n} sites are left out: PLOVER codes events",
        ),
        *counted(
            sum(untyped),
            "1 event has no PLOVER type: its `uncoded` says why",
            "{n} events have no PLOVER type: their `uncoded` says why",
        ),
    )

    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"about":{json_text(about(view) | {"notes": list(notes)})},\n')
        write_rows(file, "events", (_events(view, chunk) for chunk in steps.chunks(events)))
        file.write("}\n")
    return Written(path, len(events), notes)


def _coded(events: pd.DataFrame) -> tuple[list[str], list[str], list[str]]:
    return events["kind"].tolist(), events["status"].tolist(), events["actor_roles"].tolist()


def code_event(kind: str, status: str, roles: str) -> dict[str, Any]:
    """Code an event.

    Parameters
    ----------
    kind, status
        Codes of ``event_kinds`` and ``event_statuses``.
    roles
        Codes of its actors' roles, joined by ``|``.

    Returns
    -------
    dict
        ``type`` and ``mode`` (None when there is none), ``contexts``, ``cameo`` (all codes that the
        vocabulary names for the kind), ``uncoded`` (why there is no type, empty when there is one).
    """
    is_hostile = not {"author", "target"}.isdisjoint(roles.split("|"))
    cameo = _BY_KIND.get(kind) or (_HOSTILE.get(kind) if is_hostile else None)
    if cameo == "057" and status in _INTENDED:
        cameo = "0312"
    found, mode, contexts = _TYPES[cameo] if cameo else ("", "", ())
    future = ("future",) if status in _INTENDED else ()
    return {
        "type": found or None,
        "mode": mode or None,
        "contexts": [*contexts, *future],
        "cameo": [str(one) for one in crosswalk("event_kinds", "cameo").get(kind, ())],
        "uncoded": "" if found else _why(kind),
    }


def _why(kind: str) -> str:
    if kind in _HOSTILE:
        return f"{kind}: no actor is named as author or target, so nothing says whether it is hostile"
    return f"{kind}: PLOVER has no type for it"


def _events(view: ExportView, chunk: pd.DataFrame) -> Iterator[dict[str, Any]]:
    places = lookup(view.places, "record_id", chunk["id"])
    actors = lookup(view.actors, "id", members(chunk["actors"]))
    sources = lookup(view.sources, "id", members(chunk["source_ids"]))
    return (_event(row, places[row["id"]], actors, sources) for row in objects_of(chunk))


def _event(
    row: dict[str, Any], places: list[dict[str, Any]], actors: Lookup, sources: Lookup
) -> dict[str, Any]:
    code = code_event(row["kind"], row["status"], row["actor_roles"])
    parties = [
        _actor(actor_id, role, actors)
        for actor_id, role in zip(row["actors"].split("|"), row["actor_roles"].split("|"), strict=True)
        if actor_id
    ]
    return {
        "event_id": row["id"],
        "date": {"start": row["earliest"] or None, "end": row["latest"] or None, "edtf": row["date"]},
        "event_type": code["type"],
        "event_mode": code["mode"],
        "contexts": code["contexts"],
        "cameo": code["cameo"],
        "uncoded": code["uncoded"],
        "actors": [one for one in parties if one["role"] not in _RECEIVING],
        "recipients": [one for one in parties if one["role"] in _RECEIVING],
        "locations": [_place(one) for one in places],
        "headline": row["name"],
        "text": row["text"],
        "atlas": {name: row[name] for name in ("kind", "status", "fit", "contradicted", "dataset", "url")},
        "products": [one for one in row["products"].split("|") if one],
        "sources": [found for one in row["source_ids"].split("|") for found in sources.get(one, ())],
        "licence": row["licence"],
    }


def _actor(actor_id: str, role: str, actors: Lookup) -> dict[str, Any]:
    (known,) = actors[actor_id] or [{"name": actor_id, "kind": "", "country": ""}]
    return {
        "id": actor_id,
        "name": known["name"],
        "role": role,
        "country": next(iter(shapes_of(known["country"])), None),
        "sector": _SECTORS.get(known["kind"]),
        "kind": known["kind"],
    }


def _place(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "role", "place", "place_id", "country", "lat", "lon", "precision", "precision_m")
    return {name: row[name] for name in kept}

"""Candidates in words and as a table, for the Geocoding page and the record card alike."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.vocabulary import label
from dashboard.geocoding import Candidate, Gazetteer, GazetteerEntry, Resolution
from dashboard.ui.words import plain

__all__ = ["candidate_columns", "candidates_table", "decision_words", "distance_words"]

_METRES_IN_KM: Final = 1_000


def distance_words(metres: float) -> str:
    """Write a distance or radius.

    Parameters
    ----------
    metres
        Metres.

    Returns
    -------
    str
        In metres below a kilometre, else in kilometres.
    """
    if metres < _METRES_IN_KM:
        return f"{metres:.0f} m"
    return f"{round(metres / _METRES_IN_KM, 1 if metres < 100 * _METRES_IN_KM else 0):,g} km"


def decision_words(found: Resolution) -> str:
    """Say what was decided, as Markdown.

    Parameters
    ----------
    found
        The decision.

    Returns
    -------
    str
        One or two lines.
    """
    lines = []
    if found.chosen:
        entry = found.chosen.entry
        where = ", ".join(
            part for part in (entry.name, country_name(entry.country) if entry.country else "") if part
        )
        known = f"known to {label('precisions', entry.precision)}"
        within = f", within {distance_words(entry.precision_m)}" if entry.precision_m else ""
        point = (
            f" · {entry.lat:.4f}, {entry.lon:.4f}" if entry.lat is not None and entry.lon is not None else ""
        )
        lines.append(f"**{plain(where)}** {plain(f'· {known}{within}{point}')}")
    lines.append(plain(found.reason))
    if found.candidates:
        count = len(found.candidates)
        lead = f" · ahead by {found.margin:.2f}" if found.chosen else f" · margin {found.margin:.2f}"
        lines.append(f":gray[{count} {'candidate' if count == 1 else 'candidates'}{lead}]")
    return "  \n".join(lines)


def candidates_table(candidates: Sequence[Candidate], gazetteer: Gazetteer) -> pd.DataFrame:
    """Put candidates in a table.

    Parameters
    ----------
    candidates
        The candidates.
    gazetteer
        Knows the names of divisions.

    Returns
    -------
    pandas.DataFrame
        One row each, in their order, with `candidate_columns`.
    """
    entries = [one.entry for one in candidates]
    return pd.DataFrame(
        {
            "Place": [entry.name for entry in entries],
            "Country": [country_name(entry.country) if entry.country else "" for entry in entries],
            "Division": [_division(entry, gazetteer) for entry in entries],
            "Kind": [entry.kind for entry in entries],
            "Score": [one.score for one in candidates],
            "Why": [one.reason for one in candidates],
            "Known to": [label("precisions", entry.precision) for entry in entries],
            "Radius, km": [
                entry.precision_m / _METRES_IN_KM if entry.precision_m else None for entry in entries
            ],
            "Lat": [entry.lat for entry in entries],
            "Lon": [entry.lon for entry in entries],
            "Id": [entry.place_id for entry in entries],
            "Source": [entry.source for entry in entries],
        }
    )


def _division(entry: GazetteerEntry, gazetteer: Gazetteer) -> str:
    found = gazetteer.get(f"admin1:{entry.country}.{entry.admin1}") if entry.admin1 else None
    return found.name if found else entry.admin1


def candidate_columns() -> dict[str, Any]:
    """Give the looks of the columns of `candidates_table`.

    Returns
    -------
    dict of str to column configuration
        For ``st.dataframe``.
    """
    return {
        "Score": st.column_config.NumberColumn(width="small", format="%.2f", help="1 is decided by hand"),
        "Why": st.column_config.TextColumn(width="medium"),
        "Radius, km": st.column_config.NumberColumn(width="small", format="%.3g"),
        "Lat": st.column_config.NumberColumn(width="small", format="%.4f"),
        "Lon": st.column_config.NumberColumn(width="small", format="%.4f"),
    }

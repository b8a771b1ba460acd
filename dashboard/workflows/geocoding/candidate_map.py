"""Candidates of one name on a small map: all that have a point, the one decided on told apart."""

from collections.abc import Sequence

from dashboard.geocoding.candidates import Candidate
from dashboard.workflows.views.spots import Spot, SpotMap, known_words, spot_map

__all__ = ["candidate_map"]


def candidate_map(candidates: Sequence[Candidate], chosen_id: str = "") -> SpotMap | None:
    """Make the map of the candidates of one name.

    Parameters
    ----------
    candidates
        The candidates, best first.
    chosen_id
        Place id of the one decided on, empty for none.

    Returns
    -------
    SpotMap or None
        None when no candidate has a point; the ids of its spots are place ids.
    """
    spots = [
        _spot(one, chosen=one.entry.place_id == chosen_id)
        for one in candidates
        if one.entry.point is not None
    ]
    return spot_map(spots, "Chosen", "Candidate")


def _spot(one: Candidate, *, chosen: bool) -> Spot:  # one mark of the map
    entry = one.entry
    return Spot(
        entry.place_id,
        entry.name or entry.place_id,
        f"{known_words(entry.precision, entry.precision_m, entry.country)} · score {one.score:.2f}",
        entry.country,
        entry.lat or 0.0,
        entry.lon or 0.0,
        entry.precision,
        round(entry.precision_m) if entry.precision_m else None,
        chosen,
    )

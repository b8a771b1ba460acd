"""Names that mean no place or several, and what knows them."""

from collections.abc import Sequence
from typing import Any

from dashboard.errors.root import AtlasError

__all__ = ["AmbiguousPlaceError", "GazetteerError", "PlaceDecisionError", "UnknownPlaceError"]


class GazetteerError(AtlasError, OSError):
    """The gazetteer file is missing, damaged or of another version."""


class PlaceDecisionError(AtlasError, ValueError):
    """A place that cannot be decided, changed or taken back by hand as asked.

    Parameters
    ----------
    problems
        One sentence for each reason, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Nothing was saved. " + " ".join(f"{problem}." for problem in problems))
        self.problems = tuple(problems)


class UnknownPlaceError(AtlasError, LookupError):
    """No gazetteer entry answers to a name.

    Parameters
    ----------
    name
        The toponym as written.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No place is known as {name!r}: check the spelling, name its country, "
            "or decide it by hand in data/places.csv"
        )
        self.name = name


class AmbiguousPlaceError(AtlasError, LookupError):
    """Several places answer to a name and none stands out.

    Parameters
    ----------
    name
        The toponym as written.
    candidates
        The places that answer to it, best first.
    """

    def __init__(self, name: str, candidates: Sequence[Any]) -> None:
        super().__init__(f"{name!r} could be any of {len(candidates)} places: name its country to choose")
        self.name = name
        self.candidates = tuple(candidates)

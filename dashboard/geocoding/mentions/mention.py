"""What recognition hands on: a span of the text that names a place, and in what sense it does."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["PlaceMention", "Sense"]

Sense = Literal["place", "actor", "government"]
"""``place``: somewhere; ``actor``: a country that says or does something ("India said"), still on the map;
``government``: a capital that stands for its government ("Rabat and Tel Aviv agreed"), nowhere."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named in a text.

    Parameters
    ----------
    surface
        The words as written: always ``text[start:end]``.
    start
        Offset of the first character in the text.
    end
        Offset after the last character.
    reading
        The words to look up: without a glued prefix, a case ending or an unknown generic word.
    language
        ISO 639-1 code of the text.
    sense
        ``place``, ``actor`` or ``government``.
    """

    surface: str
    start: int
    end: int
    reading: str
    language: str
    sense: Sense = "place"

    @property
    def literal(self) -> bool:
        """Whether something can happen there: it stands for a place, not for a government."""
        return self.sense != "government"

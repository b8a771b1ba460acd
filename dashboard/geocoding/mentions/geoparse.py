# ruff: noqa: RUF001 - Cyrillic letters
"""Text in, places out: recognition, then resolution of all mentions together."""

import re
from dataclasses import replace
from typing import Final

from dashboard.geocoding.candidates import Resolution
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.mentions.mention import PlaceMention
from dashboard.geocoding.mentions.recognise import read_mentions
from dashboard.geocoding.resolution import resolve, resolve_all

__all__ = ["geoparse", "geoparse_with_hints"]

_INSIDE: Final = re.compile(
    r"\s?[,(\u060c]\s?|,?\s(?:"
    r"in|in the|near|near the|outside|à|en|dans le|dans la|près de|cerca de|a las afueras de|im|bei|в|у|في|ב"
    r")\s?"
)


def geoparse(
    text: str,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    language: str | None = None,
    governments: bool = False,
) -> list[tuple[PlaceMention, Resolution]]:
    """Find the places that a text names and decide where they are.

    Parameters
    ----------
    text
        The text, of any length.
    gazetteer
        The names that are known.
    hand_decided
        Places that win over the gazetteer.
    language
        ISO 639-1 code; guessed when None.
    governments
        Whether to give also the capitals that stand for their governments.

    Returns
    -------
    list of (PlaceMention, Resolution)
        In order of the text.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    found, _ = geoparse_with_hints(text, gazetteer=gazetteer, hand_decided=hand_decided, language=language)
    return [(mention, resolution) for mention, resolution in found if governments or mention.literal]


def geoparse_with_hints(
    text: str,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    language: str | None = None,
) -> tuple[list[tuple[PlaceMention, Resolution]], list[PlaceMention]]:
    """Find the places and governments of a text, where they are, and what else tells where it is set.

    Parameters
    ----------
    text
        The text, of any length.
    gazetteer
        The names that are known.
    hand_decided
        Places that win over the gazetteer.
    language
        ISO 639-1 code; guessed when None.

    Returns
    -------
    list of (PlaceMention, Resolution), list of PlaceMention
        The places and governments in order of the text; and hints, each once: demonyms, and areas in names of
        organisations.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    mentions, hints = read_mentions(text, gazetteer=gazetteer, language=language)
    if not mentions:
        return [], hints
    # Governments, demonyms and the areas in names of organisations say where a text is set; but "Washington"
    # of the sanctions says nothing of the Washington near Sunderland.
    named = {mention.reading for mention in mentions if mention.literal}
    witnesses = [one for one in (*mentions, *hints) if one.reading not in named]
    together = sorted(
        [*(mention for mention in mentions if mention.literal), *witnesses], key=lambda one: one.start
    )
    decided = resolve_all(
        [mention.reading for mention in together],
        gazetteer=gazetteer,
        hand_decided=hand_decided,
        starts=[mention.start for mention in together],
    )
    by_start = {mention.start: resolution for mention, resolution in zip(together, decided, strict=True)}
    resolutions = [
        by_start.get(mention.start)
        or resolve(mention.reading, gazetteer=gazetteer, hand_decided=hand_decided)
        for mention in mentions
    ]
    resolutions = _placed_by_their_neighbours(text, mentions, resolutions)
    return list(zip(mentions, resolutions, strict=True)), hints


def _placed_by_their_neighbours(
    text: str, mentions: list[PlaceMention], resolutions: list[Resolution]
) -> list[Resolution]:
    """Give unknown places the area or town named right behind them: "at Jiupeng, Pingtung County"."""
    placed: dict[str, Resolution] = {}
    for n in range(len(mentions) - 1):
        between = text[mentions[n].end : mentions[n + 1].start]
        around = resolutions[n + 1].chosen
        if resolutions[n].status == "unknown" and around is not None and _INSIDE.fullmatch(between):
            reason = f"not in the gazetteer; {mentions[n + 1].surface} stands for it, named right behind it"
            reading = mentions[n].reading
            placed[reading] = replace(resolutions[n + 1], name=reading, candidates=(around,), reason=reason)
    return [
        placed.get(mention.reading, resolution) if resolution.status == "unknown" else resolution
        for mention, resolution in zip(mentions, resolutions, strict=True)
    ]

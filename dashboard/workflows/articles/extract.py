"""Articles in, cited proposals out: the geocoding room's places joined to the article room's engine."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from dashboard.articles.engine import extract
from dashboard.articles.finding.names import ActorTable, KnownActor
from dashboard.articles.places import NamedPlace, PlaceSense
from dashboard.articles.proposals import EventProposal, Extraction, SiteProposal
from dashboard.articles.reading import Article
from dashboard.domain.records import Actor
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.geocoding.candidates import Candidate, Resolution, Tier, distance_m
from dashboard.geocoding.mentions.geoparse import geoparse_with_hints
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.mention import PlaceMention
from dashboard.geocoding.mentions.tokens import Tokens
from dashboard.geocoding.resolution import resolve

__all__ = ["actor_table", "as_evaluation", "extract_article", "named_places"]

_NEIGHBOUR: Final = 60
_PARAGRAPH: Final = 400
_DIVISION: Final = 3
_LARGE: Final = 100_000
_TOWN_M: Final = 50_000.0
_NEAR_M: Final = 100_000.0


def extract_article(
    article: Article,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    actors: ActorTable | None = None,
) -> Extraction:
    """Propose the events and sites that an article speaks of.

    Parameters
    ----------
    article
        The article as read.
    gazetteer
        Where its places are looked up.
    hand_decided
        Places that win over the gazetteer.
    actors
        Actors of the atlas, which are linked to their records.

    Returns
    -------
    Extraction
        Proposals with their quotes.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    language = article.language or guess_language(article.text, Tokens(article.text))
    places = named_places(article.text, language, gazetteer=gazetteer, hand_decided=hand_decided)
    return extract(replace(article, language=language), places, actors)


def actor_table(actors: Iterable[Actor]) -> ActorTable:
    """Make the dictionary of actors from the atlas's own.

    Parameters
    ----------
    actors
        Actors of the atlas; states are left out, since they are places too.

    Returns
    -------
    ActorTable
        The dictionary.
    """
    return ActorTable(
        KnownActor(actor.id, (actor.name, *actor.names), actor.kind)
        for actor in actors
        if actor.kind != "state"
    )


def named_places(
    text: str, language: str, *, gazetteer: Gazetteer, hand_decided: HandDecidedPlaces | None = None
) -> list[NamedPlace]:
    """Find the places of a text in the form the engine takes.

    Parameters
    ----------
    text
        The whole text.
    language
        ISO 639-1 code.
    gazetteer
        Where they are looked up.
    hand_decided
        Places that win over the gazetteer.

    Returns
    -------
    list of NamedPlace
        In order; an ambiguous name is given its likeliest place and marked as doubtful, an unknown one the
        town named beside it.
    """
    found, hints = geoparse_with_hints(
        text, gazetteer=gazetteer, hand_decided=hand_decided, language=language
    )
    named = Counter(resolution.chosen.entry.country for _, resolution in found if resolution.chosen)
    usual = named.most_common(1)[0][0] if named else ""
    places = [_named(mention, resolution, named, usual) for mention, resolution in found]
    places = [_beside(place, places) for place in places]
    taken = [(place.start, place.end) for place in places]
    for hint in hints:
        resolution = resolve(hint.reading, gazetteer=gazetteer, hand_decided=hand_decided)
        if resolution.chosen is not None and resolution.chosen.entry.country:
            places.extend(
                _place(surface, start, resolution.chosen, "demonym")
                for surface, start in _again(text, hint)
                if not any(first < start + len(surface) and start < last for first, last in taken)
            )
    return sorted(places, key=lambda place: place.start)


def _again(text: str, hint: PlaceMention) -> Iterator[tuple[str, int]]:
    """Give all places of the text where a hint stands: hints are given once each."""
    for match in re.finditer(rf"\b{re.escape(hint.surface)}\b", text):
        yield match.group(), match.start()


def _named(mention: PlaceMention, resolution: Resolution, named: Counter[str], usual: str) -> NamedPlace:
    sense: PlaceSense = mention.sense
    chosen = _town_of(resolution)
    if chosen is not None and not _is_stray(mention.surface, chosen, named, usual):
        place = _place(mention.surface, mention.start, chosen, sense)
        # The geocoding room says so itself when the place behind a name stands in for it.
        return (
            replace(place, kind="unlisted", doubtful=True)
            if resolution.name != chosen.entry.name and (resolution.reason.startswith("not in the gazetteer"))
            else place
        )
    likely = [one for one in resolution.candidates if one.entry.country == usual]
    if not likely and chosen is None:
        likely = list(resolution.candidates)
    if likely:
        return _place(mention.surface, mention.start, likely[0], sense, doubtful=True)
    return NamedPlace(mention.surface, mention.start, mention.end, sense, "unlisted")


def _town_of(resolution: Resolution) -> Candidate | None:
    """Give the town rather than the division of its name: Taichung is a city to a newspaper."""
    chosen = resolution.chosen
    if chosen is None or chosen.entry.kind != "division" or chosen.entry.point is None:
        return chosen
    centre = chosen.entry.point
    for one in resolution.candidates:
        entry = one.entry
        is_town = entry.kind in ("city", "capital") and entry.country == chosen.entry.country
        if is_town and entry.point is not None and distance_m(entry.point, centre) <= _TOWN_M:
            return one
    return chosen


def _is_stray(surface: str, chosen: Candidate, named: Counter[str], usual: str) -> bool:
    """Whether a small town was met under another name than its own, in a country that nothing else names.

    A large one has names in many languages, and any town has another in a script without capitals.
    """
    entry = chosen.entry
    if chosen.tier == Tier.NAME or entry.kind != "city" or entry.country == usual:
        return False
    known = entry.population >= _LARGE and named[entry.country] > 1
    if known or surface[:1].lower() == surface[:1].upper():
        return False
    return named[entry.country] <= 2  # noqa: PLR2004 - the name itself, perhaps twice


def _place(
    surface: str, start: int, chosen: Candidate, sense: PlaceSense, *, doubtful: bool = False
) -> NamedPlace:
    entry = chosen.entry
    return NamedPlace(
        surface,
        start,
        start + len(surface),
        sense,
        entry.kind,
        entry.name,
        entry.country,
        entry.lat,
        entry.lon,
        entry.precision,
        entry.precision_m,
        entry.place_id,
        doubtful,
    )


def _beside(place: NamedPlace, places: list[NamedPlace]) -> NamedPlace:
    """Give a name that no gazetteer knows, or a doubtful one, the town named right behind it.

    An unknown name may take the town named before it as well.
    """
    if not (place.doubtful or (place.kind == "unlisted" and place.lat is None)):
        return place
    towns = [
        other for other in places if other.is_local and not other.doubtful and other.surface != place.surface
    ]
    near = next((other for other in towns if 0 <= other.start - place.end <= _NEIGHBOUR), None)
    if place.doubtful:
        if near is None or near.country != place.country or _within(place, near):
            return place
    elif near is None:
        areas = [
            other
            for other in places
            if other.rank <= _DIVISION and other.lat is not None and other.sense == "place"
        ]
        before = [other for other in areas if 0 <= place.start - other.end <= _PARAGRAPH]
        near = before[-1] if before else areas[0] if areas else None
        if near is None:
            return place
    return replace(
        near,
        surface=place.surface,
        start=place.start,
        end=place.end,
        sense=place.sense,
        kind="unlisted",
        name=place.surface,
        precision="near",
        precision_m=25_000.0,
        place_id="",
        doubtful=True,
    )


def _within(first: NamedPlace, second: NamedPlace) -> bool:
    if first.lat is None or first.lon is None or second.lat is None or second.lon is None:
        return False
    return distance_m((first.lat, first.lon), (second.lat, second.lon)) <= _NEAR_M


_STATUS: Final = {"cancelled": "denied"}


def as_evaluation(extraction: Extraction) -> dict[str, list[dict[str, Any]]]:
    """Write an extraction in the form of the evaluation files.

    Parameters
    ----------
    extraction
        Proposals and places.

    Returns
    -------
    dict
        ``events`` without the unconfirmed ones, which the evaluation counts as no records; ``sites`` and
        ``toponyms``.
    """
    return {
        "events": [_event(event) for event in extraction.events if event.status != "unconfirmed"],
        "sites": [_site(site) for site in extraction.sites],
        "toponyms": [
            {
                "surface": place.surface,
                "start": place.start,
                "end": place.end,
                "lat": place.lat,
                "lon": place.lon,
                "country": place.country or None,
                "geonames_name": place.name,
                "kind": place.kind,
            }
            for place in extraction.places
            if place.sense in ("place", "actor")
        ],
    }


def _where(place: NamedPlace | None) -> dict[str, Any]:
    if place is None:
        return {"place": None, "country": None, "lat": None, "lon": None, "precision": "none"}
    return {
        "place": place.surface,
        "country": place.country or None,
        "lat": place.lat,
        "lon": place.lon,
        "precision": place.precision,
    }


def _event(event: EventProposal) -> dict[str, Any]:
    return {
        "type": event.kind,
        "title": event.title,
        "status": _STATUS.get(event.status, event.status),
        "date": event.date.text or None,
        **_where(event.place),
        "actors": [actor.value for actor in event.actors],
        "products": [product.value for product in event.products],
        "evidence": event.quote.text,
    }


def _site(site: SiteProposal) -> dict[str, Any]:
    return {
        "name": site.name,
        "type": site.kind,
        "status": site.status,
        **_where(site.place),
        "operators": [actor.value for actor in site.operators],
        "products": [product.value for product in site.products],
        "evidence": site.quote.text,
    }

"""Which of the places that a page names is that of an event: all of them are weighed against each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.articles.assembling.merging import same_place
from dashboard.articles.finding.sentence import LocatedName
from dashboard.articles.learned.candidates import Candidate, Telling
from dashboard.articles.places import NamedPlace

__all__ = ["PlaceOption", "PlaceTable", "place_features", "place_options"]

_STEPS: Final = (0.3, 0.8, 1.3, 2.0, 3.0, 4.5)
_CUES: Final = (
    "locative", "at_place", "recipient", "origin", "away", "partner", "home", "making", "basing", "definite",
)  # fmt: skip
_POINTING: Final = frozenset({"there", "here", "definite", "own_state"})
_MOST_BACK: Final = 4
_MOST_OPTIONS: Final = 60
"""Mentions of places that are weighed for one event, the nearest in the text first."""
_SUBJECT: Final = 2
"""A name before this word is what the sentence speaks of."""
_BY_KIND: Final = (
    "form:", "rule:", "here:", "home", "abroad", "cue:", "main", "memory:", "dateline", "headline",
)  # fmt: skip
"""What means one thing for a visit and another for an order."""


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """A place that may be that of an event.

    Parameters
    ----------
    place
        The place.
    telling
        The sentence that names it; None for the dateline.
    name
        Where in that sentence.
    """

    place: NamedPlace
    telling: Telling | None
    name: LocatedName | None


@dataclass(slots=True)
class PlaceTable:
    """The places of a story, gathered once for all its events.

    Parameters
    ----------
    options
        Each mention, in order, and the dateline.
    counts
        How often each is named.
    last
        The last town named before each sentence, by where the sentence starts.
    site_kinds
        Kinds of the sites at each place.
    last_site
        Place of the last site told up to each sentence.
    """

    options: list[PlaceOption]
    counts: Counter[str]
    last: dict[int, PlaceOption | None]
    site_kinds: dict[str, set[str]]
    last_site: dict[int, str]

    @staticmethod
    def of(tellings: list[Telling]) -> "PlaceTable":
        """Gather the places of a story.

        Parameters
        ----------
        tellings
            All its sentences, headlines too.

        Returns
        -------
        PlaceTable
            The places that are somewhere.
        """
        options = [
            PlaceOption(name.place, telling, name)
            for telling in tellings
            for name in telling.sentence.places
            if name.place.lat is not None or name.place.country
        ]
        dateline = tellings[0].story.dateline if tellings else None
        if dateline is not None:
            options.append(PlaceOption(dateline, None, None))
        towns = {id(one.telling): one for one in options if one.telling is not None and one.place.is_local}
        last: dict[int, PlaceOption | None] = {}
        town: PlaceOption | None = None
        for telling in tellings:
            last[telling.sentence.start] = town
            town = towns.get(id(telling), town)
        counts = Counter(key_of(option.place) for option in options)
        return PlaceTable(options, counts, last, *_sites_of(tellings))

    def last_town(self, telling: Telling) -> PlaceOption | None:
        """Give the last town that is named before a sentence.

        Parameters
        ----------
        telling
            The sentence.

        Returns
        -------
        PlaceOption or None
            The town.
        """
        return self.last.get(telling.sentence.start)


def _sites_of(tellings: Sequence[Telling]) -> tuple[dict[str, set[str]], dict[int, str]]:
    """Gather the kinds of sites at each place, and the place of the last one told up to each sentence."""
    kinds: dict[str, set[str]] = {}
    last_site: dict[int, str] = {}
    sites = tellings[0].memory.sites if tellings else []
    for site in sites:
        kinds.setdefault(key_of(site.place), set()).add(site.kind)
    told = 0
    for telling in tellings:
        while told < len(sites) and sites[told].sentence.start <= telling.sentence.start:
            told += 1
        if told:
            last_site[telling.sentence.start] = key_of(sites[told - 1].place)
    return kinds, last_site


def key_of(place: NamedPlace) -> str:
    """Name a place so that two mentions of it have one name.

    Parameters
    ----------
    place
        A place.

    Returns
    -------
    str
        Its id, else its name and country.
    """
    return place.place_id or f"{place.name or place.surface}|{place.country}"


def place_options(candidate: Candidate, table: PlaceTable) -> list[PlaceOption]:
    """List the places that may be that of an event.

    Parameters
    ----------
    candidate
        The event.
    table
        Places of its story.

    Returns
    -------
    list of PlaceOption
        Mentions; what the rules chose is among them.
    """
    chosen, own = candidate.event.place, candidate.telling.sentence
    options = table.options
    if len(options) > _MOST_OPTIONS:
        options = sorted(options, key=lambda one: abs(one.place.start - own.start))[:_MOST_OPTIONS]
    options = list(options)
    if chosen is not None and not any(option.place is chosen for option in options):
        options.append(PlaceOption(chosen, None, None))
    return options


def place_features(candidate: Candidate, option: PlaceOption, table: PlaceTable) -> dict[str, float]:
    """Say what the model sees of a place beside an event.

    Parameters
    ----------
    candidate
        The event.
    option
        The place.
    table
        Places of its story.

    Returns
    -------
    dict of str to float
        Names of features with their values.
    """
    own = list(_about_both(candidate, option, table))
    features = dict.fromkeys(own, 1.0)
    features.update((f"{candidate.kind}|{name}", 1.0) for name in own if name.startswith(_BY_KIND))
    return features


def _about_both(candidate: Candidate, option: PlaceOption, table: PlaceTable) -> Iterator[str]:
    place, event = option.place, candidate.event
    where = _where(candidate, option)
    form = f"{place.sense}{place.rank}"
    yield f"form:{form}"
    yield where
    yield f"{where}/{form}"
    if event.place is not None:
        if event.place is place:
            yield f"rule:{event.basis}"
            yield f"rule:{event.basis}/{place.rank}"
        elif same_place(event.place, place):
            yield f"as_rule:{event.basis}"
        elif event.place.country == place.country:
            yield "country_of_rule"
            yield f"country_of_rule/{place.rank}>{event.place.rank}"
    yield from _in_its_sentence(candidate, option, where)
    yield from _told_with(candidate, option, where, table)
    yield from _in_its_story(candidate, option, table)
    yield from _of_sites(candidate, option, table)
    yield from _countries(candidate, option)
    yield from _pointed_at(candidate, option, where, table)


def _pointed_at(candidate: Candidate, option: PlaceOption, where: str, table: PlaceTable) -> Iterator[str]:
    """Say how it stands to words that point at a place: "there", "here", "the", "the ministry"."""
    own, place = candidate.telling, option.place
    clause = own.finds.clauses[candidate.clause]
    pointing = {hit.label for hit in own.sentence.cues if clause.meets(hit.first, hit.last)}
    for cue in sorted(pointing & _POINTING):
        yield f"{cue}|{where}/{'town' if place.is_local else 'land'}"
        if option is table.last_town(own):
            yield f"{cue}|last_town"
        if own.story.main is not None and same_place(place, own.story.main):
            yield f"{cue}|main"


def _where(candidate: Candidate, option: PlaceOption) -> str:
    telling, name = option.telling, option.name
    if telling is None or name is None:
        return "dateline"
    sentence, own = telling.sentence, candidate.telling.sentence
    if telling is candidate.telling:
        return f"here:{_step(candidate, name)}"
    if sentence.headline:
        return "headline"
    paragraph = "par" if sentence.paragraph == own.paragraph else "far"
    back = own.position - sentence.position
    return f"{paragraph}:{max(-1, min(back, _MOST_BACK))}"


def _step(candidate: Candidate, name: LocatedName) -> str:
    finds = candidate.telling.finds
    clause, sentence = finds.clauses[candidate.clause], finds.sentence
    if clause.meets(name.first, name.last):
        return "in"
    behind = name.first > clause.last
    edge = sentence.apart(clause.last, name.first) if behind else sentence.apart(name.last, clause.first)
    return f"{'>' if behind else '<'}{sum(edge > step for step in _STEPS)}"


def _in_its_sentence(candidate: Candidate, option: PlaceOption, where: str) -> Iterator[str]:
    telling, name = option.telling, option.name
    if telling is None or name is None:
        return
    sentence, near = telling.sentence, where.split(":", maxsplit=1)[0]
    glued = sentence.tokens[name.first].start < name.place.start
    cues = [cue.label for cue in sentence.cues if cue.last == name.first - 1 and cue.label in _CUES]
    for cue in dict.fromkeys(["glued", *cues] if glued else cues):
        yield f"cue:{cue}"
        yield f"cue:{cue}/{near}/{name.place.rank}"
    if not cues and not glued:
        yield f"uncued/{near}/{name.place.sense}{name.place.rank}"
    before = sentence.tokens[name.first - 1].folded if name.first else "<"
    yield f"before:{before}"
    if name.last + 1 < len(sentence.tokens):
        yield f"behind:{sentence.tokens[name.last + 1].folded[:6]}"
    for other in sentence.places:
        step = other.first - name.last
        if 0 < step <= 2 and other.place.rank > name.place.rank and other.place.country == name.place.country:  # noqa: PLR2004 - "X, Y"
            yield "inside_next"
        if -2 <= other.last - name.first < 0 and other.place.rank < name.place.rank:  # noqa: PLR2004 - "X, Y"
            yield "holds_last"
    if near == "here":
        yield from _among_others(candidate, name)


def _among_others(candidate: Candidate, name: LocatedName) -> Iterator[str]:
    """Say how it stands to the other places and the other events of the sentence."""
    finds, sentence = candidate.telling.finds, candidate.telling.sentence
    clause = finds.clauses[candidate.clause]
    local = [other for other in sentence.places if other.place.is_local]
    if name.place.is_local:
        yield f"locals:{min(len(local), 3)}"
        middle = (clause.first + clause.last) // 2
        nearest = min(local, key=lambda other: sentence.apart(other.first, middle))
        if nearest is name:
            yield "nearest_local"
    elif local:
        yield "town_is_here"
    for mention in finds.mentions:
        if clause.meets(mention.first, mention.last):
            continue
        theirs = min(sentence.apart(name.first, mention.first), sentence.apart(name.last, mention.last))
        if theirs < min(sentence.apart(name.first, clause.first), sentence.apart(name.last, clause.last)):
            yield "nearer_another"
            break


def _told_with(candidate: Candidate, option: PlaceOption, where: str, table: PlaceTable) -> Iterator[str]:
    """Say whether it is the last place named before, and what its sentence shares with the event's."""
    own, telling, place = candidate.telling, option.telling, option.place
    locals_here = [name for name in own.sentence.places if name.place.is_local]
    here = f"{min(len(locals_here), 2)}"
    group = "town" if place.is_local else f"{place.sense}{place.rank}"
    yield f"{where}/{group}/towns_here:{here}"
    if telling is None or option.name is None:
        return
    if telling is own:
        clause = own.finds.clauses[candidate.clause]
        inside = [name for name in locals_here if clause.meets(name.first, name.last)]
        if len(inside) == 1 and inside[0] is option.name:
            yield "only_town_of_clause"
        if len(locals_here) == 1 and locals_here[0] is option.name:
            yield "only_town_of_sentence"
        head = candidate.event.mention.hits
        step = min(
            own.sentence.apart(*ends)
            for hit in head
            for ends in ((hit.last, option.name.first), (hit.first, option.name.last))
        )
        yield f"from_words:{sum(step > limit for limit in _STEPS)}/{group}"
        return
    if place.is_local and option is table.last_town(own):
        yield f"last_town/towns_here:{here}"
        yield "last_town/same_paragraph" if where.startswith("par") else "last_town"
    shared = len(own.names & telling.names)
    yield f"shared:{min(shared, 2)}/{group}/towns_here:{here}"


def _of_sites(candidate: Candidate, option: PlaceOption, table: PlaceTable) -> Iterator[str]:
    """Say whether it is where a site is, and whether the event's words name a site of that kind."""
    own, place = candidate.telling, option.place
    near = "here" if option.telling is own else "else"
    there = table.site_kinds.get(key_of(place))
    if there is None:
        return
    clause = own.finds.clauses[candidate.clause]
    inside = {hit.label for hit in own.sentence.sites if clause.meets(hit.first, hit.last)}
    around = {hit.label for hit in own.sentence.sites}
    towns = min(sum(name.place.is_local for name in own.sentence.places), 2)
    yield f"of_site/{near}"
    if inside & there:
        yield f"of_site/{near}/clause/{towns}"
    elif around & there:
        yield f"of_site/{near}/sentence/{towns}"
    if table.last_site.get(own.sentence.start) == key_of(place):
        yield f"last_site/{towns}"
        if inside & there:
            yield f"last_site/clause/{towns}"
    if own.memory.sites and key_of(own.memory.sites[0].place) == key_of(place):
        yield f"first_site/{towns}"


def _countries(candidate: Candidate, option: PlaceOption) -> Iterator[str]:
    """Say how its country stands to those that the clause and the subject name."""
    own, country = candidate.telling, option.place.country
    clause = own.finds.clauses[candidate.clause]
    named = (name for name in own.sentence.places if clause.meets(name.first, name.last))
    inside = {name.place.country for name in named} - {""}
    rank = "town" if option.place.is_local else "land"
    if inside:
        yield f"clause_country:{'same' if country in inside else 'other'}/{rank}"
    subject = next((name for name in own.sentence.places if name.first <= _SUBJECT), None)
    if subject is not None and subject.place.country:
        same = "same" if subject.place.country == country else "other"
        yield f"subject:{subject.place.sense}/{same}/{rank}"
        yield f"subject:{subject.place.sense}/{same}/{candidate.kind}"


def _in_its_story(candidate: Candidate, option: PlaceOption, table: PlaceTable) -> Iterator[str]:
    place, telling = option.place, candidate.telling
    story, memory = telling.story, telling.memory
    if story.main is not None and same_place(place, story.main):
        yield "main"
    yield "home" if place.country == story.country else "abroad"
    spoken_of = (("last", memory.place), ("recipient", memory.recipient), ("country", memory.country))
    for label, other in spoken_of:
        if other is not None and (other is place or key_of(other) == key_of(place)):
            yield f"memory:{label}"
    countries = {name.place.country for name in telling.sentence.places if name.place.country}
    if countries:
        yield "country_here" if place.country in countries else "country_elsewhere"
    yield f"named:{min(table.counts[key_of(place)], 4)}"
    if place.doubtful:
        yield "doubtful"
    if place.lat is None:
        yield "pointless"
    yield f"place:{place.kind}"

"""Where a site may be told: each town of a page with each sentence that names it or may speak of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.places import NamedPlace

__all__ = ["Ground", "Unit", "read_grounds", "towns_of"]

_Key: TypeAlias = tuple[str, ...]


@dataclass(slots=True, eq=False)
class Unit:
    """A town in a sentence.

    Parameters
    ----------
    ground
        The town.
    sentence
        The sentence.
    names
        Where the sentence names it; none when the sentence names no town.
    roles
        Why it may speak of this town all the same: the ``last`` named (``near``: in its paragraph), the
        ``main`` one, that of the ``dateline``, the ``only`` one so far.
    """

    ground: "Ground"
    sentence: Sentence
    names: list[LocatedName] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Ground:
    """A town of a page.

    Parameters
    ----------
    place
        The town as it is named first.
    units
        Sentences that name it or may speak of it.
    rules
        What the rules have found there.
    named
        How often it is named.
    main
        Whether a story is about it.
    home
        Whether it lies in the country of a story that names it.
    dateline
        Whether it is that of a dateline.
    """

    place: NamedPlace
    units: list[Unit] = field(default_factory=list)
    rules: list[FoundSite] = field(default_factory=list)
    named: int = 0
    main: bool = False
    home: bool = False
    dateline: bool = False


def towns_of(sentence: Sentence) -> list[LocatedName]:
    """Give the places of a sentence that a site can stand in.

    Parameters
    ----------
    sentence
        A sentence.

    Returns
    -------
    list of LocatedName
        Towns and finer places whose point is known.
    """
    return [name for name in sentence.places if name.place.is_local]


def read_grounds(stories: Sequence[Story], found: Sequence[FoundSite]) -> list[Ground]:
    """Read the towns of a page with the sentences that may tell of a site there.

    Parameters
    ----------
    stories
        Stories of the page.
    found
        Sites that the rules have found in them.

    Returns
    -------
    list of Ground
        In order of their first name.
    """
    page = _Page()
    for story in stories:
        page.read(story)
    for site in found:
        if site.place.is_local:
            page.ground_of(site.place).rules.append(site)
    return page.grounds


@dataclass(slots=True)
class _Page:
    grounds: list[Ground] = field(default_factory=list)
    known: dict[_Key, Ground] = field(default_factory=dict)

    def ground_of(self, place: NamedPlace) -> Ground:
        """Give the town that a name means; two names are of one town by id, else by words or by point."""
        keys = list(_keys(place))
        ground = next((self.known[key] for key in keys if self._means(key, place)), None)
        if ground is None:
            ground = Ground(place)
            self.grounds.append(ground)
        for key in keys:
            self.known.setdefault(key, ground)
        return ground

    def _means(self, key: _Key, place: NamedPlace) -> bool:
        ground = self.known.get(key)
        if ground is None:
            return False
        other = ground.place.place_id
        return not (other and place.place_id) or other == place.place_id

    def read(self, story: Story) -> None:
        dateline = self._local(story.dateline)
        if dateline is not None:
            dateline.dateline = True
        for sentence in story.sentences:
            for name in towns_of(sentence):
                self._note(self.ground_of(name.place), sentence, name, story)
        main = self._local(story.main)
        if main is not None:
            main.main = True
        self._read_unnamed(story, main, dateline)

    def _local(self, place: NamedPlace | None) -> Ground | None:
        return self.ground_of(place) if place is not None and place.is_local else None

    @staticmethod
    def _note(ground: Ground, sentence: Sentence, name: LocatedName, story: Story) -> None:
        ground.named += 1
        ground.home = ground.home or story.country == ground.place.country
        if not ground.units or ground.units[-1].sentence is not sentence:
            ground.units.append(Unit(ground, sentence))
        ground.units[-1].names.append(name)

    def _read_unnamed(self, story: Story, main: Ground | None, dateline: Ground | None) -> None:
        """Give each sentence without a town those that it may speak of."""
        last: Ground | None = None
        paragraph = -1
        for sentence in story.sentences:
            towns = towns_of(sentence)
            if towns:
                last, paragraph = self.ground_of(towns[-1].place), sentence.paragraph
                continue
            known = [ground for ground in (last, main, dateline) if ground is not None]
            for ground in dict.fromkeys(known):
                roles = list(_roles(ground, last, main, dateline, near=paragraph == sentence.paragraph))
                ground.units.append(Unit(ground, sentence, roles=roles))


def _keys(place: NamedPlace) -> Iterator[_Key]:
    if place.place_id:
        yield "id", place.place_id
    yield "words", place.surface, place.country
    if place.lat is not None and place.lon is not None:
        yield "point", place.name, f"{place.lat:.2f}", f"{place.lon:.2f}"


def _roles(
    ground: Ground, last: Ground | None, main: Ground | None, dateline: Ground | None, *, near: bool
) -> Iterator[str]:
    if ground is last:
        yield "near" if near else "last"
    if ground is main:
        yield "main"
        if last is None and dateline is None:
            yield "only"
    if ground is dateline:
        yield "dateline"

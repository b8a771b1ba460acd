"""What the models of sites see of a town in a sentence.

There are two kinds of features. Those of the unit (``unit``) have a weight for each kind of site. Those of a
kind (``kinds``) say how that kind is spoken of, "its noun stands right before", and have one weight for all
kinds: what is learned from factories serves launch sites too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.learned.sites_concepts import KIND_OF_CONCEPT
from dashboard.articles.learned.sites_sentence import SentenceView, SiteWord, buckets, stem
from dashboard.articles.learned.sites_units import Ground, Unit

__all__ = ["KINDS", "Features", "page_features"]

KINDS: Final = (
    "factory", "shipyard", "headquarters", "laboratory", "test_range", "maintenance", "depot", "base",
    "training", "launch_site", "office",
)  # fmt: skip

_CLAUSE: Final = 1.0
_PHRASE: Final = 0.6
_NEAR: Final = 1.5
_FAR: Final = 2.6
_OBJECT: Final = 1.2
_STATUS: Final = 1.6
_SPOKEN: Final = 2.4
_PATH_WORDS: Final = 5
_SHORT_WORD: Final = 4
_MOST_TOWNS: Final = 4
_LEAD: Final = 1
_NONE: Final = 99.0


@dataclass(slots=True)
class Features:
    """Features of a unit.

    Parameters
    ----------
    unit
        Those that have a weight for each kind.
    kinds
        For each kind those that have one weight for all.
    speakers
        For each kind the nearest word that speaks for it, by its index.
    """

    unit: set[str] = field(default_factory=set)
    kinds: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    speakers: dict[str, int] = field(default_factory=dict)


def page_features(grounds: Sequence[Ground], language: str) -> list[tuple[Unit, Features]]:
    """Give the features of all units of a page.

    Parameters
    ----------
    grounds
        Towns of the page.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    list of tuple of (Unit, Features)
        In order.
    """
    views: dict[int, SentenceView] = {}
    for ground in grounds:
        for unit in ground.units:
            views.setdefault(id(unit.sentence), SentenceView(unit.sentence, language))
    spoken = dict.fromkeys(KINDS, 0)
    for view in views.values():
        for word in view.words:
            spoken[word.kind] += 1
    made = []
    for ground in grounds:
        for unit in ground.units:
            features = Features()
            view = views[id(unit.sentence)]
            if unit.names:
                _add_named(features, view, unit.names)
            else:
                _add_unnamed(features, view, unit.roles)
            _add_rules(features, unit)
            _add_ground(features, ground, len(grounds), language)
            for kind in KINDS:
                features.kinds[kind].update(f"page>={n}" for n in (1, 2, 4) if spoken[kind] >= n)
            made.append((unit, features))
    return made


def _add_ground(features: Features, ground: Ground, towns: int, language: str) -> None:
    """Add what the page says of the town as a whole, and what the rules found there."""
    add = features.unit
    add.update(f"named>={n}" for n in (2, 3, 5) if ground.named >= n)
    add.update(f"towns>={n}" for n in (2, 4, 7) if towns >= n)
    add.update(("home" if ground.home else "abroad", f"language:{language}"))
    add.update(word for word in ("main", "dateline") if getattr(ground, word))
    if not ground.named:
        add.add("unnamed")
    for kind in KINDS:
        found = [site for site in ground.rules if site.kind == kind]
        if found:
            add.add(f"rules:{kind}")
            features.kinds[kind].update(f"rules:{site.status}" for site in found)
            features.kinds[kind].add(f"rules:{min(3, len(found))}")
        else:
            features.kinds[kind].add("rules:other" if ground.rules else "rules:none")


def _add_rules(features: Features, unit: Unit) -> None:
    """Add what the rules found of this town in this sentence."""
    for site in unit.ground.rules:
        if site.sentence is not unit.sentence:
            continue
        features.unit.add(f"here:{site.kind}")
        mine = features.kinds[site.kind]
        mine.add(f"here:{site.status}")
        if site.fresh:
            mine.add("here:fresh")
        if site.here is None:
            mine.add("here:unsaid")
        elif unit.names and site.here.last < site.first:
            mine.add("here:behind")


def _add_named(features: Features, view: SentenceView, names: list[LocatedName]) -> None:
    near, own = view.shares(names)
    _add_shares(features, view, near, own)
    for name in names:
        listed = view.listed(name)
        whole = replace(name, first=listed[0].first, last=listed[-1].last)
        _add_name(features.unit, view, name)
        _add_beside(features.unit, view, whole)
        _add_clause(features.unit, view, name)
        _add_site_words(features, view, whole)
        _add_finds(features.unit, view.sentence, whole)
    _add_speakers(features, view, near, "")
    sentence = view.sentence
    features.unit.add("named")
    features.unit.add("headline" if sentence.headline else f"position:{min(sentence.position, 4)}")
    features.unit.add(f"towns:{min(len(view.towns), _MOST_TOWNS)}")
    if sentence.dates:
        features.unit.add("dated")
    if not view.words:
        features.unit.add("no site word")


def _add_beside(add: set[str], view: SentenceView, name: LocatedName) -> None:
    """Add the words right beside a name, or beside the list that it stands in."""
    first, last = name.first, name.last
    before, behind = view.word(first - 1), view.word(last + 1)
    add.update((f"-1:{before}", f"-2:{view.word(first - 2)}", f"+1:{behind}", f"+2:{view.word(last + 2)}"))
    add.update((f"-21:{view.word(first - 2)}_{before}", f"+12:{behind}_{view.word(last + 2)}"))
    add.add(f"-1+1:{before}_{behind}")


def _add_name(add: set[str], view: SentenceView, name: LocatedName) -> None:
    """Add the words of a name and what stands right with it."""
    for n in range(name.first, name.last + 1):
        add.add(f"in:{view.stems[n]}")
        add.update(f"in:{concept}:" for concept in view.concepts[n])
    add.add(f"place:{name.place.kind}")
    behind, tokens = name.last + 1, view.sentence.tokens
    if behind < len(tokens) and behind not in view.place_words and tokens[behind].capital:
        add.add("goes on")
    if len(view.listed(name)) > 1:
        add.add("listed" if view.listed(name)[0] is name else "listed behind")
    if name.place.doubtful:
        add.add("doubtful")


def _add_clause(add: set[str], view: SentenceView, name: LocatedName) -> None:
    """Add the words of the clause that a name stands in."""
    sentence = view.sentence
    for n, token in enumerate(sentence.tokens):
        if n in view.place_words or abs(sentence.costs[n] - sentence.costs[name.first]) >= _CLAUSE:
            continue
        proper = token.capital and n > 0 and not view.concepts[n] and view.language != "de"
        if len(view.stems[n]) > 1 and not proper:
            add.update((f"c:{view.stems[n]}", f"{'b' if n < name.first else 'a'}:{view.stems[n]}"))


def _add_shares(features: Features, view: SentenceView, near: list[float], own: list[bool]) -> None:
    """Add what the words that belong to the town speak of, and the words for sites among them."""
    spoken: dict[str, float] = {}
    for n, concepts in enumerate(view.concepts):
        if n in view.place_words:
            continue
        for concept in concepts:
            kind = KIND_OF_CONCEPT.get(concept)
            if own[n]:
                features.unit.add(f"D:{concept}")
                features.unit.update(f"D{d}:{concept}" for d in (_NEAR, _PHRASE) if near[n] < d)
                if kind is not None and near[n] < spoken.get(kind, _NONE):
                    spoken[kind], features.speakers[kind] = near[n], n
            else:
                features.unit.add(f"O:{concept}")
                if kind is not None:
                    features.kinds[kind].add("O:spoken")
    _add_agreement(features, spoken, _own_words(features, view, near, own))


def _own_words(
    features: Features, view: SentenceView, near: list[float], own: list[bool]
) -> dict[str, float]:
    """Add the words for sites, and give the distance of those that belong to the town."""
    said: dict[str, float] = {}
    for word in view.words:
        span = range(word.first, word.last + 1)
        distance = min(near[n] for n in span)
        mine = any(own[n] for n in span)
        features.kinds[word.kind].add(f"{'D' if mine else 'O'}:word:{word.said}")
        if not mine:
            continue
        said[word.kind] = min(distance, said.get(word.kind, _NONE))
        features.unit.add(f"Dw:{view.phrase(word)}")
        for within in buckets(distance):
            features.kinds[word.kind].add(f"D:word:{word.said}:{within}")
            features.unit.add(f"Dk:{word.kind}:{within}")
    return said


def _add_agreement(features: Features, spoken: dict[str, float], said: dict[str, float]) -> None:
    """Add whether what is spoken of and the words for sites agree on a kind."""
    for kind in KINDS:
        features.kinds[kind].update(_agreements(kind, spoken, said))
    if spoken:
        features.kinds[min(spoken, key=spoken.__getitem__)].add("D:nearest spoken")
    if said:
        features.kinds[min(said, key=said.__getitem__)].add("D:nearest word")
    if not spoken and not said:
        features.unit.add("D:nothing")
    features.unit.update(f"Dx:{one}|{other}" for one in spoken for other in said)


def _agreements(kind: str, spoken: dict[str, float], said: dict[str, float]) -> Iterable[str]:
    if kind in said:
        if kind in spoken:
            yield "D:word, spoken"
        if not spoken:
            yield "D:word alone"
        if any(other != kind for other in spoken):
            yield "D:word, other spoken"
        if len(said) == 1:
            yield "D:only word"
    elif said:
        yield "D:other word"
    if kind in spoken:
        if kind not in said:
            yield "D:spoken, " + (
                "general word" if set(said) == {"factory"} else "other word" if said else "no word"
            )
        if len(spoken) == 1:
            yield "D:only spoken"


def _add_speakers(features: Features, view: SentenceView, near: list[float], mark: str) -> None:
    """Add how near the words that speak for each kind are."""
    cancelled = any("cancel" in concepts for concepts in view.concepts)
    ships = any("ship" in concepts and near[n] < _CLAUSE for n, concepts in enumerate(view.concepts))
    words = {word.kind for word in view.words if near[word.first] < _CLAUSE}
    for name, bound in (("phrase", 0.3), ("clause", _CLAUSE), ("around", _FAR), ("sentence", _NONE)):
        kinds = {
            KIND_OF_CONCEPT[concept]
            for n, concepts in enumerate(view.concepts)
            if near[n] < bound and n not in view.place_words
            for concept in concepts
            if concept in KIND_OF_CONCEPT
        }
        for kind in KINDS:
            add = features.kinds[kind]
            if kind in kinds:
                add.add(f"{mark}{name}")
                add.update(f"{mark}{name}:{word}" for word in ("only",) if len(kinds) == 1)
                add.update(f"{mark}{name}:{word}" for word in ("cancelled",) if cancelled)
                add.update(f"{mark}{name}:{word}" for word in ("word",) if kind in words)
                add.update(f"{mark}{name}:{word}" for word in ("no word",) if not view.words)
                add.update(f"{mark}{name}:{word}" for word in ("general",) if words == {"factory"})
            elif kinds:
                add.add(f"{mark}{name}:other")
            if kind in ("factory", "shipyard") and "factory" in kinds and ships:
                add.add(f"{mark}{name}:ships made")


def _add_site_words(features: Features, view: SentenceView, name: LocatedName) -> None:
    """Add where the words for sites stand as seen from a name."""
    sentence = view.sentence
    located = sentence.cue_before(name.first, "locative") is not None
    nearest: tuple[float, str] | None = None
    for word in view.words:
        side, distance = _side_of(sentence, word, name)
        close = all(_apart(sentence, word, town) >= distance for town in view.towns)
        blocked = _blocked(view, word, name)
        add = features.kinds[word.kind]
        for within in buckets(distance):
            where = f"{word.said}{side}:{within}"
            features.unit.add(f"w:{word.kind}:{where}")
            add.update((where, f"{where}:{blocked}"))
            add.update(f"{where}:{flag}" for flag, true in (("in", located), ("close", close)) if true)
            if close and not blocked:
                features.unit.add(f"wc:{word.kind}:{where}")
        if distance <= _SPOKEN:
            features.unit.add(f"ww:{view.phrase(word)}")
        if close and distance <= _CLAUSE:
            features.unit.add(f"wwc:{side}:{view.phrase(word)}")
        path = _path(view, word, name)
        if path is not None:
            add.add(f"path:{side}:{path}")
        if nearest is None or distance < nearest[0]:
            nearest = distance, word.kind
    if nearest is not None:
        _add_nearest(features, *nearest)


def _add_nearest(features: Features, distance: float, nearest: str) -> None:
    features.kinds[nearest].add("nearest")
    for within in buckets(distance):
        for kind in KINDS:
            features.kinds[kind].add(f"{'nearest' if kind == nearest else 'other nearest'}:{within}")


def _side_of(sentence: Sentence, word: SiteWord, name: LocatedName) -> tuple[str, float]:
    if word.first <= name.last and name.first <= word.last:
        return "in", 0.0
    side = "before" if word.last < name.first else "behind"
    return side, _apart(sentence, word, name)


def _apart(sentence: Sentence, word: SiteWord, name: LocatedName) -> float:
    if word.first <= name.last and name.first <= word.last:
        return 0.0
    if word.last < name.first:
        return sentence.apart(word.last, name.first)
    return sentence.apart(name.last, word.first)


def _between(word: SiteWord, name: LocatedName) -> tuple[int, int]:
    return (word.last, name.first) if word.last < name.first else (name.last, word.first)


def _blocked(view: SentenceView, word: SiteWord, name: LocatedName) -> str:
    """Say what stands between: T another town, W other words for a site."""
    low, high = _between(word, name)
    town = any(low < other.first < high for other in view.towns)
    words = any(low < other.first and other.last < high for other in view.words if other is not word)
    return ("T" if town else "") + ("W" if words else "")


def _path(view: SentenceView, word: SiteWord, name: LocatedName) -> str | None:
    """Give the few words between, long ones as ``*``: "of the *"."""
    low, high = _between(word, name)
    if high <= low or high - low > _PATH_WORDS:
        return None
    between = [view.word(n) for n in range(low + 1, high)]
    return "_".join(one if len(one) <= _SHORT_WORD or one == "TOWN" else "*" for one in between)


def _add_finds(add: set[str], sentence: Sentence, name: LocatedName) -> None:
    """Add the cues, objects and words of status around a name."""

    def distance(hit: Hit) -> float:
        before = hit.last < name.first
        return sentence.apart(hit.last, name.first) if before else sentence.apart(name.last, hit.first)

    for cue in sentence.cues:
        if cue.last == name.first - 1:
            add.add(f"cue-1:{cue.label}")
        elif cue.first == name.last + 1:
            add.add(f"cue+1:{cue.label}")
        elif distance(cue) < _CLAUSE:
            add.add(f"cue{'-' if cue.last < name.first else '+'}:{cue.label}")
    add.update(
        f"{'object' if distance(hit) < _OBJECT else 'objects'}:{hit.label}" for hit in sentence.objects
    )
    add.update(f"status:{hit.label}" for hit in sentence.status if distance(hit) < _STATUS)


def _add_unnamed(features: Features, view: SentenceView, roles: list[str]) -> None:
    """Add the features of a sentence that names no town, for one that it may speak of."""
    sentence = view.sentence
    add = features.unit
    add.update(f"A:{role}" for role in roles)
    add.add("A:headline" if sentence.headline else f"A:position:{min(sentence.position, 3)}")
    there = any(cue.label == "there" for cue in sentence.cues)
    for word in view.words:
        add.add(f"A:ww:{view.phrase(word)}")
        add.update(f"A:{role}:{word.kind}" for role in roles)
        mine = features.kinds[word.kind]
        for role in roles:
            mine.update(f"A:{role}:{word.said}{more}" for more in _about(sentence, word))
            if there:
                mine.add(f"A:{role}:there")
        if word.first > 0 and sentence.tokens[word.first - 1].capital:
            mine.add("A:name before")
    if not view.words:
        add.add("A:no site word")
        add.update(f"AN:{concept}" for concepts in view.concepts for concept in concepts)
        return
    near = [min(_from_word(sentence, word, n) for word in view.words) for n in range(len(sentence.tokens))]
    _add_speakers(features, view, near, "A:")
    for n, token in enumerate(sentence.tokens):
        bound = "A1" if near[n] < _CLAUSE else "A2" if near[n] < _FAR else "A3"
        add.update(f"{bound}:{concept}" for concept in view.concepts[n])
        if near[n] < _CLAUSE and len(stem(token)) > 1 and not token.capital:
            add.add(f"Ac:{view.stems[n]}")


def _about(sentence: Sentence, word: SiteWord) -> Iterable[str]:
    """Say how a site is brought up: "the yard", "a yard", in the headline, in the lead."""
    yield ""
    if sentence.cue_before(word.first, "definite"):
        yield ":the"
    elif sentence.cue_before(word.first, "indefinite"):
        yield ":a"
    if sentence.headline:
        yield ":headline"
    elif sentence.position <= _LEAD:
        yield ":lead"


def _from_word(sentence: Sentence, word: SiteWord, n: int) -> float:
    if word.first <= n <= word.last:
        return 0.0
    return sentence.apart(n, word.first) if n < word.first else sentence.apart(word.last, n)

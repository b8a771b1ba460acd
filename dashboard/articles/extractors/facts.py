"""The fields of a fact that a model pointed at, each read from the article's own words or refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from dashboard.articles.assembling.status import status_of
from dashboard.articles.extractors.answer import SaidEvent, SaidFact
from dashboard.articles.extractors.grounding import Ground, Span, Told
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention, find_event_mentions
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Cited, PlaceBasis, Quote
from dashboard.domain.dates import UNDATED, UncertainDate
from dashboard.domain.vocabulary import check_code
from dashboard.errors import VocabularyError

__all__ = ["NO_PLACE", "FactReader", "Refuse"]

Refuse: TypeAlias = Callable[[str, object, str], None]
"""Takes what is refused: the field, the words, and why."""
NO_PLACE: Final = "it names no place that our geocoder found there"
"""Why a place is refused."""
_TITLE_WORDS: Final = 14
_BEFORE_TRIGGER: Final = 6
_MOST_TRIGGER: Final = 120
_LEAST_LETTERS: Final = 3
_SMALL: Final = frozenset({"definite", "indefinite", "locative", "at_place"})
_MOST_NAME_WORDS: Final = 12
_NOT_THERE: Final = "it does not stand as it is written in one to three sentences of the story"
_NOT_HERE: Final = "it does not stand as it is written in the sentences of the fact"


@dataclass(frozen=True, slots=True)
class FactReader:
    """A fact that stands in the article, to read its fields.

    Parameters
    ----------
    ground
        The article.
    said
        What the model said.
    told
        Where the fact is told.
    trigger
        The words that tell what it is.
    refuse
        Notes what is not taken.
    """

    ground: Ground
    said: SaidFact
    told: Told
    trigger: Span
    refuse: Refuse

    @classmethod
    def find(cls, ground: Ground, said: SaidFact, noun: str, refuse: Refuse) -> "FactReader | None":
        """Find where a fact is told and by which words.

        Parameters
        ----------
        ground
            The article.
        said
            What the model said.
        noun
            ``event`` or ``site``.
        refuse
            Notes what is not taken.

        Returns
        -------
        FactReader or None
            None when it is not told, or its codes are unknown.
        """
        try:
            check_code(f"{noun}_kinds", said.kind)
            check_code(f"{noun}_statuses", said.status)
        except VocabularyError as error:
            refuse("", error.code, str(error))
            return None
        told = ground.fact(said.quote, _others(said))
        if told is None:
            refuse("", said.quote, _NOT_THERE)
            return None
        spots = ground.spots(said.trigger, (told.start, told.end))
        known = [spot for spot in spots if _own_mention(ground, said.kind, told, spot) is not None]
        if not spots or len(said.trigger) > _MOST_TRIGGER:
            refuse("", said.trigger, f"no words tell what it is: {_NOT_HERE}")
            return None
        trigger = (known or spots)[0]
        if not _tells(ground, told, trigger):
            refuse("", said.trigger, "such words cannot tell what it is")
            return None
        return cls(ground, said, told, trigger, refuse)

    @property
    def quote(self) -> Quote:
        """The whole sentences, for a part of one may leave out that it was denied."""
        return self.ground.quote((self.told.sentences[0].start, self.told.sentences[-1].end))

    @property
    def words(self) -> Quote:
        """The words that tell what it is."""
        return self.ground.quote(self.trigger)

    @property
    def title(self) -> str:
        """The words around those that tell what it is."""
        sentence, indexes = self._trigger_tokens()
        first = max(indexes[0] - _BEFORE_TRIGGER, 0)
        last = min(max(first + _TITLE_WORDS - 1, indexes[-1]), len(sentence.tokens) - 1)
        return self.ground.text[slice(*sentence.offsets(first, last))]

    def _trigger_tokens(self) -> tuple[Sentence, list[int]]:
        start, end = self.trigger
        for sentence in self.told.sentences:
            inside = [n for n, token in enumerate(sentence.tokens) if token.start < end and start < token.end]
            if inside:
                return sentence, inside
        return self.told.sentences[0], [0]  # in the dateline

    def status(self) -> tuple[str, Quote | None, bool] | None:
        """Say whether an event happened: the model's word, but never against the article's.

        Returns
        -------
        tuple of (str, Quote or None, bool) or None
            The code, the words for it, and whether a reviewer should look twice; None when the article says
            nothing of the kind.
        """
        own, own_quote, is_known = self._own_status()
        code, words = self.said.status, self.said.status_quote
        if code == own:
            return own, own_quote, not is_known
        spot = self.ground.inside(words or "", self.told, self.trigger)
        if code == "happened" or (spot is None and own != "happened"):
            self.refuse("status", code, f"the article's words say {own}")
            return own, own_quote, True
        if spot is None and code == "planned" and self._is_dated_ahead():
            return code, None, True
        if spot is None:
            self.refuse("", words or code, f"no words say that it is {code}: {_NOT_HERE}")
            return None
        return code, self.ground.quote(spot), True

    def _is_dated_ahead(self) -> bool:
        """Whether its date, read as one of the past where it can be, lies behind the day of publication."""
        words = self.said.date_quote if isinstance(self.said, SaidEvent) else None
        spot = self.ground.inside(words or "", self.told, self.trigger)
        read = self.ground.date(spot, self.told, future=False) if spot else None
        return read is not None and self.ground.is_ahead(read[0])

    def _own_status(self) -> tuple[str, Quote | None, bool]:
        """Read the status around the trigger words by our own tables."""
        own = _own_mention(self.ground, self.said.kind, self.told, self.trigger)
        sentence, inside = self._trigger_tokens()
        mention = own or Mention(self.said.kind, inside[0], inside[-1], [Hit(inside[0], inside[-1], "")])
        status, hit = status_of(mention, sentence, self.ground.language.status_reach)
        quote = self.ground.quote(sentence.offsets(hit.first, hit.last)) if hit else None
        return status, quote, own is not None and not own.guessed

    def site_status(self) -> str:
        """Give the status of a site.

        Returns
        -------
        str
            Code of the site status vocabulary; ``unknown`` when no words say it.
        """
        code = self.said.status
        if code == "unknown" or self.ground.inside(self.said.status_quote or "", self.told, self.trigger):
            return code
        self.refuse("status", code, f"no words for it: {_NOT_HERE}")
        return "unknown"

    def date(self, words: str | None, *, future: bool) -> tuple[UncertainDate, Quote | None]:
        """Read the date.

        Parameters
        ----------
        words
            The words for it.
        future
            Whether it is to come.

        Returns
        -------
        tuple of (UncertainDate, Quote or None)
            What the words give by our own reading; undated when that is nothing.
        """
        if not words:
            return UNDATED, None
        spot = self.ground.inside(words, self.told, self.trigger)
        read = self.ground.date(spot, self.told, future=future) if spot else None
        if read is None:
            reason = "it gives no date by our own reading" if spot else _NOT_HERE
            self.refuse("date_quote", words, reason)
            return UNDATED, None
        return read

    def place(self) -> tuple[NamedPlace, PlaceBasis] | None:
        """Find the place.

        Returns
        -------
        tuple of (NamedPlace, PlaceBasis) or None
            What our geocoder found at its words; None when that is nothing.
        """
        words = self.said.place_quote or ""
        return self.ground.place(words, self.told, self.trigger, self.said.kind)

    def actors(self) -> tuple[Cited, ...]:
        """Give who is named.

        Returns
        -------
        tuple of Cited
            Each once, linked to the atlas's record by our own dictionary.
        """
        found: dict[Span, Cited] = {}
        for actor in self.said.actors:
            spot = self._name("actors", actor.quote, _is_name)
            if spot is not None and spot not in found:
                record, kind = self.ground.record(spot, self.told)
                quote = self.ground.quote(spot)
                found[spot] = Cited(quote.text, quote, kind or self._actor_kind(actor.kind), record)
        return tuple(found.values())

    def _actor_kind(self, code: str) -> str:
        try:
            return check_code("actor_kinds", code) if code else ""
        except VocabularyError as error:
            self.refuse("actors.kind", code, str(error))
            return ""

    def products(self) -> tuple[Cited, ...]:
        """Give which products are named.

        Returns
        -------
        tuple of Cited
            Each once.
        """
        spots = (self._name("products", words, _is_worded) for words in self.said.products)
        quotes = {spot: self.ground.quote(spot) for spot in spots if spot is not None}
        return tuple(Cited(quote.text, quote) for quote in quotes.values())

    def _name(self, field: str, words: str, fits: Callable[[str], bool]) -> Span | None:
        spot = self.ground.inside(words, self.told, self.trigger)
        if spot is None:
            self.refuse(field, words, _NOT_HERE)
        elif not fits(words):
            self.refuse(field, words, "it is no name")
            spot = None
        return spot


def _others(said: SaidFact) -> Sequence[str]:
    """Give the words that stand near a fact, by which one of several equal sentences is told."""
    date = said.date_quote if isinstance(said, SaidEvent) else ""
    words = [said.trigger, date, said.place_quote, said.status_quote]
    words.extend(actor.quote for actor in said.actors)
    return [one for one in words if one]


def _tells(ground: Ground, told: Told, spot: Span) -> bool:
    """Whether words can tell what a fact is: a date, a name of a place and small words cannot."""
    for sentence in told.sentences:
        spans = [(one.first, one.last) for one in sentence.dates]
        spans += [(one.first, one.last) for one in sentence.places]
        spans += [(one.first, one.last) for one in sentence.clauses]
        spans += [(cue.first, cue.last) for cue in sentence.cues if cue.label in _SMALL]
        idle = {n for first, last in spans for n in range(first, last + 1)}
        # "Clark Air Base" is the name of a place, and says of what kind it is.
        idle -= {n for site in sentence.sites for n in range(site.first, site.last + 1)}
        for n, token in enumerate(sentence.tokens):
            if token.end <= spot[0] or spot[1] <= token.start or len(token.text) < _LEAST_LETTERS:
                continue
            if n not in idle and token.folded not in ground.language.inner and not token.text.isdecimal():
                return True
    return False


def _own_mention(ground: Ground, kind: str, told: Told, spot: Span) -> Mention | None:
    """Find the event of a kind that our own tables find at some words."""
    for sentence in told.sentences:
        for mention in find_event_mentions(sentence, ground.language):
            start, end = sentence.offsets(mention.first, mention.last)
            if mention.kind == kind and start < spot[1] and spot[0] < end:
                return mention
    return None


def _is_worded(words: str) -> bool:
    return any(map(str.isalpha, words)) and len(words.split()) <= _MOST_NAME_WORDS


def _is_name(words: str) -> bool:
    """Whether words can be a name: with a capital, where the script has any."""
    return _is_worded(words) and (any(map(str.isupper, words)) or not any(map(str.islower, words)))

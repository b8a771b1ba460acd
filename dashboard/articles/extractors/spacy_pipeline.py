"""The rules, with the persons and organisations that an installed spaCy pipeline finds beside theirs.

spaCy is no dependency: it is used where somebody installed it and named a pipeline. It adds actors only; it
proposes no event, no site, no date and no place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, Final, Protocol, TypeAlias

from dashboard.articles.engine import extract
from dashboard.articles.finding.names import ActorTable
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Cited, EventProposal, Extraction, Quote, SiteProposal
from dashboard.articles.reading.article import Article
from dashboard.errors import ExtractorError
from dashboard.settings import Settings

__all__ = ["Pipeline", "SpacyExtractor"]

_KINDS: Final = {"PERSON": "person", "PER": "person", "ORG": ""}
"""spaCy's labels of what can act; whether an organisation is a company it does not say."""
_MOST_CHARACTERS: Final = 100_000
"""Characters that are read: a pipeline takes about a megabyte of memory for a thousand."""
_MOST_ACTORS: Final = 8


class _Entity(Protocol):
    """A named entity as spaCy gives it."""

    @property
    def label_(self) -> str:
        """Its label."""

    @property
    def start_char(self) -> int:
        """Offset of its first character."""

    @property
    def end_char(self) -> int:
        """Offset after its last."""


class _Entities(Protocol):
    """A document as spaCy gives it."""

    @property
    def ents(self) -> Iterable[_Entity]:
        """Its entities, in order."""


Pipeline: TypeAlias = Callable[[str], _Entities]
"""A loaded pipeline."""


class SpacyExtractor:
    """The rules with the actors of a spaCy pipeline.

    Parameters
    ----------
    pipeline
        The pipeline, loaded.
    version
        Its name and version.
    """

    def __init__(self, pipeline: Pipeline, version: str) -> None:
        self._pipeline = pipeline
        self._version = version

    @classmethod
    def of(cls, settings: Settings) -> "SpacyExtractor":
        """Load the pipeline that the settings name.

        Parameters
        ----------
        settings
            Name of the pipeline.

        Returns
        -------
        SpacyExtractor
            Ready to read articles.

        Raises
        ------
        ExtractorError
            spaCy or the pipeline is not installed, or none is named.
        """
        name = settings.spacy_pipeline.strip()
        if not name:
            raise ExtractorError(
                "The extractor is spaCy, but no pipeline is named: set ARSENAL_ATLAS_SPACY_PIPELINE, such as "
                "xx_ent_wiki_sm, or ARSENAL_ATLAS_EXTRACTOR=rules",
                "settings",
            )
        try:
            spacy: Any = import_module("spacy")
        except ImportError as error:
            raise ExtractorError(
                "The extractor is spaCy, which is not installed: run `pip install spacy`, "
                "or set ARSENAL_ATLAS_EXTRACTOR=rules",
                "missing",
            ) from error
        try:
            pipeline = spacy.load(name)
        except (OSError, ImportError, ValueError) as error:
            raise ExtractorError(
                f"The spaCy pipeline {name[:80]!r} is not installed or does not fit this spaCy: run "
                f"`python -m spacy download {name[:80]}`, or set ARSENAL_ATLAS_EXTRACTOR=rules",
                "missing",
            ) from error
        meta = pipeline.meta
        return cls(pipeline, f"{meta.get('lang', '')}_{meta.get('name', '')} {meta.get('version', '')}")

    @property
    def name(self) -> str:
        """What it is called where a proposal says who made it."""
        return "spacy"

    @property
    def version(self) -> str:
        """Name and version of the pipeline."""
        return self._version

    def extract(
        self, article: Article, places: Sequence[NamedPlace], actors: ActorTable | None = None
    ) -> Extraction:
        """Propose the events and sites that an article speaks of.

        Parameters
        ----------
        article
            The article as read, its language known.
        places
            The places its text names.
        actors
            Actors that are known already; none when None.

        Returns
        -------
        Extraction
            The rules' proposals, with further actors.
        """
        found = extract(article, places, actors)
        named = self._named(article.text, found.places)
        return Extraction(
            tuple(_with_actors(event, named) for event in found.events),
            tuple(_with_operators(site, named) for site in found.sites),
            found.places,
        )

    def _named(self, text: str, places: Sequence[NamedPlace]) -> list[Cited]:
        found = []
        for entity in self._pipeline(text[:_MOST_CHARACTERS]).ents:
            start, end = entity.start_char, entity.end_char
            is_place = any(place.start < end and start < place.end for place in places)
            if entity.label_ in _KINDS and not is_place and text[start:end].strip():
                quote = Quote.of(text, start, end)
                found.append(Cited(quote.text, quote, _KINDS[entity.label_]))
        return found


def _further(quote: Quote, actors: tuple[Cited, ...], named: Sequence[Cited]) -> tuple[Cited, ...]:
    """Add to the actors of a fact those of its sentence that overlap none of them."""
    told = {actor.value: actor for actor in actors}
    for name in named:
        inside = quote.start <= name.quote.start and name.quote.end <= quote.end
        taken = any(
            name.quote.start < actor.quote.end and actor.quote.start < name.quote.end for actor in actors
        )
        if inside and not taken:
            told.setdefault(name.value, name)
    return tuple(told.values())[: max(_MOST_ACTORS, len(actors))]


def _with_actors(event: EventProposal, named: Sequence[Cited]) -> EventProposal:
    return replace(event, actors=_further(event.quote, event.actors, named))


def _with_operators(site: SiteProposal, named: Sequence[Cited]) -> SiteProposal:
    return replace(site, operators=_further(site.quote, site.operators, named))

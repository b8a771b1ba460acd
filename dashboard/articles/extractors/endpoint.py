"""A language model at an address of the user's own, held to the words of the article.

Nothing is asked unless the settings say so. The model points at words; what they mean for the atlas (offsets,
days, places, records) is found by our own means, and what the article does not say is refused.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from dashboard.articles.extractors.answer import Refusal, read_answer
from dashboard.articles.extractors.asking import ChatEndpoint
from dashboard.articles.extractors.grounding import Ground
from dashboard.articles.extractors.held import Held
from dashboard.articles.extractors.prompt import PROMPT_VERSION, SCHEMA, messages
from dashboard.articles.finding.names import ActorTable
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Extraction
from dashboard.articles.reading.article import Article
from dashboard.errors import ExtractorError
from dashboard.settings import Settings

__all__ = ["EndpointExtractor", "Examined"]

_log: Final = logging.getLogger(__name__)

_PART: Final = 12_000
"""Characters of an article in one question."""
_MOST_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Examined:
    """What a model's answers came to.

    Parameters
    ----------
    extraction
        What was taken.
    refusals
        What was not, each with its reason.
    """

    extraction: Extraction
    refusals: tuple[Refusal, ...]


class EndpointExtractor:
    """The extractor of one run that asks a chat endpoint.

    Parameters
    ----------
    settings
        Address, model, key and limits.
    sleep
        Waits for so many seconds.

    Raises
    ------
    ExtractorError
        The settings do not say enough.
    """

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = ChatEndpoint(settings, sleep=sleep)
        self._model = settings.endpoint_model.strip()

    @property
    def name(self) -> str:
        """What it is called where a proposal says who made it."""
        return "endpoint"

    @property
    def version(self) -> str:
        """The model, and the number of what it is told."""
        return f"{self._model}, prompt {PROMPT_VERSION}"

    def extract(
        self, article: Article, places: Sequence[NamedPlace], actors: ActorTable | None = None
    ) -> Extraction:
        """Propose the events and sites that an article speaks of.

        Parameters
        ----------
        article
            The article as read, its language known.
        places
            The places its text names, found and located by our own geocoder.
        actors
            Actors that are known already; none when None.

        Returns
        -------
        Extraction
            What the model pointed at and the article says.

        Raises
        ------
        ExtractorError
            There is no answer, or none that can be used.
        """
        return self.examine(article, places, actors).extraction

    def examine(
        self, article: Article, places: Sequence[NamedPlace], actors: ActorTable | None = None
    ) -> Examined:
        """Propose events and sites, and tell what was refused.

        Parameters
        ----------
        article
            The article as read, its language known.
        places
            The places its text names, found and located by our own geocoder.
        actors
            Actors that are known already; none when None.

        Returns
        -------
        Examined
            What was taken and what was not.

        Raises
        ------
        ExtractorError
            There is no answer, or none that can be used.
        """
        ground = Ground(article, places, actors or ActorTable())
        parts = list(islice(ground.parts(_PART), _MOST_PARTS + 1))
        if len(parts) > _MOST_PARTS:
            raise ExtractorError(
                f"The article is longer than {_PART * _MOST_PARTS:,} characters, which is more than a model "
                "is asked about: cut it, or set ARSENAL_ATLAS_EXTRACTOR=rules",
                "size",
            )
        held = Held(ground)
        for part in parts:
            held.take(read_answer(self._endpoint.ask(messages(article, part), SCHEMA)))
        for refusal in held.refusals:
            _log.debug("not taken: %s %s: %s", refusal.item, refusal.field, refusal.reason)
        _log.info(
            "endpoint: %d events, %d sites, %d refusals",
            len(held.events),
            len(held.sites),
            len(held.refusals),
        )
        events = sorted(held.events, key=lambda event: event.quote.start)
        sites = sorted(held.sites, key=lambda site: site.quote.start)
        return Examined(Extraction(tuple(events), tuple(sites), ground.places), tuple(held.refusals))

"""What an extractor is: something that has a name and a version, and makes cited proposals of an article.

The rules are the one that needs nothing. Whatever else stands behind the protocol gives the same types, whose
quotes stand verbatim in the text or cannot be made.
"""

from collections.abc import Sequence
from typing import Protocol

from dashboard import __version__
from dashboard.articles.engine import extract
from dashboard.articles.finding.names import ActorTable
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Extraction
from dashboard.articles.reading.article import Article

__all__ = ["Extractor", "RulesExtractor"]


class Extractor(Protocol):
    """Something that makes proposals of articles."""

    @property
    def name(self) -> str:
        """What it is called where a proposal says who made it."""

    @property
    def version(self) -> str:
        """What it was when it made a proposal."""

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
            Proposals.

        Raises
        ------
        ExtractorError
            There is no answer, or none that can be used; other articles may still have one.
        """


class RulesExtractor:
    """The deterministic extractor: no network, no model."""

    name = "rules"
    version = __version__

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
            Proposals; the same article always gives the same ones.
        """
        return extract(article, places, actors)

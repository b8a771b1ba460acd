"""Files, folders, pages and feeds in, articles or refusals out, one after the other.

Foreign bytes are read in a confined process, pages are fetched through the guard, sources are kept, and
whatever is refused is named while the rest of the batch goes on.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from dashboard.articles.archive import Retrieval, SourceArchive
from dashboard.articles.fetching import Fetched, Fetcher, FetchPolicy
from dashboard.articles.fetching.feeds import is_feed
from dashboard.articles.fetching.fetcher import FEED_TYPES
from dashboard.articles.reading.files import bytes_of, files_in, now, read_confined
from dashboard.articles.reading.forms import SUFFIXES, kind_of_name, kind_of_type
from dashboard.articles.reading.labels import day_of_edtf, label
from dashboard.articles.reading.reading import Reading
from dashboard.confinement import Confinement
from dashboard.errors import ArticleError, AtlasError, ConfinementError
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.tokens import Tokens
from dashboard.settings import Settings

__all__ = ["ArticleReader", "ReadSource", "RefusedSource", "is_url", "mixed_languages"]

_FEED: Final = "dashboard.articles.fetching.feeds:feed_for_pipe"
_FEED_SUFFIXES: Final = (".xml", ".rss", ".atom")
_NEWEST: Final = 50
_LEAST_PARAGRAPH: Final = 120
_MOST_PARAGRAPHS: Final = 200
_MIXED: Final = 0.2
_READ_OF_PARAGRAPH: Final = 400


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source that was read.

    Parameters
    ----------
    source
        What was given: a path or an address.
    reading
        The article.
    """

    source: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class RefusedSource:
    """A source that was not read.

    Parameters
    ----------
    source
        What was given: a path or an address.
    reason
        One sentence: why not, and what to do.
    """

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Work:
    """Something still to be read; `told` is what a feed said of it."""

    source: str | Path
    told_title: str = ""
    told_day: str = ""
    is_from_feed: bool = False


def is_url(source: str | Path) -> bool:
    """Tell an address from a path.

    Parameters
    ----------
    source
        What a user gave.

    Returns
    -------
    bool
        Whether it has a scheme, be it one that is not fetched.
    """
    return isinstance(source, str) and ("://" in source[:40] or source[:10].lower().startswith("file:"))


class ArticleReader:
    """Everything that reading a batch needs, opened once.

    Parameters
    ----------
    confinement
        Where foreign bytes are read.
    fetcher
        Who fetches pages; without one, addresses are refused.
    archive
        Where sources are kept; without one they are not.
    newest
        How many items of a feed are read.
    """

    def __init__(
        self,
        confinement: Confinement,
        fetcher: Fetcher | None = None,
        archive: SourceArchive | None = None,
        *,
        newest: int = _NEWEST,
    ) -> None:
        self._confinement = confinement
        self._fetcher = fetcher
        self._archive = archive
        self._newest = newest

    @classmethod
    def of(cls, settings: Settings, confinement: Confinement, *, newest: int = _NEWEST) -> Self:
        """Make what reads as the settings say: fetching through the guard, keeping in the data folder.

        Parameters
        ----------
        settings
            The settings.
        confinement
            Where foreign bytes are read.
        newest
            How many items of a feed are read.

        Returns
        -------
        ArticleReader
            Ready to read.
        """
        fetcher = Fetcher(FetchPolicy(private=settings.fetch_private))
        return cls(confinement, fetcher, SourceArchive(settings.data_folder / "sources"), newest=newest)

    def read_all(
        self,
        sources: Iterable[str | Path],
        *,
        language: str = "",
        report: Callable[[int, int], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[ReadSource | RefusedSource]:
        """Read a batch.

        Parameters
        ----------
        sources
            Files, folders, addresses of pages, and feeds as files or addresses.
        language
            ISO 639-1 code of all articles, if known.
        report
            Called with how many are done of how many known so far.
        is_cancelled
            Asked before each source; the batch ends when it says so.

        Yields
        ------
        ReadSource or RefusedSource
            One for each article, in order; a feed that was cut gives one refusal for what was left out.
        """
        waiting = deque(_Work(source) for source in sources)
        done = 0
        while waiting and not (is_cancelled and is_cancelled()):
            work = waiting.popleft()
            source = label(str(work.source), 2_000)
            try:
                found = self._read(work, language)
            except AtlasError as error:
                yield RefusedSource(source, str(error))
            else:
                if isinstance(found, Reading):
                    yield ReadSource(source, found)
                else:
                    more, note = found
                    waiting.extendleft(reversed(more))
                    done -= 1
                    if note:
                        yield RefusedSource(source, note)
            done += 1
            if report:
                report(done, done + len(waiting))

    def _read(self, work: _Work, language: str) -> Reading | tuple[list[_Work], str]:
        # What a feed names is an address, also when it looks like a path of this machine.
        if work.is_from_feed or is_url(work.source):
            return self._read_url(work, language)
        path = Path(work.source)
        if path.is_dir():
            return [_Work(file) for file in files_in(path, (*SUFFIXES, *_FEED_SUFFIXES))], ""
        if path.suffix.lower() in _FEED_SUFFIXES:
            return self._feed(bytes_of(path), path.name, "")
        kind, raw = kind_of_name(path.name), bytes_of(path)
        reading = read_confined(raw, kind, path.name, language=language, confinement=self._confinement)
        return self._kept(
            reading, raw, Retrieval(reading.retrieved, name=label(path.name), content_type=kind)
        )

    def _read_url(self, work: _Work, language: str) -> Reading | tuple[list[_Work], str]:
        if self._fetcher is None:
            raise ArticleError(
                f"{label(str(work.source))} is an address, and nothing is fetched here: save it"
            )
        page = self._fetcher.fetch(str(work.source))
        if page.content_type in FEED_TYPES or is_feed(page.body):
            if work.is_from_feed:  # or two feeds that name each other would be read for ever
                raise ArticleError(f"{label(page.url)} is a feed inside a feed: give its own address")
            return self._feed(page.body, page.url, page.url)
        return self._page(page, work, language)

    def _page(self, page: Fetched, work: _Work, language: str) -> Reading:
        kind = kind_of_type(page.content_type)
        if kind is None:
            raise ArticleError(f"{label(page.url)} is of a form that is not read: save it as a file")
        reading = read_confined(
            page.body,
            kind,
            page.url,
            language=language,
            charset=page.charset,
            confinement=self._confinement,
        )
        article = replace(
            reading.article,
            url=page.url,
            title=reading.article.title or work.told_title,
            publisher=reading.article.publisher or urlsplit(page.url).hostname or "",
        )
        if not reading.published and work.told_day:
            article = replace(article, published=day_of_edtf(work.told_day))
            reading = replace(reading, published=work.told_day, warnings=())
        reading = replace(reading, article=article, retrieved=page.retrieved)
        return self._kept(reading, page.body, Retrieval(page.retrieved, page.url, "", page.content_type))

    def _feed(self, raw: bytes, name: str, base: str) -> tuple[list[_Work], str]:
        try:
            feed: dict[str, Any] = self._confinement.run(
                _FEED, raw, called=label(name), name=name, newest=self._newest, base=base
            )
        except ConfinementError as error:
            raise ArticleError(str(error)) from error
        if self._archive:
            url, file = (base, "") if base else ("", label(name))
            self._archive.keep(raw, Retrieval(now(), url, file, "feed"))
        items = [_Work(url, title, day, is_from_feed=True) for url, title, day in feed["items"]]
        left_out = feed["total"] - len(items)
        note = (
            f"The feed has {feed['total']:,} items: the newest {len(items):,} are read, {left_out:,} are not"
            if left_out
            else ""
        )
        return items, note

    def _kept(self, reading: Reading, raw: bytes, retrieval: Retrieval) -> Reading:
        if self._archive:
            self._archive.keep(raw, retrieval)
        mixed = mixed_languages(reading.article.text)
        return reading.warned(mixed) if mixed else reading


def mixed_languages(text: str) -> str:
    """Look whether the paragraphs of a text are in several languages.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    str
        A sentence that names them; empty when one of them prevails.
    """
    told: Counter[str] = Counter()
    paragraphs = [line.strip() for line in text.splitlines() if len(line.strip()) >= _LEAST_PARAGRAPH]
    for paragraph in paragraphs[:_MOST_PARAGRAPHS]:
        head = paragraph[:_READ_OF_PARAGRAPH]
        told[guess_language(head, Tokens(head))] += len(paragraph)
    whole = sum(told.values())
    shares = [f"{code} {count / whole:.0%}" for code, count in told.most_common() if count >= _MIXED * whole]
    if len(shares) < 2:  # noqa: PLR2004 - two make a mixture
        return ""
    return f"It is in several languages ({', '.join(shares)}): split it for better proposals"

"""Read files and folders into articles; nothing is fetched.

Every form has its limit, because an article is a few pages and a file may be an attack: what is too large,
not text or without text is refused with a sentence, and the rest of a batch goes on.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dashboard.articles.reading.article import Article
from dashboard.articles.reading.forms import SUFFIXES, kind_of_name, read_bytes
from dashboard.articles.reading.labels import label
from dashboard.articles.reading.limits import MAX_BYTES, MAX_CHARACTERS
from dashboard.articles.reading.plain import decode
from dashboard.articles.reading.reading import Kind, Reading
from dashboard.confinement import Confinement
from dashboard.errors import ArticleError, ConfinementError

__all__ = [
    "MAX_BYTES",
    "MAX_CHARACTERS",
    "bytes_of",
    "decode",
    "files_in",
    "now",
    "read_article",
    "read_confined",
    "read_file",
]

_READ: Final = "dashboard.articles.reading.forms:read_for_pipe"
_MAX_FILES: Final = 100_000


def now() -> str:
    """Say when it is, as readings keep it.

    Returns
    -------
    str
        ISO 8601 in UTC, to the second.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_article(path: Path, *, language: str = "", confinement: Confinement | None = None) -> Article:
    """Read a file as an article.

    Parameters
    ----------
    path
        A file whose suffix names its form: txt, md, html, htm, xhtml, eml, docx, pdf or json.
    language
        ISO 639-1 code, if known; wins over what the file says.
    confinement
        Where foreign bytes are read; without one they are read in this process.

    Returns
    -------
    Article
        With an empty language when neither says it.

    Raises
    ------
    ArticleError
        It cannot be read, is too large, is of an unknown form or has no text.
    """
    return read_file(path, language=language, confinement=confinement).article


def read_file(path: Path, *, language: str = "", confinement: Confinement | None = None) -> Reading:
    """Read a file as an article, with all that is known of where it is from.

    Parameters
    ----------
    path
        A file whose suffix names its form.
    language
        ISO 639-1 code, if known; wins over what the file says.
    confinement
        Where foreign bytes are read; without one they are read in this process.

    Returns
    -------
    Reading
        The article.

    Raises
    ------
    ArticleError
        It cannot be read, is too large, is of an unknown form or has no text.
    """
    kind = kind_of_name(path.name)
    return read_confined(bytes_of(path), kind, path.name, language=language, confinement=confinement)


def read_confined(
    raw: bytes,
    kind: Kind,
    name: str,
    *,
    language: str = "",
    charset: str = "",
    confinement: Confinement | None = None,
) -> Reading:
    """Read bytes as an article, where they can do no harm.

    Parameters
    ----------
    raw
        The bytes.
    kind
        What to read them as.
    name
        What messages call them.
    language
        ISO 639-1 code, if known.
    charset
        Encoding that a server named.
    confinement
        Where they are read; without one they are read in this process.

    Returns
    -------
    Reading
        The article, with the time of reading.

    Raises
    ------
    ArticleError
        They cannot be read; a limit that they met is named with a reference for the log.
    """
    if confinement is None:
        return replace(read_bytes(raw, kind, name, language=language, charset=charset), retrieved=now())
    try:
        data = confinement.run(
            _READ, raw, called=label(name), kind=kind, name=name, language=language, charset=charset
        )
    except ConfinementError as error:
        raise ArticleError(str(error)) from error
    return replace(Reading.from_json(data), retrieved=now())


def bytes_of(path: Path) -> bytes:
    """Read a file that is no larger than anything that is read.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    bytes
        Its bytes.

    Raises
    ------
    ArticleError
        It cannot be read, is no plain file, or is too large.
    """
    name = label(path.name)
    try:
        if not path.is_file():  # a pipe or a device would be waited for without end
            raise FileNotFoundError(0, "it is no file" if path.exists() else "No such file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)  # the size that was asked for may have changed since
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        raise ArticleError(
            f"{label(str(path), 300)} cannot be read ({reason}): check its name and rights"
        ) from error
    if len(raw) > MAX_BYTES:
        raise ArticleError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: save only the article itself")
    return raw


def files_in(folder: Path, suffixes: tuple[str, ...] = tuple(SUFFIXES)) -> list[Path]:
    """List the files of a folder and its folders that can be read.

    Parameters
    ----------
    folder
        The folder.
    suffixes
        Suffixes of files that are listed, in small letters.

    Returns
    -------
    list of Path
        In order of their names; hidden ones and links, which may lead out of the folder, are left out.

    Raises
    ------
    ArticleError
        It cannot be listed or holds too many.
    """
    found: list[Path] = []
    try:
        for where, folders, names in os.walk(folder, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".")]
            paths = (Path(where, name) for name in names if not name.startswith("."))
            found += [path for path in paths if path.suffix.lower() in suffixes and not path.is_symlink()]
            if len(found) > _MAX_FILES:
                raise ArticleError(
                    f"{folder} holds more than {_MAX_FILES:,} articles: read its folders one by one"
                )
    except OSError as error:
        raise ArticleError(
            f"{folder} cannot be listed ({error.strerror}): check its name and rights"
        ) from error
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error

"""Places of running text, and of lists of mentions whose texts somebody else has."""

import json
import sys
from pathlib import Path

import geopandas as gpd

from dashboard.errors import GazetteerError, TableError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces

__all__ = ["geocode_mentions", "geocode_text", "read_text"]


def read_text(path: Path | None) -> str:
    """Read a text file.

    Parameters
    ----------
    path
        UTF-8; standard input when None.

    Returns
    -------
    str
        The text, without a byte order mark; offsets count its characters.

    Raises
    ------
    TableError
        It cannot be read or is no UTF-8.
    """
    try:
        raw = sys.stdin.buffer.read() if path is None else path.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror}): check its name and rights") from error
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path or 'The input'} is not UTF-8 ({error.reason}): save it as UTF-8 first"
        ) from error


def geocode_text(
    text: str,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    language: str | None = None,
) -> gpd.GeoDataFrame:
    """Find the places in a text and decide which they are.

    Parameters
    ----------
    text
        Running text.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer.
    language
        Its language, such as ``ar``; detected when None.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a mention, in order: ``start`` and ``end`` (characters of the text), then as from
        `dashboard.geocoding.geocode`.
    """
    from dashboard.geocoding.frame import frame_of
    from dashboard.geocoding.mentions import geoparse

    found = geoparse(text, gazetteer=gazetteer, hand_decided=hand_decided, language=language)
    frame = frame_of([resolution for _, resolution in found])
    frame["name"] = [mention.surface for mention, _ in found]
    frame.insert(0, "start", [mention.start for mention, _ in found])
    frame.insert(1, "end", [mention.end for mention, _ in found])
    return frame


def geocode_mentions(
    mentions: Path,
    output: Path,
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
) -> tuple[int, int, int]:
    """Place the mentions of many documents, those of each document together.

    Parameters
    ----------
    mentions
        One document a line: ``{"doc": …, "mentions": [{"surface": …}, …]}``.
    output
        For each document a line ``{"doc": …, "places": [{"lat": …, "lon": …} or null, …]}``.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer.

    Returns
    -------
    tuple of (int, int, int)
        Documents, mentions placed, mentions in all.

    Raises
    ------
    TableError
        A line cannot be read (it is named), or the output cannot be written.
    """
    from dashboard.geocoding.resolution.corpus import read_documents, resolve_mentions

    documents = placed = total = 0
    temporary = output.with_name(f"{output.name}.part")
    try:
        with mentions.open(encoding="utf-8-sig") as lines, temporary.open("w", encoding="utf-8") as file:
            given = read_documents(lines)
            for answer in resolve_mentions(given, gazetteer=gazetteer, hand_decided=hand_decided):
                file.write(json.dumps(answer, ensure_ascii=False) + "\n")
                documents += 1
                placed += sum(place is not None for place in answer["places"])
                total += len(answer["places"])
        temporary.replace(output)
    except GazetteerError:
        raise
    except UnicodeDecodeError as error:
        raise TableError(f"{mentions} is not UTF-8 ({error.reason}): save it as UTF-8 first") from error
    except OSError as error:
        raise TableError(
            f"{error.filename or output} cannot be used ({error.strerror}): check name, rights and space"
        ) from error
    return documents, placed, total

"""Read what a model wrote: JSON of bounded size and depth, item by item, believing nothing.

Only the shape is looked at here. Whether any of it stands in the article is `held`'s question.
"""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from dashboard.errors import ExtractorError

__all__ = ["Refusal", "Said", "SaidEvent", "SaidFact", "SaidName", "SaidSite", "read_answer"]

_MOST_CHARACTERS: Final = 400_000
_DEEPEST: Final = 12
_MOST_ITEMS: Final = 200
_MOST_NAMES: Final = 20
_SHOWN: Final = 80
_FENCE: Final = re.compile(r"```[a-zA-Z]{0,10}\n")
_THOUGHT_END: Final = "</think>"

_Quote = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3_000)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
_Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of an answer that was not taken.

    Parameters
    ----------
    item
        What it belongs to, such as ``event 3``.
    field
        Which field; empty for all of it.
    value
        The words, shortened.
    reason
        Why, as a sentence without a full stop.
    """

    item: str
    field: str
    value: str
    reason: str

    @classmethod
    def of(cls, item: str, field: str, value: object, reason: str) -> "Refusal":
        """Note something that was not taken.

        Parameters
        ----------
        item
            What it belongs to.
        field
            Which field.
        value
            What was said.
        reason
            Why not.

        Returns
        -------
        Refusal
            With the value shortened, in letters that any log can take.
        """
        return cls(item, field, ascii(str(value)[:_SHOWN]), reason)


class _Read(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class SaidName(_Read):
    """A name as the model gave it."""

    quote: _Words
    kind: _Code = ""


class SaidFact(_Read):
    """What the model said of an event or a site."""

    kind: _Code
    status: _Code
    quote: _Quote
    trigger: _Words
    place_quote: _Words | None = None
    status_quote: _Words | None = None
    actors: list[SaidName] = []
    products: list[_Words] = []


class SaidEvent(SaidFact):
    """What the model said of an event."""

    date_quote: _Words | None = None


class SaidSite(SaidFact):
    """What the model said of a site."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that has the right shape.

    Parameters
    ----------
    events
        Events with their numbers in the answer.
    sites
        Sites with their numbers in the answer.
    refusals
        Items that have not.
    """

    events: tuple[tuple[str, SaidEvent], ...]
    sites: tuple[tuple[str, SaidSite], ...]
    refusals: tuple[Refusal, ...]


def read_answer(content: str) -> Said:
    """Read what a model wrote.

    Parameters
    ----------
    content
        Anything.

    Returns
    -------
    Said
        Its items.

    Raises
    ------
    ExtractorError
        It is no JSON object with events and sites, or too large or too deep.
    """
    if len(content) > _MOST_CHARACTERS:
        raise _unusable(f"is longer than {_MOST_CHARACTERS:,} characters")
    content = _bare(content)
    if _depth(content) > _DEEPEST:
        raise _unusable(f"is nested more than {_DEEPEST} deep")
    try:
        answer = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _unusable("is no JSON") from None
    if not isinstance(answer, dict) or not all(
        isinstance(answer.get(name, []), list) for name in ("events", "sites")
    ):
        raise _unusable("has no lists of events and sites")
    if not ("events" in answer or "sites" in answer):
        raise _unusable("has neither events nor sites")
    refusals: list[Refusal] = []
    events = _items(answer.get("events", []), "event", SaidEvent, refusals)
    sites = _items(answer.get("sites", []), "site", SaidSite, refusals)
    return Said(tuple(events), tuple(sites), tuple(refusals))


def _unusable(why: str) -> ExtractorError:
    return ExtractorError(f"The model's answer {why}; nothing of it was taken", "answer")


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _bare(content: str) -> str:
    """Take off what models write around JSON: thoughts before it, a code fence."""
    content = content.rpartition(_THOUGHT_END)[2].strip()
    fence = _FENCE.match(content)
    if fence is not None and content.endswith("```"):
        content = content[fence.end() : -3]
    return content.strip()


def _depth(content: str) -> int:
    """Count how deep brackets nest, without reading what they hold."""
    depth = deepest = 0
    in_text = escaped = False
    for character in content:
        if escaped:
            escaped = False
        elif in_text:
            escaped = character == "\\"
            in_text = character != '"'
        elif character == '"':
            in_text = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


_Fact = TypeVar("_Fact", bound=SaidFact)


def _items(
    listed: list[Any], noun: str, shape: type[_Fact], refusals: list[Refusal]
) -> list[tuple[str, _Fact]]:
    found: list[tuple[str, _Fact]] = []
    for number, item in enumerate(listed[:_MOST_ITEMS], 1):
        name = f"{noun} {number}"
        try:
            said = shape.model_validate(item)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"]))
            refusals.append(Refusal.of(name, where, "", f"it has not the shape asked for: {first['msg']}"))
            continue
        names = {"actors": said.actors[:_MOST_NAMES], "products": said.products[:_MOST_NAMES]}
        found.append((name, said.model_copy(update=names)))
    if len(listed) > _MOST_ITEMS:
        refusals.append(Refusal.of(f"{noun}s", "", len(listed), f"more than {_MOST_ITEMS} were not read"))
    return found

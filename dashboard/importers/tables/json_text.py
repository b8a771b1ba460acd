"""JSON as it stands in the file: numbers as written, and told what other readers pass over in silence."""

import json
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["Faults", "JsonText", "NotJson", "Number"]

_SPACE: Final = " \t\n\r"
# Names by which JavaScript reaches what is behind an object.
_REACHING: Final = frozenset({"__proto__", "constructor", "prototype"})


class Number(str):
    """A number as written."""

    __slots__ = ()


class NotJson(str):
    """``NaN`` or ``Infinity``, which JSON does not have."""

    __slots__ = ()


class Faults:
    """What was odd about the values read since it was last asked."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def tell(self, sentence: str) -> None:
        """Keep a sentence in mind.

        Parameters
        ----------
        sentence
            What was odd.
        """
        self._found[sentence] = None

    def take(self) -> tuple[str, ...]:
        """Give what was odd, and forget it.

        Returns
        -------
        tuple of str
            Sentences.
        """
        if not self._found:
            return ()
        found = tuple(self._found)
        self._found.clear()
        return found


class JsonText:
    """Reads values of a text one after another, so that a file of a million needs the memory of one.

    Parameters
    ----------
    text
        The text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.faults = Faults()
        self._decoder = json.JSONDecoder(
            parse_int=Number,
            parse_float=Number,
            parse_constant=NotJson,
            object_pairs_hook=self._object,
        )

    def peek(self) -> str:
        """Give the next character that is no space, without passing it; empty at the end.

        Returns
        -------
        str
            The character.
        """
        text, at, end = self.text, self.at, len(self.text)
        while at < end and text[at] in _SPACE:
            at += 1
        self.at = at
        return text[at : at + 1]

    def expect(self, letters: str) -> str:
        """Pass the next character.

        Parameters
        ----------
        letters
            What it may be.

        Returns
        -------
        str
            Which it is.

        Raises
        ------
        ValueError
            It is another.
        """
        found = self.peek()
        if not found or found not in letters:
            raise json.JSONDecodeError(f"expected {' or '.join(letters)}", self.text, self.at)
        self.at += 1
        return found

    def value(self) -> Any:  # noqa: ANN401 - JSON
        """Read a value.

        Returns
        -------
        Any
            Objects as dict, numbers as `Number`.

        Raises
        ------
        ValueError
            It is no JSON.
        RecursionError
            It is nested too deeply.
        """
        self.peek()
        found, self.at = self._decoder.raw_decode(self.text, self.at)
        return found

    def members(self) -> Iterator[str]:
        """Pass an object, giving each key; the caller reads its value before going on.

        Yields
        ------
        str
            A key.
        """
        self.expect("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            key = self.value()
            self.expect(":")
            yield str(key)
            if self.expect(",}") == "}":
                return

    def elements(self) -> Iterator[Any]:
        """Pass an array, giving each of its values.

        Yields
        ------
        Any
            A value.
        """
        self.expect("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.expect(",]") == "]":
                return

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.faults.tell(f"{key[:60]!r} stands twice in one object: the last was taken")
                seen.add(key)
        if not _REACHING.isdisjoint(found):
            for key in sorted(_REACHING & found.keys()):
                self.faults.tell(f"the key {key!r} has no meaning here and was left out")
                del found[key]
        return found

"""Mappings as YAML: written to be read by people, read with errors that name the line and the key."""

from typing import Any, Final

import yaml
from pydantic import ValidationError

from dashboard.errors.mapping import MappingError
from dashboard.importers.mapping.model import Mapping

__all__ = ["mapping_from_yaml", "mapping_to_yaml", "plain_yaml"]

_LONGEST: Final = 200_000
_DEEPEST: Final = 20


def mapping_from_yaml(text: str) -> Mapping:
    """Read a mapping.

    Parameters
    ----------
    text
        YAML.

    Returns
    -------
    Mapping
        Checked.

    Raises
    ------
    MappingError
        If it is no YAML, has a key that no mapping has, or a code that is none of ours.
    """
    value, lines = plain_yaml(text)
    try:
        return Mapping.model_validate(value)
    except ValidationError as error:
        raise MappingError([_sentence(fault, lines) for fault in error.errors()]) from None


def mapping_to_yaml(mapping: Mapping) -> str:
    """Write a mapping; what is as it would be anyway is left out.

    Parameters
    ----------
    mapping
        Any.

    Returns
    -------
    str
        YAML that `mapping_from_yaml` reads to an equal mapping.
    """
    value = mapping.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


def plain_yaml(text: str) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Read YAML that holds nothing but plain values, without anchors.

    Parameters
    ----------
    text
        The file.

    Returns
    -------
    tuple of (dict, dict)
        The values, and the line of each key path.

    Raises
    ------
    MappingError
        If it is something else.
    """
    if len(text) > _LONGEST:
        raise MappingError([f"the file is longer than {_LONGEST} characters"])
    try:
        _check_shape(text)
        node = yaml.compose(text, yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MappingError([f"line {line}: {error.problem}"]) from None
    except MappingError:
        raise
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise MappingError([f"it is no YAML ({str(error)[:200]})"]) from None
    if not isinstance(value, dict) or node is None:
        raise MappingError(["line 1: it should hold keys such as name and date"])
    return value, dict(_lines(node, ()))


def _check_shape(text: str) -> None:
    """Refuse what takes long to read, one event after the other, before anything else reads it."""
    depth, line = 0, 1
    for event in yaml.parse(text, yaml.SafeLoader):
        # An alias repeats what it names, and ten of them within each other fill the memory.
        if isinstance(event, yaml.AliasEvent):
            raise MappingError(["it has anchors and aliases (& and *), which a mapping does not need"])
        # The time of reading grows with the square of the depth: fifty thousand brackets take a minute.
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else line
        if depth > _DEEPEST:
            raise MappingError([f"line {line}: it is nested deeper than any mapping"])


def _lines(node: yaml.Node, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    found = []
    for key, value in node.value:
        here = (*path, str(key.value))
        found.append((here, key.start_mark.line + 1))
        found += _lines(value, here)
    return found


def _sentence(fault: Any, lines: dict[tuple[str, ...], int]) -> str:  # noqa: ANN401 - pydantic's own
    path = tuple(str(part) for part in fault["loc"])
    line = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)
    key = ".".join(path) or "mapping"
    words = "is no key of a mapping" if fault["type"] == "extra_forbidden" else fault["msg"]
    return f"line {line}, {key}: {words}"

"""How a table shall be understood: a mapping of the user's, a preset that knows the dataset, or a guess."""

from collections.abc import Mapping as Names
from dataclasses import dataclass, field

from dashboard.errors import MappingError, TableRefusedError
from dashboard.importers.mapping import Mapping, guess, mapping_from_yaml
from dashboard.importers.presets import Preset, presets, recognise
from dashboard.importers.tables import RawTable

__all__ = ["Chosen", "choose_mapping"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a table is understood.

    Parameters
    ----------
    mapping
        What its columns become.
    preset
        The dataset that it was recognised as; None for a mapping of one's own or a guess.
    asked
        Questions about the guess that a person has to answer first, by key of the mapping.
    guessed
        Columns by field, where the mapping is a guess.
    """

    mapping: Mapping
    preset: Preset | None = None
    asked: Names[str, str] = field(default_factory=dict)
    guessed: Names[str, str] = field(default_factory=dict)


def choose_mapping(raw: RawTable, *, text: str = "", code: str = "") -> Chosen:
    """Decide how a table shall be understood.

    Parameters
    ----------
    raw
        The table.
    text
        A mapping of the user's as YAML; empty for none.
    code
        Code of a preset that shall be taken; empty to recognise the dataset by its columns.

    Returns
    -------
    Chosen
        The mapping; a guess only where nothing is known, with what has to be asked.

    Raises
    ------
    MappingError
        The mapping cannot be read, or there is no such preset, or it does not fit the table.
    TableRefusedError
        The dataset is known, and has nothing that the atlas could show.
    """
    if text:
        return Chosen(mapping_from_yaml(text))
    preset = recognise(raw)
    if code and (preset is None or preset.code != code):
        known = presets()
        if code not in known:
            raise MappingError([f"there is no preset {code!r}, there are {', '.join(known)}"])
        raise MappingError([f"{raw.name} lacks columns of the preset {code!r}: {_missing(raw, known[code])}"])
    if preset is None:
        found = guess(raw)
        return Chosen(
            found.mapping, None, found.asked, {column.field: column.column for column in found.columns}
        )
    if preset.mapping is None:
        raise TableRefusedError(preset.refusal or f"{preset.title} has nothing that the atlas could show")
    return Chosen(preset.mapping, preset)


def _missing(raw: RawTable, preset: Preset) -> str:
    return ", ".join(name for name in preset.headers if name not in raw.columns) or ", ".join(preset.any_of)

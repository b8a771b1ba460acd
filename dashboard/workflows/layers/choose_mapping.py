"""How a table shall be understood: a mapping of the user's, a preset that knows the dataset, or a guess."""

from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace

from dashboard.errors import MappingError, TableRefusedError
from dashboard.importers.mapping import Mapping, guess, mapping_from_yaml
from dashboard.importers.presets import Preset, presets, recognise
from dashboard.importers.tables import RawTable

__all__ = ["Chosen", "choose_mapping", "choose_or_guess", "mapping_of_before"]


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
    warning
        Why the dataset cannot be taken as it is known; empty when it can.
    """

    mapping: Mapping
    preset: Preset | None = None
    asked: Names[str, str] = field(default_factory=dict)
    guessed: Names[str, str] = field(default_factory=dict)
    warning: str = ""


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
        return _guessed(raw)
    if preset.mapping is None:
        raise TableRefusedError(preset.refusal or f"{preset.title} has nothing that the atlas could show")
    return Chosen(preset.mapping, preset)


def choose_or_guess(raw: RawTable) -> Chosen:
    """Decide how a table shall be understood, where a person looks at it before anything else happens.

    Parameters
    ----------
    raw
        The table.

    Returns
    -------
    Chosen
        A guess with a warning where the dataset is known to have nothing to show.
    """
    try:
        return choose_mapping(raw)
    except TableRefusedError as error:
        return replace(_guessed(raw), warning=str(error))


def mapping_of_before(text: str, columns: tuple[str, ...]) -> Mapping | None:
    """Take the mapping that an earlier edition of a table was read by.

    Parameters
    ----------
    text
        The mapping as it was kept with the layer.
    columns
        Columns of the table.

    Returns
    -------
    Mapping or None
        None when there is none, or when it does not fit.
    """
    if not text:
        return None
    try:
        mapping = mapping_from_yaml(text)
    except MappingError:
        return None
    return None if mapping.missing(columns) else mapping


def _guessed(raw: RawTable) -> Chosen:
    found = guess(raw)
    return Chosen(found.mapping, None, found.asked, {column.field: column.column for column in found.columns})


def _missing(raw: RawTable, preset: Preset) -> str:
    return ", ".join(name for name in preset.headers if name not in raw.columns) or ", ".join(preset.any_of)

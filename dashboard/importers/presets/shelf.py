"""Read the presets, and find the one that a table's header fits."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from dashboard.importers.mapping.files import plain_yaml
from dashboard.importers.mapping.folding import fold
from dashboard.importers.mapping.model import Mapping
from dashboard.importers.tables.table import RawTable

__all__ = ["Preset", "presets", "recognise"]

_PACKAGE: Final = "dashboard.importers.presets"


class Preset(BaseModel):
    """A dataset that is known.

    Parameters
    ----------
    code
        Name of its file.
    title
        Name of the dataset.
    citation
        How it asks to be cited.
    licence
        What is known of its terms.
    url
        Its landing page.
    headers
        Columns that it always has; case and marks do not matter.
    any_of
        Columns of which it has at least one.
    mapping
        How its rows become ours; None when nothing of it can be mapped.
    on_map
        Whether its rows have places; otherwise they are kept as rows of the table alone.
    refusal
        What to tell the user when they have none.
    notes
        What to know before relying on it.
    verified
        What its columns, codes and terms were compared with, and when; empty when that was a file of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    title: str
    citation: str
    licence: str
    url: str
    headers: tuple[str, ...]
    any_of: tuple[str, ...] = ()
    mapping: Mapping | None = None
    on_map: bool = True
    refusal: str = ""
    notes: tuple[str, ...] = Field(default=())
    verified: str = ""

    def fits(self, columns: tuple[str, ...]) -> bool:
        """Tell whether a table is this dataset.

        Parameters
        ----------
        columns
            Columns of the table.

        Returns
        -------
        bool
            Whether all its headers are there.
        """
        there = {fold(name) for name in columns}
        if not {fold(name) for name in self.headers} <= there:
            return False
        return not self.any_of or bool({fold(name) for name in self.any_of} & there)


@cache
def presets() -> dict[str, Preset]:
    """List the presets.

    Returns
    -------
    dict of str to Preset
        By code.
    """
    found: dict[str, Preset] = {}
    for file in sorted(files(_PACKAGE).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            value, _ = plain_yaml(file.read_text(encoding="utf-8"))
            code = file.name.removesuffix(".yaml")
            found[code] = Preset.model_validate({"code": code, **value})
    return found


def recognise(raw: RawTable) -> Preset | None:
    """Find the preset of a table.

    Parameters
    ----------
    raw
        The table.

    Returns
    -------
    Preset or None
        The one with most headers in common, its mapping spelled as the table spells its columns and without
        those that this edition lacks.
    """
    fitting = [preset for preset in presets().values() if preset.fits(raw.columns)]
    if not fitting:
        return None
    preset = max(fitting, key=lambda one: len(one.headers))
    if preset.mapping is None:
        return preset
    return preset.model_copy(update={"mapping": _fitted(preset.mapping, raw.columns)})


def _fitted(mapping: Mapping, columns: tuple[str, ...]) -> Mapping:
    spelled = {fold(name): name for name in reversed(columns)}

    def spell(value: Any, key: str = "") -> Any:  # noqa: ANN401 - a tree of plain values
        if isinstance(value, dict):
            return {name: inner if name in _AS_IT_IS else spell(inner, name) for name, inner in value.items()}
        if key == "columns":
            return [spelled[fold(name)] for name in value if fold(name) in spelled]
        if key == "text":
            return _FIELD.sub(lambda found: _braced(spelled.get(fold(found[1]), "")), value)
        if key in _COLUMN_KEYS and isinstance(value, str):
            return spelled.get(fold(value), "")
        return value

    value = mapping.model_dump(exclude_defaults=True)
    spelt = {name: spell(inner) for name, inner in value.items()}
    return Mapping.model_validate(spelt)


def _braced(name: str) -> str:
    return f"{{{name}}}" if name else ""


_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_AS_IT_IS: Final = frozenset({"values", "precisions"})
_COLUMN_KEYS: Final = frozenset(
    {
        "start", "end", "year", "month", "day", "end_year", "end_month", "end_day", "precision", "added",
        "lat", "lon", "pair", "zone", "radius", "type_column",
    }
)  # fmt: skip

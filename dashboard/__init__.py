"""Arsenal Atlas: defense-industry sites and events on maps under one clock, every claim cited.

For notebooks and scripts, see docs/python.md::

    from dashboard import load

    morocco = load().where(country="MA").between("2020", "2021-11")
    morocco.map()

Names are fetched when they are asked for, so that importing the package costs nothing.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dashboard.domain.dates import UncertainDate
    from dashboard.errors import AtlasError
    from dashboard.geocoding import build_gazetteer
    from dashboard.workflows.sharing.notebook import Atlas, atlas_map, geocode, load

__all__ = [
    "Atlas",
    "AtlasError",
    "UncertainDate",
    "__version__",
    "atlas_map",
    "build_gazetteer",
    "geocode",
    "load",
]

try:
    __version__ = version("arsenal-atlas")
except PackageNotFoundError:  # running from a source tree that nobody installed
    __version__ = "0+unknown"

_HOMES: Final = {
    "Atlas": "dashboard.workflows.sharing.notebook",
    "AtlasError": "dashboard.errors",
    "UncertainDate": "dashboard.domain.dates",
    "atlas_map": "dashboard.workflows.sharing.notebook",
    "build_gazetteer": "dashboard.geocoding",
    "geocode": "dashboard.workflows.sharing.notebook",
    "load": "dashboard.workflows.sharing.notebook",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # any of the names above
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

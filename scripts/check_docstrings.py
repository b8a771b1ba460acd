"""Check docstrings with numpydoc, as pyproject.toml configures it.

The objects are imported, because `numpydoc lint` reads source only and so takes properties for functions and
dataclass fields for unknown parameters. A module's docstring is free text, which ruff asks for.
"""

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pydantic
from numpydoc.validate import validate

import dashboard

ROOT = Path(__file__).parent.parent
# Fields may describe themselves; a description of a field that is gone is still a fault.
MISSING_PARAMETERS = "PR01"


def main() -> int:
    """Print one line for each fault; 0 when there is none."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["numpydoc_validation"]
    ignored = set(options["checks"]) - {"all"}
    excluded = re.compile("|".join(options["exclude"]))
    faults = []
    for module in _modules(excluded):
        for name, thing in _public(module):
            if excluded.search(name) or not inspect.getdoc(thing):
                continue
            report = validate(name)
            skipped = ignored | ({MISSING_PARAMETERS} if _has_fields(thing) else set())
            faults += [
                f"{report['file']}:{report['file_line']}: {name}: {code} {text}"
                for code, text in report["errors"]
                if code not in skipped
            ]
    print("\n".join(faults))
    return bool(faults)


def _modules(excluded: re.Pattern[str]) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not excluded.search(info.name):
            yield importlib.import_module(info.name)


def _public(module: ModuleType) -> Iterator[tuple[str, object]]:
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        path = f"{module.__name__}.{name}"
        if inspect.isclass(thing):
            yield path, thing
            members = ((n, m) for n, m in vars(thing).items() if not n.startswith("_"))
            yield from (
                (f"{path}.{n}", m) for n, m in members if isinstance(m, property) or inspect.isroutine(m)
            )
        elif inspect.isroutine(thing):
            yield path, thing


def _has_fields(thing: object) -> bool:
    if not inspect.isclass(thing):
        return False
    # A protocol is never called; Python gives it an __init__ of its own.
    return (
        dataclasses.is_dataclass(thing)
        or issubclass(thing, (pydantic.BaseModel, enum.Enum))
        or bool(getattr(thing, "_is_protocol", False))
    )


if __name__ == "__main__":
    sys.exit(main())

"""No pattern of the article room takes long, whatever it is fed: a slow match would stop every session."""

import importlib
import pkgutil
import re
import time

import pytest

import dashboard.articles

SIZE = 100_000
BUDGET_S = 0.2
HOSTILE = [
    "a",
    " ",
    "\n",
    "1",
    "A.",
    "a ",
    "1-",
    "—",
    ", ",
    "((",
    "°",
    "[a",
    "a/",
    "| ",
    "«",
    "'",
    "\u0651",
    "é",
    "A. ",
    "9999-",
]


def patterns():
    found = {}
    for module in pkgutil.walk_packages(dashboard.articles.__path__, "dashboard.articles."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                found[f"{module.name.removeprefix('dashboard.articles.')}.{name}"] = value
    return found


@pytest.mark.parametrize(("name", "pattern"), patterns().items(), ids=patterns().keys())
def test_every_pattern_is_quick_on_hostile_text(name, pattern):
    for piece in HOSTILE:
        text: str | bytes = (piece * SIZE)[:SIZE]
        if isinstance(pattern.pattern, bytes):
            text = text.encode()[:SIZE]
        began = time.process_time()
        pattern.match(text)
        for _ in pattern.finditer(text):
            pass
        assert time.process_time() - began < BUDGET_S, f"{name} on {piece!r}"


def test_there_are_patterns_to_test():
    assert len(patterns()) > 8

"""The power goes while the atlas writes: what it acknowledged is on the disk."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parent / "power_cuts.py"


def cuts(folder: Path, count: int, *synchronous: str) -> Any:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), str(count), "11", *synchronous],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_what_was_acknowledged_outlives_a_power_cut(memory: Path, count: int, report: Any) -> None:
    found = cuts(memory, count)
    report(
        f"SQLite, {count} power cuts: {found['acknowledged']} writes acknowledged, {found['lost']} lost, "
        f"{len(found['problems'])} torn or damaged"
    )
    assert (found["lost"], found["problems"]) == (0, [])
    assert found["acknowledged"] > count


def test_a_setting_that_syncs_less_would_be_caught(memory: Path) -> None:
    normal = "1"
    assert cuts(memory, 4, normal)["lost"] > 0

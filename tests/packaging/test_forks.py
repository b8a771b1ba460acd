"""What is forked for the tests is what a new Python would be."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not sys.modules["tests_forks"].FORKS, reason="nothing is forked here")

# What modules of the atlas hold, in words: what was drawn by lot differs from process to process.
HELD = """
import dashboard.cli, dashboard.hosting.server, dashboard.runtime, json, sys
modules = {name: vars(module) for name, module in sys.modules.items() if name.startswith("dashboard.")}
held = {f"{name}.{key}": repr(value) for name, module in modules.items() for key, value in module.items()
        if isinstance(value, bytes | str | int | float)}
print(json.dumps(held))
"""
SAYS = """
import os, sys, threading
print(sys.argv, __name__, sys.path[0], os.getcwd(), os.environ["ARSENAL_ATLAS_DB"], threading.active_count())
print([os.environ.get(name) for name in sys.argv], flush=True)
print("and complains", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture
def started(tmp_path: Path) -> Any:
    """Starts code, forked or anew; gives how it ended and what it said."""

    def start(code: str, *arguments: str, how: str = "forked", **own: str) -> tuple[int, str]:
        env = os.environ | {"ARSENAL_ATLAS_DB": "mine"} | own
        with (tmp_path / "output").open("w+b") as output:
            if how == "forked":
                process = sys.modules["tests_forks"].start(code, *arguments, env=env, output=output)
            else:
                command = [sys.executable, "-c", code, *arguments]
                process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
            ended = process.wait(60)
            output.seek(0)
            return ended, output.read().decode()

    return start


def test_it_is_what_a_new_python_would_be(started):
    names = ["ARSENAL_ATLAS_DB", *sys.modules["tests_forks"].WITHOUT_THREADS, *os.environ]
    assert started(SAYS, *names) == started(SAYS, *names, how="anew")
    code, said = started(SAYS)
    assert code == 7
    assert "mine" in said


@pytest.mark.parametrize("code", ["1 / 0", "import os; os.kill(os.getpid(), 9)", "import os; os.abort()"])
def test_it_ends_as_a_new_python_would(started, code):
    (ended, said), (expected, complaint) = started(code), started(code, how="anew")
    assert ended == expected != 0
    assert said.splitlines()[-1:] == complaint.splitlines()[-1:]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_reaches_it(tmp_path, number):
    said = tmp_path / "output"
    with said.open("wb") as output:
        code = "import sys, time; print('here', flush=True); time.sleep(600)"
        process = sys.modules["tests_forks"].start(code, env=os.environ, output=output)
    while not said.read_text():
        assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.send_signal(number)
    assert process.wait(60) == -number
    assert ("KeyboardInterrupt" in said.read_text()) == (number == signal.SIGINT)
    process.terminate()  # whom nobody is any more


def test_what_modules_draw_by_lot_is_drawn_for_each(started):
    anew, one, other = (json.loads(started(HELD, how=how)[1]) for how in ("anew", "forked", "forked"))
    drawn = [name for name in anew if anew[name] != one[name]]
    assert drawn
    assert [name for name in drawn if one[name] == other[name]] == []


def test_where_imports_may_have_read_another_environment_python_starts_anew(started):
    says = "import os, sys; print('dashboard.hosting' in sys.modules, os.environ.get('COLUMNS'))"
    assert started(says)[1].startswith("True")
    assert started(says, COLUMNS="90") == (0, "False 90\n")

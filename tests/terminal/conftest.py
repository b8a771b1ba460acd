"""The command line as its users run it: in this process, or as a process of its own where that matters."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.settings import load_settings

Run = Callable[..., subprocess.CompletedProcess[str]]
WIDTH = {"COLUMNS": "200"}


def _here(arguments: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    said, complained = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    load_settings.cache_clear()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        patch.setattr(sys, "argv", ["arsenal-atlas", *arguments])
        # What --db sets for the rest of a process must not outlive the command here.
        patch.setenv("ARSENAL_ATLAS_DB", os.environ.get("ARSENAL_ATLAS_DB", ""))
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
    load_settings.cache_clear()
    texts = []
    for stream in (said, complained):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]  # a BytesIO
    return subprocess.CompletedProcess(arguments, ended.value.code or 0, *texts)  # type: ignore[arg-type]


@pytest.fixture
def atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, without the seconds in which a new one imports everything."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **environment: _here(arguments, WIDTH | environment)


@pytest.fixture
def atlas_process(tmp_path: Path) -> Run:
    """Runs a command as its users do. One test of each family of commands proves that it starts."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", "from dashboard.cli import main; main()", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=tmp_path,
            env=os.environ | WIDTH | environment,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run

"""The rules of the house that no other tool checks."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dashboard"
LONGEST_MODULE = 500
# Streamlit and alembic run these from top to bottom; they are not made to be imported.
SCRIPTS = ("dashboard.app.", "dashboard.app_pages.", "dashboard.store.database.migrations.")
FILES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if not {"frontend", "starter"} & set(path.relative_to(PACKAGE).parts)
)
IMPORT_ALL = """
import importlib, sys, threading
for name in sys.argv[1:]:
    importlib.import_module(name)
print([thread.name for thread in threading.enumerate() if not thread.daemon])
"""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = [name for name in map(module_name, FILES) if not f"{name}.".startswith(SCRIPTS)]


def test_importing_does_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-c", IMPORT_ALL, *MODULES]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "['MainThread']\n"
    assert list(tmp_path.rglob("*")) == []


def test_the_commands_help_needs_none_of_the_heavy_libraries() -> None:
    code = "import dashboard.cli, sys; print({'pandas', 'folium', 'streamlit'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_a_module_says_what_it_is_for_and_stays_readable(path: Path) -> None:
    source = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(source)), "the module has no docstring"
    assert len(source.splitlines()) <= LONGEST_MODULE


def test_every_setting_describes_itself() -> None:
    from dashboard.settings import Settings

    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def commands() -> Iterator[tuple[str, click.Command]]:
    from dashboard import cli

    yield from _walk("arsenal-atlas", typer.main.get_command(cli.cli))


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, child in command.commands.items():
        yield from _walk(f"{path} {name}", child)


def test_every_command_has_help_with_an_example() -> None:
    found = dict(commands())
    assert found
    assert [path for path, command in found.items() if path not in (command.help or "")] == []


def test_every_option_says_what_it_does() -> None:
    silent = [
        f"{path} {parameter.name}"
        for path, command in commands()
        for parameter in command.params
        if not getattr(parameter, "help", "") and parameter.name != "help"
    ]
    assert silent == []

"""What every command needs: where it prints, the settings, the gazetteer."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

if TYPE_CHECKING:
    from dashboard.geocoding import Gazetteer
    from dashboard.settings import Settings

__all__ = ["build_the_gazetteer", "err", "open_gazetteer", "out", "progress_bar", "settings_for"]

out: Final = Console()
err: Final = Console(stderr=True)


@contextmanager
def progress_bar(title: str, *, counted: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on the error stream while something is done.

    Parameters
    ----------
    title
        What is being done.
    counted
        Whether to print how many are done of how many.

    Yields
    ------
    Callable
        To be called with (done, total).
    """
    numbers = (MofNCompleteColumn(),) if counted else ()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), *numbers, TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def settings_for(db_url: str | None = None) -> "Settings":
    """Read the settings.

    Parameters
    ----------
    db_url
        Database address that stands above the environment's.

    Returns
    -------
    Settings
        The settings of this process.
    """
    from dashboard.settings import load_settings

    if db_url:
        os.environ["ARSENAL_ATLAS_DB"] = db_url
        load_settings.cache_clear()
    return load_settings()


def open_gazetteer(settings: "Settings") -> "Gazetteer":
    """Open the gazetteer, which is built first when there is none in the cache folder.

    Parameters
    ----------
    settings
        Where it lies.

    Returns
    -------
    Gazetteer
        The open gazetteer.
    """
    from dashboard.geocoding import Gazetteer

    if not settings.gazetteer_path.is_file() and settings.gazetteer is None:
        build_the_gazetteer(settings)
    return Gazetteer.open(settings.gazetteer_path)


def build_the_gazetteer(settings: "Settings") -> None:
    """Build the gazetteer where the settings want it, with the hand-decided places of the package.

    Parameters
    ----------
    settings
        Where it shall lie, and where the package is.
    """
    from dashboard.geocoding import HandDecidedPlaces, build_gazetteer

    with progress_bar("Building the gazetteer (once, about half a minute)") as report:
        built = build_gazetteer(
            settings.gazetteer_path,
            hand_decided=HandDecidedPlaces.from_csv(settings.package / "places.csv"),
            progress=report,
        )
    err.print(f"Gazetteer: {settings.gazetteer_path} · {built.places:,} places, {built.names:,} names")

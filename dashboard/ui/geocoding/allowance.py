"""How many names somebody may have geocoded now: asked before, counted after, the same on every page."""

from dashboard.measures import count
from dashboard.runtime import runtime
from dashboard.ui.person import current_person, visitor
from dashboard.workflows.geocoding.rates import limit_geocoding

__all__ = ["most_at_once", "take_names"]


def take_names(names: int) -> None:
    """Count names that are about to be geocoded for whoever looks at the page.

    Parameters
    ----------
    names
        How many.

    Raises
    ------
    BusyError
        If it is too much for one person; nothing is counted then.
    """
    limit_geocoding(current_person(), names, most_at_once(), visitor=visitor())
    count("geocodings", names)


def most_at_once() -> int:
    """Say how many names one person may have geocoded in a minute.

    Returns
    -------
    int
        As the settings say.
    """
    return runtime().settings.geocodings_per_minute

"""Records whose stored points are none: shown without a point and counted, never drawn and never dropped.

One bad point that somebody put into the database must not keep the map from everybody.
"""

from dashboard.domain.points import BrokenPoint, broken_points, with_real_points
from dashboard.workflows.views.frames import Tables

__all__ = ["not_drawn", "without_broken_points"]


def without_broken_points(tables: Tables) -> tuple[Tables, tuple[BrokenPoint, ...]]:
    """Take points away that are none.

    Parameters
    ----------
    tables
        All records as they are stored.

    Returns
    -------
    tuple of (Tables, tuple of BrokenPoint)
        The tables that everything is made from, the very same ones when every point is one; and what was
        taken away.
    """
    broken = tuple(broken_points(tables))
    if not broken:
        return tables, ()
    names = {one.table for one in broken}
    return {**tables, **{name: with_real_points(tables[name]) for name in names}}, broken


def not_drawn(broken: tuple[BrokenPoint, ...]) -> str:
    """Say how many places are not drawn.

    Parameters
    ----------
    broken
        What `without_broken_points` took away.

    Returns
    -------
    str
        One sentence that names none of them; empty when all are drawn.
    """
    if not broken:
        return ""
    if len(broken) == 1:
        return "1 not drawn: what is stored for its place is no point on Earth. It is in the tables."
    words = "not drawn: what is stored for their places are no points on Earth. They are in the tables."
    return f"{len(broken)} {words}"

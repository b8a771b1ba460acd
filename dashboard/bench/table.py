"""The tables of docs/benchmarks.md, written from results instead of by hand.

``arsenal-atlas bench table --page docs/benchmarks.md`` puts them between the two marks of that page; without
a page it prints them.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from dashboard.bench.sessions.analyst import MEASURED_APART
from dashboard.bench.sessions.measure import ACTIONS_ATLAS, ACTIONS_GEOJSON, ATLAS, GEOJSON
from dashboard.bench.variants import VARIANTS

__all__ = ["into_page", "tables"]

BEGIN: Final = "<!-- measured: written by arsenal-atlas bench table -->"
END: Final = "<!-- measured: end -->"

_MAP: Final = {
    "variant": "variant",
    "points": "points",
    "build_ms": "build ms",
    "payload_bytes": "MB",
    "first_paint_ms": "first paint ms",
    "after_payload_ms": "after payload ms",
    "fps": "fps",
    "step_ms": "step ms",
    "gap_p95_ms": "gap 95 % ms",
    "gap_max_ms": "worst gap ms",
    "heap_mb": "heap MB",
    "steps": "steps",
    "note": "note",
}
_APP: Final = {
    "records": "records",
    "seed_ms": "seed ms",
    "start_ms": "start ms",
    "first_paint_ms": "first paint ms",
    "second_paint_ms": "second paint ms",
    "rerun_ms": "rerun ms",
    "server_ms": "server ms",
    "payload_bytes": "MB",
    "server_rss_mb": "server MB",
}
_SESSIONS: Final = {
    "variant": "page",
    "sessions": "sessions",
    "admitted": "admitted",
    "refused": "refused",
    "open_p95_ms": "open 95 % ms",
    "reruns": "reruns",
    "rerun_p50_ms": "rerun ms",
    "rerun_p95_ms": "rerun 95 % ms",
    "cpu_ms": "CPU ms a rerun",
    "rerun_kb": "kB a rerun",
    "session_mb": "MB a session",
    "server_rss_mb": "server MB",
    "errors": "errors",
    "note": "note",
}
_VISITED: Final = {
    ATLAS: "**atlas**",
    GEOJSON: "folium.GeoJson in Streamlit",
    ACTIONS_ATLAS: "**atlas**",
    ACTIONS_GEOJSON: "folium.GeoJson in Streamlit",
}
_TITLES: Final = {
    "tenth": "A tenth of the span slides through it",
    "cumulative": "All since the beginning, growing until every point is shown",
}


def tables(results: Sequence[dict[str, Any]]) -> str:
    """Write results as Markdown.

    Parameters
    ----------
    results
        Lines of a results file.

    Returns
    -------
    str
        What was measured when and where, then tables: one for each window, for the app, for its visitors.
    """
    maps = [_labelled(row) for row in results if row["variant"] in VARIANTS]
    parts = [_circumstances(results)]
    for window, title in _TITLES.items():
        rows = sorted((row for row in maps if row["window"] == window), key=lambda row: row["points"])
        if rows:
            parts.append(f"### {title}\n\n{_table(_MAP, rows)}")
    names = {row["variant"]: None for row in results if row["variant"] in VARIANTS}
    if names:
        clocks = [f"- {VARIANTS[name].label}: {VARIANTS[name].clock}." for name in names]
        parts.append("How each clock is moved:\n\n" + "\n".join(clocks))
    if apps := [row for row in results if row["variant"] == "app"]:
        parts.append(f"### The whole app\n\n{_table(_APP, apps)}")
    if crowds := _visited(results, ATLAS, GEOJSON):
        parts.append(f"### Many visitors at once\n\n{_table(_SESSIONS, crowds)}")
    if spent := _visited(results, ACTIONS_ATLAS, ACTIONS_GEOJSON):
        columns = {"variant": "page", **{name: name for name in MEASURED_APART}}
        parts.append(f"### Milliseconds of processor time a rerun\n\n{_table(columns, spent)}")
    return "\n\n".join(parts) + "\n"


def into_page(page: str, written: str) -> str:
    """Put tables into a page.

    Parameters
    ----------
    page
        Markdown with the two marks.
    written
        The tables.

    Returns
    -------
    str
        The page with the tables between its marks.
    """
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"The page has no place for tables: it needs {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{written}\n{END}{after}"


def _visited(results: Sequence[dict[str, Any]], *variants: str) -> list[dict[str, Any]]:
    found = [row for row in results if row["variant"] in variants]
    return [row | {"variant": _VISITED[row["variant"]]} for row in found]


def _labelled(row: dict[str, Any]) -> dict[str, Any]:
    webgl = {"software": ", no GPU: WebGL in software", "GPU": ", on a GPU"}.get(row["webgl"], "")
    return row | {"variant": VARIANTS[row["variant"]].label + webgl}


def _circumstances(results: Sequence[dict[str, Any]]) -> str:
    if not results:
        return "Nothing was measured."
    first, last = results[0], results[-1]
    loads = [row["load"] for row in results if row["load"] is not None]
    between = f", load {min(loads)} to {max(loads)}" if loads else ""
    return (
        f"{first['cpus']} cores, {first['browser'] or 'Chromium'} (headless, `--disable-gpu`), "
        f"Python {first['python']}, {first['at'][:16]} to {last['at'][11:16]} UTC{between}."
    )


def _table(columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> str:
    lines = [f"| {' | '.join(columns.values())} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(name, row.get(name)) for name in columns)} |" for row in rows]
    return "\n".join(lines)


def _cell(name: str, value: Any) -> str:  # noqa: ANN401  # whatever JSON can say
    if value is None:
        return ""
    if name == "payload_bytes":
        return f"{value / 1e6:,.2f}"
    if name.endswith("_ms") and value >= 100:  # noqa: PLR2004  # tenths of a long time say nothing
        return f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int | float) else str(value).replace("|", "\\|")

"""The clock's windows, and the clock of maps that have none."""

from typing import Any, Final

import numpy as np
from branca.element import MacroElement
from folium.template import Template

from dashboard.bench.synthetic import FIRST_DAY, LAST_DAY
from dashboard.frames import AtlasFrames

__all__ = ["STEPS", "WIDTH_DAYS", "WINDOWS", "ClockScript", "LayersClock", "clock_windows"]

STEPS: Final = 50
"""Steps of the clock that are measured."""

WINDOWS: Final = ("tenth", "cumulative")
"""How the clock's window moves: a tenth of the span that slides, or all since the beginning that grows."""

_LONGEST: Final = 366  # days of the widest synthetic date: the last window holds all of them for certain
_WHOLE: Final = int((LAST_DAY - FIRST_DAY).astype(int))

WIDTH_DAYS: Final = _WHOLE // 10
"""Width of the sliding window."""


def clock_windows(window: str = "tenth") -> list[tuple[str, str]]:
    """List the windows of the clock's steps, from the beginning of the span to its end.

    Parameters
    ----------
    window
        A name of `WINDOWS`. A cumulative one ends by showing every point.

    Returns
    -------
    list of tuple of str
        First and last day, ISO.
    """
    if window == "cumulative":
        ends = FIRST_DAY + np.linspace(_WHOLE // STEPS, _WHOLE + _LONGEST, STEPS).astype(int)
        return [(str(FIRST_DAY), str(end)) for end in ends]
    starts = FIRST_DAY + np.linspace(0, _WHOLE - WIDTH_DAYS, STEPS).astype(int)
    return [(str(start), str(start + WIDTH_DAYS)) for start in starts]


class ClockScript(MacroElement):
    """A script at the end of a rival's map that lets the benchmark move its clock.

    Parameters
    ----------
    script
        Sets ``benchMove(from, to)`` and, when points stand, ``benchReady``; ``map`` is the map.
    **data
        What the script finds under these names.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {
                const map = {{ this._parent.get_name() }};
                const day = text => Date.parse(text) / 86400000;
                {% for name, value in this.data.items() %}const {{ name }} = {{ value|tojson }};
                {% endfor %}{{ this.body }}
            }
        {% endmacro %}
        """
    )

    def __init__(self, script: str, **data: Any) -> None:  # noqa: ANN401  # whatever JSON can say
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "ClockScript"
        self.body = script
        self.data = data


class LayersClock(ClockScript):
    """Shows and hides the layers of a map without a clock, as its users do: those that change, one by one.

    Parameters
    ----------
    frames
        What the map shows.
    layers
        JavaScript expression for the layers, in the order of the frames.
    group
        JavaScript expression for what holds them.
    """

    def __init__(self, frames: AtlasFrames, layers: str, group: str) -> None:
        script = f"""
                const layers = {layers};
                const group = {group};
                const shown = layers.map(() => true);
                globalThis.benchMove = (from, to) => {{
                    const start = day(from), end = day(to);
                    for (let i = 0; i < layers.length; i++) {{
                        const wanted = first[i] <= end && last[i] >= start;
                        if (wanted === shown[i]) continue;
                        shown[i] = wanted;
                        if (wanted) group.addLayer(layers[i]); else group.removeLayer(layers[i]);
                    }}
                }};
                globalThis.benchReady = true;
        """
        placements = frames.placements
        super().__init__(script, first=placements["first"].tolist(), last=placements["last"].tolist())

"""Charts as they are sent: written down once, then the same text for everybody who looks at the same rows."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import pyarrow as pa

__all__ = ["Specification", "specify"]

_DIGEST: Final = 16


@dataclass(frozen=True, slots=True)
class Specification:
    """A chart in Vega-Lite, and its rows.

    Parameters
    ----------
    text
        The chart in JSON; its data are a name.
    name
        That name, a hash of the rows.
    rows
        The rows as an Arrow stream.
    """

    text: str
    name: str
    rows: bytes

    def whole(self) -> dict[str, Any]:
        """Put chart and rows together.

        Returns
        -------
        dict
            Vega-Lite, with the Arrow stream in ``datasets``; the caller's own.
        """
        chart: dict[str, Any] = json.loads(self.text)
        return chart | {"datasets": {self.name: self.rows}}


def specify(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> Specification:
    """Write a chart down.

    Parameters
    ----------
    chart
        A chart of one data frame.

    Returns
    -------
    Specification
        What it says, without Altair's own theme.
    """
    table = pa.Table.from_pandas(chart.data, preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    rows = sink.getvalue().to_pybytes()
    name = hashlib.blake2b(rows, digest_size=_DIGEST).hexdigest()
    named = chart.copy(deep=False)
    named.data = alt.NamedData(name)
    # Tests hold every chart against Altair's schema; a page would wait for it.
    said = named.to_dict(validate=False)
    said.pop("config", None)  # sizes of Altair's theme: the page decides them
    return Specification(json.dumps(said), name, rows)

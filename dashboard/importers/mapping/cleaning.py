"""Text that must not pass as it is: what nobody sees, names without end, columns without a field."""

import json
import re
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["LONGEST", "cut", "extra_of", "hidden", "shown"]

LONGEST: Final = 500
"""Characters of a name; other texts may have twenty times as many."""

_HIDDEN: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
_HIDDEN_RE: Final = re.compile(_HIDDEN)


def hidden(cells: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - Arrow has no types
    """Find texts with characters that nobody sees: NUL, zero width, marks that turn the direction round.

    Parameters
    ----------
    cells
        Texts.

    Returns
    -------
    numpy.ndarray
        One answer for each row.
    """
    coded = pc.dictionary_encode(cells)
    met = pc.match_substring_regex(coded.dictionary, _HIDDEN).to_numpy(zero_copy_only=False).astype(bool)
    answers: NDArray[np.bool_] = met[coded.indices.to_numpy(zero_copy_only=False)]
    return answers


def shown(text: str) -> str:
    """Write out the characters that nobody sees.

    Parameters
    ----------
    text
        Any.

    Returns
    -------
    str
        With ``[U+202E]`` and the like in their places.
    """
    return _HIDDEN_RE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def cut(cells: Any, most: int) -> tuple[Any, NDArray[np.bool_]]:  # noqa: ANN401 - Arrow has no types
    """Cut texts that are too long.

    Parameters
    ----------
    cells
        Texts without nulls.
    most
        Characters.

    Returns
    -------
    tuple of (pyarrow.StringArray, numpy.ndarray)
        Texts, and which were cut.
    """
    # Bytes first: they are counted without reading the text, and no text has more characters.
    long = pc.greater(pc.binary_length(cells), most)
    if not pc.any(long).as_py():
        return cells, np.zeros(len(cells), dtype=bool)
    long = pc.greater(pc.utf8_length(cells), most)
    short = pc.utf8_slice_codeunits(cells, 0, most - 1)
    ends = pc.if_else(long, "\u2026", "")
    whole = pc.if_else(long, short, cells)
    return pc.binary_join_element_wise(whole, ends, ""), long.to_numpy(zero_copy_only=False)


def extra_of(batch: pa.RecordBatch, names: list[str]) -> Any:  # noqa: ANN401 - Arrow has no types
    """Keep the columns that have no field of ours.

    Parameters
    ----------
    batch
        Columns as written.
    names
        Which of them.

    Returns
    -------
    pyarrow.StringArray
        JSON objects; empty cells are left out.
    """
    pieces = [_piece(batch.column(name), name) for name in names]
    if not pieces:
        return pa.repeat("{}", batch.num_rows)
    inner = pc.binary_join_element_wise(*pieces, "")
    return pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(inner, 2), "}", "")


def _piece(column: Any, name: str) -> Any:  # noqa: ANN401 - Arrow has no types
    texts = pc.fill_null(column if pa.types.is_string(column.type) else pc.cast(column, pa.string()), "")
    coded = pc.dictionary_encode(texts)
    key = json.dumps(name, ensure_ascii=False)
    pieces = [
        f", {key}: {json.dumps(text, ensure_ascii=False)}" if text else ""
        for text in coded.dictionary.to_pylist()
    ]
    return pa.array(pieces, pa.string()).take(coded.indices)

"""Lists of pairs in one cell: products with their designation, actors with their role."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from dashboard.domain.vocabulary import codes, label
from dashboard.ui.editing.fields import Fields

__all__ = ["edit_products", "edit_roles"]

_Box = st.delta_generator.DeltaGenerator
_LIST, _PAIR = "|", ":"
_WIDTHS: Final = (3, 4, 1)


def edit_products(fields: Fields) -> None:
    """Draw the products of a site or event: category and designation as written.

    Parameters
    ----------
    fields
        Fields of the record.
    """
    st.markdown("**Products**")
    known = codes("product_categories")

    def draw(at: int, category: str, left: _Box, middle: _Box) -> None:
        left.selectbox(
            "Category",
            known if category in known else (category, *known),
            format_func=lambda code: label("product_categories", code),
            **_field(fields, "products", at, "a"),
        )
        middle.text_input(
            "Designation as written",
            max_chars=200,
            placeholder="such as SpyX",
            **_field(fields, "products", at, "b"),
        )

    _edit(fields, "products", draw, last=False)
    _adder("Add a product", fields, "products", "other")


def edit_roles(fields: Fields, actors: Sequence[str], name: Callable[[str], str]) -> None:
    """Draw the actors of an event with their roles.

    Parameters
    ----------
    fields
        Fields of the event.
    actors
        Ids of all actors.
    name
        Gives the name of one.
    """
    st.markdown("**Who took part**")
    choices = fields.narrowed(st.container(), "actors", actors, name, "actor")

    def draw(at: int, actor_id: str, left: _Box, middle: _Box) -> None:
        left.selectbox(
            "Actor",
            choices if actor_id in choices else [actor_id, *choices],
            format_func=lambda one: name(one) or "choose …",
            **_field(fields, "actors", at, "a"),
        )
        middle.selectbox(
            "Role",
            codes("actor_roles"),
            format_func=lambda code: label("actor_roles", code),
            **_field(fields, "actors", at, "b"),
        )

    _edit(fields, "actors", draw, last=True)
    _adder("Add an actor", fields, "actors", f"{_PAIR}participant")


def _edit(fields: Fields, column: str, draw: Callable[[int, str, _Box, _Box], None], *, last: bool) -> None:
    for at, (first, second) in enumerate(_split(fields.row[column], last=last)):
        key = f"{fields.desk.key_of(fields.row, column)}_{at}"
        st.session_state.setdefault(f"{key}_a", first)
        st.session_state.setdefault(f"{key}_b", second)
        left, middle, right = st.columns(_WIDTHS, vertical_alignment="bottom")
        draw(at, first, left, middle)
        _remover(right, fields, column, at)
    fields.say(st.container(), column)


def _field(fields: Fields, column: str, at: int, end: str) -> dict[str, Any]:
    """Give what all fields of all pairs have in common."""
    key = f"{fields.desk.key_of(fields.row, column)}_{at}"
    return {
        "key": f"{key}_{end}",
        "on_change": _take,
        "args": (fields, column, at, key),
        "label_visibility": "collapsed" if at else "visible",
    }


def _adder(title: str, fields: Fields, column: str, item: str) -> None:
    st.button(
        title,
        key=f"{fields.desk.key_of(fields.row, column)}_add",
        icon=":material/add:",
        on_click=_append,
        args=(fields, column, item),
    )


def _split(cell: str, *, last: bool) -> list[tuple[str, str]]:
    parts = [item for item in cell.split(_LIST) if item]
    split = str.rpartition if last else str.partition
    return [(one[0], one[2]) for one in (split(item, _PAIR) for item in parts)]


def _join(first: str, second: str) -> str:
    return f"{first}{_PAIR}{second}" if second else first


def _take(fields: Fields, column: str, at: int, key: str) -> None:
    row = fields.row
    if not _is_drawn(fields, column, at, key):
        return
    first, second = (str(st.session_state.get(f"{key}_{end}") or "").strip() for end in "ab")
    items = [item for item in row[column].split(_LIST) if item]
    if at < len(items):
        items[at] = _join(first, second.replace(_LIST, "/"))
        row[column] = _LIST.join(items)
        fields.desk.touch()


def _append(fields: Fields, column: str, item: str) -> None:
    # The pairs before it stand where they stood, and so do their fields.
    fields.row[column] = _LIST.join([one for one in (fields.row[column], item) if one])
    fields.desk.touch()


def _remover(box: _Box, fields: Fields, column: str, at: int) -> None:
    key = f"{fields.desk.key_of(fields.row, column)}_{at}"
    box.button(
        "✕",
        key=f"{key}_remove",
        help="Take it out",
        type="tertiary",
        on_click=_remove,
        args=(fields, column, at, key),
    )


def _remove(fields: Fields, column: str, at: int, key: str) -> None:
    if not _is_drawn(fields, column, at, key):
        return  # a second click before the page was drawn anew would take out the one behind it
    items = [item for item in fields.row[column].split(_LIST) if item]
    fields.row[column] = _LIST.join(item for number, item in enumerate(items) if number != at)
    fields.desk.turn(fields.row["id"])


def _is_drawn(fields: Fields, column: str, at: int, key: str) -> bool:
    """Say whether the pair still stands where it was drawn."""
    return key == f"{fields.desk.key_of(fields.row, column)}_{at}"

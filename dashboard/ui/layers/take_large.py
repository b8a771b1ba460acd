"""A large layer taken away as a file: what the atlas's filters and clock hold of it, up to some rows."""

import tempfile
import weakref
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import streamlit as st

from dashboard.domain.access import Person, Right, may, require
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.layers.listing import ShownLayer
from dashboard.ui.words import plain
from dashboard.workflows.large_layers.exporting import LARGE_FORMATS, MOST_ON_PAGES
from dashboard.workflows.large_layers.narrowing import narrowing_of
from dashboard.workflows.sharing.link import Link, describe_link
from dashboard.workflows.views.datasets import LAYER

__all__ = ["show_take_large"]

_MADE: Final = "large_made"
_LABELS: Final = {".csv": "CSV", ".parquet": "GeoParquet"}


def show_take_large(one: ShownLayer, atlas: AtlasView, person: Person) -> None:
    """Draw the way to a file.

    Parameters
    ----------
    one
        The layer.
    atlas
        The atlas, as the person may see it.
    person
        Who looks.
    """
    st.markdown("##### Take records away")
    if not _is_allowed(person):
        st.info("Your role does not include taking records away as files.", icon=":material/lock:")
        return
    link = Link(filters=address.link().filters, window=address.window())
    asked = plain("; ".join(describe_link(link, atlas.library()))) or "everything, at any time"
    st.markdown(f"What the atlas's filters and clock hold now: *{asked}*")
    try:
        about = runtime().large.estimate(atlas.audience, one.layer, link)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if about > MOST_ON_PAGES:
        st.warning(
            f"These are about {about:,} rows, and a page gives {MOST_ON_PAGES:,} at most. Narrow them by the "
            "atlas's filters, clock or area, or run `arsenal-atlas layers export` beside the server.",
            icon=":material/data_alert:",
        )
        return
    if of_singles := narrowing_of(link.filters).of_singles:
        st.caption(plain(f"Counted without asking for {', '.join(of_singles)}: the file holds fewer."))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        ending = st.selectbox(
            "Format", LARGE_FORMATS, key="large_format", format_func=_LABELS.__getitem__, width=200
        )
        is_asked = st.button(
            f"Make the file of about {about:,} row{'' if about == 1 else 's'}" if about else "Make the file",
            key="large_make",
            icon=":material/draft:",
            # A small area may lie beside where its cells' counts are drawn and hold records all the same.
            disabled=not about and link.filters.area is None,
        )
    _show_file(one, atlas, person, _Wish(one.layer, link, ending), is_asked=is_asked)
    st.caption(f"With its licence and citation in a file beside it; {MOST_ON_PAGES:,} rows at most.")


@dataclass(frozen=True)
class _Wish:
    """Which file is asked for; of whom is asked when it is made and when it is given."""

    layer: str
    link: Link
    ending: str


@dataclass(frozen=True)
class _Made:
    """A file that waits to be taken: on the disk, and gone with the session."""

    wish: _Wish
    cell: float
    rows: int
    file: IO[bytes]

    def read(self) -> bytes:
        self.file.seek(0)
        return self.file.read()


def _show_file(one: ShownLayer, atlas: AtlasView, person: Person, wish: _Wish, *, is_asked: bool) -> None:
    """Make the file where it is asked for, and give it; what went wrong is said here, by us."""
    if is_asked:
        st.session_state.pop(_MADE, None)
        try:
            with st.spinner("Reading the layer …"):
                st.session_state[_MADE] = _made(atlas, person, wish)
        except AtlasError as error:
            st.error(f"The file was not made. {plain(str(error))}", icon=":material/error:")
            return
        except OSError as error:
            why = plain(error.strerror or "no reason given")
            st.error(
                f"The file was not made: the server's disk refused ({why}). Try again later, or ask whoever "
                "runs the atlas for room where temporary files lie.",
                icon=":material/error:",
            )
            return
    made: _Made | None = st.session_state.get(_MADE)
    if made is None or (made.wish, made.cell) != (wish, atlas.audience.cell):
        return
    name = f"{one.layer.removeprefix(LAYER)}-{datetime.now(UTC).date().isoformat()}.zip"
    st.download_button(
        f"Download {name}",
        data=lambda: made.read() if _is_allowed(person) else b"",
        file_name=name,
        mime="application/zip",
        key="large_download",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
    )
    st.caption(f"{made.rows:,} row{'' if made.rows == 1 else 's'}.")


def _is_allowed(person: Person) -> bool:
    atlas = runtime()
    return may(person, Right.EXPORT, atlas.mode, anonymous_reading=atlas.settings.anonymous_reading)


def _made(atlas: AtlasView, person: Person, wish: _Wish) -> _Made:
    require(person, Right.EXPORT, runtime().mode, anonymous_reading=atlas.settings.anonymous_reading)
    name = wish.layer.removeprefix(LAYER)
    with ExitStack() as opened:
        packed = opened.enter_context(tempfile.TemporaryFile(prefix="arsenal-atlas-"))
        with tempfile.TemporaryDirectory(prefix="arsenal-atlas-") as folder:
            path = Path(folder) / f"{name}{wish.ending}"
            made = runtime().large.take_away(atlas.audience, wish.layer, wish.link, path)
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(made.path, made.path.name)
                archive.write(made.about, "licence-and-citation.txt")
        waiting = _Made(wish, atlas.audience.cell, made.rows, packed)
        # Open as long as the session keeps it.
        weakref.finalize(waiting, packed.close)
        opened.pop_all()
    return waiting

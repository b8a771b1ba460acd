"""A large layer taken away as a file: what the atlas's filters and clock hold of it, up to some rows."""

import io
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
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
        st.download_button(
            f"Download about {about:,} row{'' if about == 1 else 's'}" if about else "Download",
            data=lambda: _zipped(one, atlas, person, link, ending),
            file_name=f"{one.layer.removeprefix(LAYER)}-{datetime.now(UTC).date().isoformat()}.zip",
            mime="application/zip",
            key="large_download",
            icon=":material/download:",
            # A small area may lie beside where its cells' counts are drawn and hold records all the same.
            disabled=not about and link.filters.area is None,
            on_click="ignore",
        )
    st.caption(f"With its licence and citation in a file beside it; {MOST_ON_PAGES:,} rows at most.")


def _is_allowed(person: Person) -> bool:
    atlas = runtime()
    return may(person, Right.EXPORT, atlas.mode, anonymous_reading=atlas.settings.anonymous_reading)


def _zipped(  # which layer, for whom, what, how
    one: ShownLayer, atlas: AtlasView, person: Person, link: Link, ending: str
) -> bytes:
    if not _is_allowed(person):
        return b""
    with tempfile.TemporaryDirectory(prefix="arsenal-atlas-") as folder:
        path = Path(folder) / f"{one.layer.removeprefix(LAYER)}{ending}"
        made = runtime().large.take_away(atlas.audience, one.layer, link, path)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(made.path, made.path.name)
            archive.write(made.about, "licence-and-citation.txt")
        return packed.getvalue()

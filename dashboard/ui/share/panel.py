"""The Share panel: a link to this view, a citation, a file, a frame; nothing is made before it is asked."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Final

import streamlit as st

from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.share.download import show_download
from dashboard.ui.share.where import embed_address, page_address, short_address, shown_link
from dashboard.ui.words import plain
from dashboard.workflows.sharing.citing import cite
from dashboard.workflows.sharing.link import describe_link

__all__ = ["show_share"]

_OPEN: Final = "share_open"
_PART: Final = "share_part"


@st.fragment
def show_share(atlas: AtlasView, page: str) -> None:
    """Draw the button of the panel and, while it is open, what was chosen in it.

    Parameters
    ----------
    atlas
        The atlas as the person sees it.
    page
        Name of the page, as its address has it.
    """
    panel = st.popover("Share", icon=":material/share:", key=_OPEN, on_change="rerun")
    if not panel.open:
        return
    with panel:
        part = st.segmented_control(
            "Share as",
            list(_PARTS),
            default="Link",
            key=_PART,
            required=True,
            label_visibility="collapsed",
        )
        _PARTS[part or "Link"](atlas, page)


def _show_link(atlas: AtlasView, page: str) -> None:
    st.markdown("**This view**, with filters, clock, map and order:")
    _show_text(page_address(page))
    if record := address.selected_record():
        st.markdown(f"**The record** {plain(_name_of(atlas, record))}:")
        _show_text(short_address(record))
    st.caption(
        "Both follow the data: a link without a version shows what the atlas knows when it is opened. "
        "*Cite* gives one that keeps showing this version."
    )


def _name_of(atlas: AtlasView, record: str) -> str:
    try:
        library, own_id, _ = atlas.home_of(record)
    except AtlasError:  # of a large layer that cannot be read now
        return record
    return library.name(own_id)


def _show_cite(atlas: AtlasView, page: str) -> None:
    link = shown_link(page)
    cited = cite(
        link,
        atlas.published,
        accessed=datetime.now(UTC).date(),
        address=page_address(page),
        title="; ".join(describe_link(link, atlas.library())),
    )
    st.markdown("**In words**")
    _show_text(cited.text)
    for label, text, name, media_type in (
        ("BibTeX", cited.bibtex, "arsenal-atlas.bib", "application/x-bibtex"),
        ("CSL-JSON", cited.csl_json, "arsenal-atlas.json", "application/vnd.citationstyles.csl+json"),
    ):
        st.markdown(f"**{label}**")
        _show_text(text)
        st.download_button(
            f"Download {label}",
            data=text,
            file_name=name,
            mime=media_type,
            key=f"share_{name}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _show_embed(_atlas: AtlasView, page: str) -> None:
    settings = runtime().settings
    source = embed_address(page)
    st.markdown("**A map for your own page**, with its clock:")
    _show_text(
        f'<iframe src="{escape(source)}" width="800" height="600" '
        'title="Arsenal Atlas" loading="lazy" style="border:0"></iframe>'
    )
    if settings.embed_origins:
        st.caption(plain(f"Pages of {', '.join(settings.embed_origins)} may hold it."))
    elif settings.sign_in == "none":
        st.caption("Only pages of this computer may hold it: this is a local session.")
    else:
        st.caption("No site may hold it yet: an operator names them in the setting `embed_origins`.")
    if settings.sign_in != "none" and not settings.anonymous_reading:
        st.caption("Readers of your page see a line that asks them to sign in here first.")


def _show_text(text: str) -> None:
    # With a button to copy it.
    st.code(text, language=None, wrap_lines=True)


_PARTS: Final[Mapping[str, Callable[[AtlasView, str], None]]] = {
    "Link": _show_link,
    "Cite": _show_cite,
    "Download": show_download,
    "Embed": _show_embed,
}

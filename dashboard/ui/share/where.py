"""Addresses of what a page shows, whole enough to be sent to somebody."""

from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from dashboard.maps.addresses import EMBED
from dashboard.runtime import runtime
from dashboard.ui import address
from dashboard.workflows.sharing.link import Link, link_query

__all__ = ["base", "embed_address", "page_address", "short_address", "shown_link"]

_TYPES: Final = {"events": "event", "sites": "site"}


def base() -> str:
    """Give the address under which people reach the atlas.

    Returns
    -------
    str
        Scheme, host and port, without a slash at the end; empty when it is not known, as in a test.
    """
    named = runtime().settings.public_url.rstrip("/")
    here = urlsplit(str(st.context.url or ""))
    return named or (f"{here.scheme}://{here.netloc}" if here.netloc else "")


def shown_link(page: str) -> Link:
    """Say in a link exactly what a page shows.

    Parameters
    ----------
    page
        Name of the page, as its address has it.

    Returns
    -------
    Link
        With the type of record that the page is about, and layers only where there is a map.
    """
    link = address.link()
    if page not in _TYPES:
        return link
    return replace(link, filters=link.filters.only(_TYPES[page]), layers="", view="")


def page_address(page: str) -> str:
    """Give the address that opens a page as it is.

    Parameters
    ----------
    page
        Name of the page, as its address has it.

    Returns
    -------
    str
        Whole, as somebody else needs it.
    """
    query = "&".join(filter(None, (link_query(address.link()), urlencode(address.others()))))
    path = "" if page == "atlas" else page
    return f"{base()}/{path}{'?' if query else ''}{query}"


def short_address(record_id: str) -> str:
    """Give the short address of a record, in the version that is looked at if the address names one.

    Parameters
    ----------
    record_id
        Its id, as an address has it.

    Returns
    -------
    str
        Whole.
    """
    version = address.link().version
    return f"{base()}/r/{quote(record_id, safe=':/')}" + (f"?version={version}" if version else "")


def embed_address(page: str) -> str:
    """Give the address of the map of what a page shows, for a frame.

    Parameters
    ----------
    page
        Name of the page, as its address has it.

    Returns
    -------
    str
        Whole.
    """
    query = link_query(replace(shown_link(page), layers="", view="", sort=""))
    return f"{base()}{EMBED}{'?' if query else ''}{query}"

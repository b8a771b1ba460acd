"""Plain pages of the routes beside Streamlit's: a sentence and where to go, without a script."""

import base64
import hashlib
from functools import cache
from html import escape
from http import HTTPStatus
from importlib.resources import files

from starlette.responses import HTMLResponse, Response

__all__ = ["plain_page"]


@cache
def _style() -> str:
    return files("dashboard.api").joinpath("plain.css").read_text(encoding="utf-8")


@cache
def _hash() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


def plain_page(
    title: str,
    message: str,
    status: HTTPStatus,
    links: tuple[tuple[str, str], ...] = (),
    *,
    ancestors: str = "'none'",
) -> Response:
    """Answer with a page that says one thing.

    Parameters
    ----------
    title
        Its heading.
    message
        What it says.
    status
        HTTP status.
    links
        Words and addresses to go on to.
    ancestors
        Sources of `frame-ancestors`: whose frames may hold it.

    Returns
    -------
    Response
        The page, with every text escaped, under a policy that lets nothing run.
    """
    # Out of the frame: the page that it stands in is somebody else's.
    target = "" if ancestors == "'none'" else ' target="_blank" rel="noopener"'
    items = "".join(
        f'<li><a href="{escape(address)}"{target}>{escape(words)}</a></li>' for words, address in links
    )
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)} · Arsenal Atlas</title>'
        f"<style>{_style()}</style></head><body><main><p class=brand>Arsenal Atlas</p>"
        f"<h1>{escape(title)}</h1><p>{escape(message)}</p>"
        + (f"<ul>{items}</ul>" if items else "")
        + "</main></body></html>"
    )
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash()}'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {ancestors}"
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": policy, "Cache-Control": "no-store"})

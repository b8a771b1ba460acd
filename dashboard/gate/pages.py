"""The pages the gate draws itself: plain HTML in the atlas's looks, without a script.

They stand where Streamlit is not reached: before sign-in, when the atlas is full, when something failed. The
same refusal is a sentence in JSON for the API.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from dashboard.gate.wire import close_socket, is_api, wants_page

__all__ = ["Action", "Refusal", "answer", "draw", "page_response"]

_NO_STORE: Final = {"Cache-Control": "no-store", "Vary": "Accept, Cookie"}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do next.

    Parameters
    ----------
    label
        What the link or button says.
    target
        Where it leads.
    form
        Fields to post there; None for a plain link.
    main
        Whether it is what most people want.
    """

    label: str
    target: str
    form: dict[str, str] | None = None
    main: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is a refusal.

    Parameters
    ----------
    status
        HTTP status.
    title
        What it is, for a heading.
    message
        Why, and what to do; one or more sentences.
    actions
        What can be done next.
    retry_after
        Seconds after which a new try makes sense; 0 for not saying.
    reference
        What to tell the operator.
    headers
        More headers of the answer.
    """

    status: int
    title: str
    message: str
    actions: tuple[Action, ...] = ()
    retry_after: int = 0
    reference: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@cache
def _style() -> str:
    return files("dashboard.gate").joinpath("pages.css").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _icon() -> str:
    picture = files("dashboard").joinpath("ui", "icon.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"


def draw(title: str, message: str, actions: tuple[Action, ...] = (), *, quiet: str = "", go: str = "") -> str:
    """Draw a page.

    Parameters
    ----------
    title
        Its heading.
    message
        What it says.
    actions
        What can be done next.
    quiet
        A line in small print.
    go
        Where the browser shall go by itself, a path of ours; empty for nowhere.

    Returns
    -------
    str
        The HTML; every text in it is escaped.
    """
    links = "".join(_link(one) for one in actions if one.form is None)
    forms = "".join(_form(one) for one in actions if one.form is not None)
    refresh = f'<meta http-equiv="refresh" content="0;url={escape(go)}">' if go else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex">{refresh}<title>{escape(title)} · Arsenal Atlas</title>'
        f'<link rel="icon" href="{_icon()}"><style>{_style()}</style></head><body><main>'
        f'<p class="brand"><img src="{_icon()}" alt="">Arsenal Atlas</p>'
        f"<h1>{escape(title)}</h1><p>{escape(message)}</p>"
        + forms
        + (f"<nav>{links}</nav>" if links else "")
        + (f'<p class="quiet">{escape(quiet)}</p>' if quiet else "")
        + "</main></body></html>"
    )


def _link(action: Action) -> str:
    kind = "button" if action.main else "button plain"
    return f'<a class="{kind}" href="{escape(action.target)}">{escape(action.label)}</a>'


def _form(action: Action) -> str:
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in (action.form or {}).items()
    )
    plain = "" if action.main else ' class="plain"'
    return (
        f'<form method="post" action="{escape(action.target)}">{fields}'
        f'<button type="submit"{plain}>{escape(action.label)}</button></form>'
    )


def page_response(html: str, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    """Answer with a page of the gate's.

    Parameters
    ----------
    html
        What `draw` made.
    status
        HTTP status.
    headers
        More headers.

    Returns
    -------
    Response
        The page under a policy that lets nothing run.
    """
    # Under no-referrer a form would be posted with "Origin: null".
    ours = {"Content-Security-Policy": _policy(), "Referrer-Policy": "same-origin", **_NO_STORE}
    ours |= headers or {}
    return HTMLResponse(html, status_code=status, headers=ours)


def _response(scope: Scope, refusal: Refusal) -> Response:
    headers = dict(refusal.headers)
    if refusal.retry_after:
        headers["Retry-After"] = str(refusal.retry_after)
    if wants_page(scope):
        quiet = f"Reference for the operator: {refusal.reference}" if refusal.reference else ""
        html = draw(refusal.title, refusal.message, refusal.actions, quiet=quiet)
        return page_response(html, refusal.status, headers)
    headers |= _NO_STORE
    if is_api(scope):
        body = {"error": refusal.message}
        if refusal.reference:
            body["reference"] = refusal.reference
        return JSONResponse(body, status_code=refusal.status, headers=headers)
    text = f"{refusal.message}\n" + (f"Reference: {refusal.reference}\n" if refusal.reference else "")
    return PlainTextResponse(text, status_code=refusal.status, headers=headers)


async def answer(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a request or a socket, in the form its sender reads.

    Parameters
    ----------
    refusal
        What to say.
    scope, receive, send
        As ASGI has them.
    """
    if scope["type"] == "websocket":
        await close_socket(receive, send)
        return
    await _response(scope, refusal)(scope, receive, send)

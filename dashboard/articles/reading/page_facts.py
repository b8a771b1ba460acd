"""What an HTML page states of itself: date, language, address, and whether its article is there at all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dashboard.articles.reading.labels import edtf_of

__all__ = ["PageFacts", "facts_of"]

_DATE_NAMES: Final = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "pubdate",
    "date",
)
_PATH_DATE: Final = re.compile(r"/((?:19|20)\d\d)[/-]([01]\d)[/-]([0-3]\d)(?=[/-])")
_LANGUAGE: Final = re.compile(r"[a-zA-Z]{2}(?=$|[-_])")
_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>]{1,2000}\Z")
_WALLS: Final = re.compile(
    "log ?in to (?:continue|read)|sign in to (?:continue|read)|subscribe to (?:continue|read)"
    "|subscribers only|already a subscriber|create (?:a free|an) account"
    "|réservé aux abonnés|connectez-vous pour|abonnez-vous pour|déjà abonné"
    "|solo para suscriptores|inicia(?: |r )sesión para|suscríbete para|ya eres suscriptor"
    "|nur für abonnenten|melden sie sich an|jetzt abonnieren|bereits abonnent"
    "|للمشتركين فقط|سجل الدخول|تسجيل الدخول للمتابعة|למנויים בלבד|התחבר כדי",
    re.IGNORECASE,
)
_SCRIPTED: Final = re.compile(
    "(?:enable|activate|requires?|turn on|activer|activez|habilita|aktivieren|تفعيل).{0,30}javascript"
    "|javascript.{0,30}(?:enable|disabled|required|désactivé|desactivado|deaktiviert|aktivieren)",
    re.IGNORECASE | re.DOTALL,
)
_MOUNTS: Final = ("root", "app", "__next", "__nuxt", "___gatsby", "svelte", "main-app")
_MAX_LINKED_DATA: Final = 200_000
_MAX_NODES: Final = 2_000
_READ_FOR_WALL: Final = 20_000


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page states of itself.

    Parameters
    ----------
    published
        EDTF of a day, month or year; empty when it states none.
    language
        ISO 639-1 code; may be empty.
    canonical
        Its own address; may be empty.
    is_paid
        Whether it says that its article is not free.
    asks_password
        Whether it has a field for one.
    speaks_of_login
        Whether it says that one must log in or subscribe.
    is_drawn_by_script
        Whether it is an empty frame for scripts.
    length
        Characters that a reader sees.
    """

    published: str
    language: str
    canonical: str
    is_paid: bool
    asks_password: bool
    speaks_of_login: bool
    is_drawn_by_script: bool
    length: int


def facts_of(tree: Any) -> PageFacts:  # noqa: ANN401 - lxml ships no types
    """Read what a page states of itself.

    Parameters
    ----------
    tree
        The page as lxml parsed it.

    Returns
    -------
    PageFacts
        The facts.
    """
    meta = _meta(tree)
    linked = list(_linked_data(tree))
    canonical = _canonical(tree, meta)
    visible, length = _visible(tree)
    spoken = _LANGUAGE.match(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    return PageFacts(
        published=_published(tree, meta, linked) or _path_date(canonical),
        language=spoken.group().lower() if spoken else "",
        canonical=canonical,
        is_paid=any(_is_false(node.get("isAccessibleForFree")) for node in linked),
        asks_password=bool(
            tree.xpath("boolean(.//input[translate(@type, 'PASWORD', 'pasword')='password'])")
        ),
        speaks_of_login=_WALLS.search(visible) is not None,
        is_drawn_by_script=_is_drawn(tree, visible),
        length=length,
    )


def _meta(tree: Any) -> dict[str, str]:  # noqa: ANN401
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        if name and node.get("content"):
            found.setdefault(name.lower(), node.get("content"))
    return found


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for script in tree.xpath(".//script[@type='application/ld+json']"):
        written = script.text or ""
        try:
            waiting = [json.loads(written)] if len(written) <= _MAX_LINKED_DATA else []
        except (ValueError, RecursionError):
            continue
        for _ in range(_MAX_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                yield node
                waiting += [part for name, part in node.items() if name in ("@graph", "mainEntity")]


def _is_false(value: object) -> bool:
    return value is False or str(value).lower() == "false"


def _published(tree: Any, meta: dict[str, str], linked: list[dict[str, Any]]) -> str:  # noqa: ANN401
    stated = [meta[name] for name in _DATE_NAMES[:2] if name in meta]
    stated += [str(node["datePublished"]) for node in linked if "datePublished" in node]
    stated += [meta[name] for name in _DATE_NAMES[2:] if name in meta]
    stated += tree.xpath(
        ".//*[@itemprop='datePublished']/@datetime | .//*[@itemprop='datePublished']/@content"
    )
    stated += tree.xpath(".//time[@pubdate]/@datetime")
    if first := next(filter(None, map(edtf_of, stated)), ""):
        return first
    # Several days in an article are those of updates and of other articles: none of them is chosen.
    days = {edtf_of(day) for day in tree.xpath(".//article//time/@datetime")} - {""}
    return days.pop() if len(days) == 1 else ""


def _path_date(address: str) -> str:
    match = _PATH_DATE.search(address)
    return edtf_of("-".join(match.groups())) if match else ""


def _canonical(tree: Any, meta: dict[str, str]) -> str:  # noqa: ANN401
    links = tree.xpath(".//link[@rel='canonical']/@href")
    stated = [str(link).strip() for link in links] + [meta.get("og:url", "").strip()]
    return next((address for address in stated if _ADDRESS.match(address)), "")


def _visible(tree: Any) -> tuple[str, int]:  # noqa: ANN401
    """Give the beginning of what a reader sees, and the length of all of it."""
    parts = tree.xpath(".//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
    length, kept = 0, []
    for part in parts:
        if length < _READ_FOR_WALL:
            kept.append(part[:_READ_FOR_WALL])
        length += len(part)
    return " ".join(" ".join(kept).split()), length


def _is_drawn(tree: Any, visible: str) -> bool:  # noqa: ANN401
    if not tree.xpath("boolean(.//script)"):
        return False
    silent = " ".join(tree.xpath(".//noscript//text()"))
    if _SCRIPTED.search(f"{silent} {visible}"[:_READ_FOR_WALL]):
        return True
    mounted = any(node.get("id") in _MOUNTS for node in tree.iter("div", "main", "section"))
    return mounted or not visible

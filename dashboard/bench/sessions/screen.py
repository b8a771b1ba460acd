"""What a page shows: the elements that the server sent, and each widget's value as a browser holds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.Common_pb2 import DoubleArray, StringArray
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

__all__ = ["Element", "Screen"]

Path = tuple[int, ...]

# As long as a browser keeps a message that no run asked for again (global.maxCachedMessageAge).
_KEPT_RUNS: Final = 2


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a page.

    Parameters
    ----------
    kind
        Name of its message, such as ``text_input``.
    message
        The message.
    fragment
        Id of the fragment that drew it, empty for the page itself.
    run
        Number of the run that drew it last.
    """

    kind: str
    message: Any
    fragment: str
    run: int

    @property
    def id(self) -> str:
        """Its widget id, empty when it is none."""
        return str(getattr(self.message, "id", ""))


@dataclass
class Screen:
    """Everything that stands on a page, kept up to date by `take`.

    Attributes
    ----------
    elements
        Elements by their place in the tree.
    values
        Value of each widget that has one, as it is sent with every run.
    pages
        Hash of each page by its address.
    page
        Hash of the page that is open.
    query
        Query of the address, without its question mark.
    errors
        What the server reported, and pages that showed an exception.
    """

    elements: dict[Path, Element] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    query: str = ""
    errors: list[str] = field(default_factory=list)
    _cached: dict[str, tuple[ForwardMsg, int]] = field(default_factory=dict)
    _run: int = 0
    _fragments: tuple[str, ...] = ()

    @property
    def cached_hashes(self) -> list[str]:
        """Hashes of the messages that the server need not send again."""
        return list(self._cached)

    def take(self, message: ForwardMsg) -> bool:
        """Take in a message.

        Parameters
        ----------
        message
            What the server sent.

        Returns
        -------
        bool
            Whether it ended a run of the script.
        """
        kind = message.WhichOneof("type") or ""
        if kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return False
            self._end()
            return True
        if take := _TAKERS.get(kind):
            take(self, message)
        return False

    def of_kind(self, kind: str) -> Iterator[Any]:
        """Give the elements of one kind.

        Parameters
        ----------
        kind
            Name of their message.

        Yields
        ------
        Any
            Messages in the order of their places.
        """
        for _, one in sorted(self.elements.items()):
            if one.kind == kind:
                yield one.message

    def labelled(self, kind: str, label: str) -> Any | None:  # noqa: ANN401  # one of Streamlit's messages
        """Find an element by its label.

        Parameters
        ----------
        kind
            Name of its message.
        label
            Its label.

        Returns
        -------
        Any or None
            Its message; None when it does not stand on the page.
        """
        return next((one for one in self.of_kind(kind) if one.label == label), None)

    def component(self, name: str) -> Any | None:  # noqa: ANN401  # one of Streamlit's messages
        """Find one of the atlas's own components by its name.

        Parameters
        ----------
        name
            What it is registered as, without the project.

        Returns
        -------
        Any or None
            Its message; None when it does not stand on the page.
        """
        there = self.of_kind("bidi_component")
        return next((one for one in there if one.component_name.endswith(f".{name}")), None)

    def fragment_of(self, widget_id: str) -> str:
        """Tell which fragment a widget belongs to.

        Parameters
        ----------
        widget_id
            Id of the widget.

        Returns
        -------
        str
            Empty when the whole page has to run.
        """
        return next((one.fragment for one in self.elements.values() if one.id == widget_id), "")

    def active_values(self) -> list[WidgetState]:
        """Give the values of the widgets that stand on the page, all of which a browser sends each time.

        Returns
        -------
        list of WidgetState
            One for each widget that has a value.
        """
        there = {one.id for one in self.elements.values()}
        return [value for widget_id, value in self.values.items() if widget_id in there]

    def enter(self, widget: Any, **value: Any) -> None:  # noqa: ANN401  # one of Streamlit's messages
        """Give a widget a value, and the address too where the two are bound.

        Parameters
        ----------
        widget
            Message of the widget.
        **value
            Name and value of the field of Streamlit's ``WidgetState``.
        """
        self.values[widget.id] = WidgetState(id=widget.id, **value)
        if key := getattr(widget, "query_param_key", ""):
            others = [(name, text) for name, text in parse_qsl(self.query) if name != key]
            self.query = urlencode(others + [(key, text) for text in _texts(*value.values())])

    def _navigate(self, message: ForwardMsg) -> None:
        self.pages = {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
        self.page = message.navigation.page_script_hash

    def _address(self, message: ForwardMsg) -> None:
        self.query = message.page_info_changed.query_string

    def _begin(self, message: ForwardMsg) -> None:
        self._run += 1
        self._fragments = tuple(message.metadata.run.fragment_ids)
        self.page = message.new_session.page_script_hash

    def _refer(self, message: ForwardMsg) -> None:
        kept, _ = self._cached[message.ref_hash]
        self._cached[message.ref_hash] = (kept, self._run)
        self._draw(kept, message)

    def _delta(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self._cached[message.hash] = (message, self._run)
        self._draw(message, message)

    def _draw(self, content: ForwardMsg, placed: ForwardMsg) -> None:
        path, delta = tuple(placed.metadata.delta_path), content.delta
        if delta.WhichOneof("type") != "new_element":
            self.elements.pop(path, None)
            return
        kind = delta.new_element.WhichOneof("type") or ""
        message = getattr(delta.new_element, kind)
        self.elements[path] = Element(kind, message, delta.fragment_id, self._run)
        if kind == "exception":
            self.errors.append(f"{message.type}: {message.message}")
        read = _VALUES.get(kind)
        told = bool(getattr(message, "set_value", False))
        if read is not None and (told or message.id not in self.values):
            self.values[message.id] = WidgetState(id=message.id, **read(message, told))

    def _event(self, message: ForwardMsg) -> None:
        if message.session_event.HasField("script_compilation_exception"):
            self.errors.append(message.session_event.script_compilation_exception.message)

    def _end(self) -> None:
        drawn, mine = self._run, self._fragments
        self.elements = {
            path: one
            for path, one in self.elements.items()
            if one.run == drawn or (mine and one.fragment not in mine)
        }
        there = {one.id for one in self.elements.values()}
        self.values = {widget_id: value for widget_id, value in self.values.items() if widget_id in there}
        self._cached = {
            name: (kept, used) for name, (kept, used) in self._cached.items() if drawn - used < _KEPT_RUNS
        }


_TAKERS: Final[Mapping[str, Callable[[Screen, ForwardMsg], None]]] = {
    "ref_hash": Screen._refer,  # noqa: SLF001  # its own class, above
    "delta": Screen._delta,  # noqa: SLF001  # as above
    "new_session": Screen._begin,  # noqa: SLF001  # as above
    "navigation": Screen._navigate,  # noqa: SLF001  # as above
    "page_info_changed": Screen._address,  # noqa: SLF001  # as above
    "session_event": Screen._event,  # noqa: SLF001  # as above
}


def _texts(value: Any) -> list[str]:  # noqa: ANN401  # any field of a WidgetState
    if isinstance(value, StringArray):
        return list(value.data)
    if isinstance(value, bool):
        return ["true"] if value else []
    return [str(value)] if value not in ("", None) else []


def _text(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    return {"string_value": widget.value if told else widget.default}


def _choice(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    known = widget.options[widget.default] if widget.options else ""
    return {"string_value": widget.raw_value if told else known}


def _choices(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    options = [getattr(one, "content", one) for one in widget.options]
    chosen = list(widget.raw_values) if told else [options[number] for number in widget.default]
    return {"string_array_value": StringArray(data=chosen)}


def _switch(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    return {"bool_value": widget.value if told else widget.default}


def _number(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    return {"double_value": widget.value if told else widget.default}


def _page(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    return {"int_value": widget.value if told else widget.default}


def _range(widget: Any, told: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001  # the same for all kinds
    return {"double_array_value": DoubleArray(data=widget.value if told else widget.default)}


# A button has no value between clicks, a table or the map none before the first one.
_VALUES: Final[Mapping[str, Callable[[Any, bool], dict[str, Any]]]] = {
    "text_input": _text,
    "text_area": _text,
    "selectbox": _choice,
    "multiselect": _choices,
    "button_group": _choices,
    "checkbox": _switch,
    "number_input": _number,
    "pagination": _page,
    "slider": _range,
}

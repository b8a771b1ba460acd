"""Our own Streamlit components: what the front end builds for the page itself, registered once a server."""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from dashboard import __version__
from dashboard.settings import static_path

__all__ = ["focus_component", "map_component"]

_PROJECT: Final = "arsenal-atlas"
_FOLDER: Final = "static/component"
_SCRIPTS: Final = {"map": "index.js", "focus": "focus.js"}
_REGISTERING: Final = Lock()


def map_component() -> Any:  # noqa: ANN401  # Streamlit's renderer type is private
    """Give the component that holds a map document in its sandboxed frame.

    Returns
    -------
    Any
        Called with a key, the data of docs/map-document.md and a height, it draws.
    """
    return _component("map")


def focus_component() -> Any:  # noqa: ANN401  # as above
    """Give the component that keeps the keyboard's place on a page.

    Returns
    -------
    Any
        Called with a key, it draws nothing.
    """
    return _component("focus")


def _component(name: str) -> Any:  # noqa: ANN401  # as above
    manager = get_bidi_component_manager()
    full = f"{_PROJECT}.{name}"
    # Once a server: registered anew at each rerun, it is gone for a moment under the pages of other visitors.
    with _REGISTERING:
        if manager.get_component_asset_root(full) is None:
            # Streamlit looks for a manifest among installed files, which an editable install does not list.
            configs = [ComponentConfig(one, _FOLDER) for one in _SCRIPTS]
            manifest = ComponentManifest(_PROJECT, __version__, configs)
            manager.register_from_manifest(manifest, Path(static_path()).parent)
            _renderer.cache_clear()
        return _renderer(full, _SCRIPTS[name])


@cache
def _renderer(name: str, script: str) -> Any:  # noqa: ANN401  # as above
    return st.components.v2.component(name, js=script, isolate_styles=False)

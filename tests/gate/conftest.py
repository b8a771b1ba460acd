"""The gate with everything behind it: a real server, a real identity provider, browsers that are programs."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Tests are no packages: a file that others need is read by its path.
_spec = importlib.util.spec_from_file_location("gate_sites", Path(__file__).with_name("sites.py"))
assert _spec is not None
assert _spec.loader is not None
sites = importlib.util.module_from_spec(_spec)
sys.modules["gate_sites"] = sites
_spec.loader.exec_module(sites)


@pytest.fixture(scope="session")
def provider() -> Iterator[Any]:
    with sites.providers.running_provider() as running:
        yield running


@pytest.fixture(scope="session")
def start_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Start a server in a new folder: ``with start_site(sign_in="header") as site``."""

    def start(folder: Path | None = None, **settings: object) -> Any:
        return sites.site(folder or tmp_path_factory.mktemp("site"), **settings)  # type: ignore[arg-type]

    return start


@pytest.fixture(scope="session")
def _oidc_site(provider: Any, start_site: Callable[..., Any]) -> Iterator[Any]:
    with start_site(**sites.oidc(provider)) as made:
        made.provider = provider
        yield made


@pytest.fixture
def atlas(_oidc_site: Any) -> Iterator[Any]:
    """A server where people sign in at the provider; every test with browsers of its own."""
    yield _oidc_site
    _oidc_site.close()


@pytest.fixture
def people(atlas: Any) -> Iterator[Callable[[str], Any]]:
    """Find people of that server in its own store; ``people.store`` is the store."""
    from dashboard.store.store import open_store

    store = open_store(atlas.database)

    def find(user: str) -> Any:
        return store.people.find(atlas.provider.address, user)

    find.store = store  # type: ignore[attr-defined]  # one fixture for both
    yield find
    store.close()


@pytest.fixture(scope="session")
def hostile_name() -> str:
    return str(sites.providers.HOSTILE_NAME)


@pytest.fixture(scope="session")
def oidc_settings() -> Callable[[Any], dict[str, object]]:
    return sites.oidc


@pytest.fixture
def unused_port() -> int:
    return int(sites.free_port())

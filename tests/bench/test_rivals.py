import re
import time
from collections.abc import Callable

import pytest

from dashboard.bench import folium_rivals, webgl_rivals
from dashboard.bench.browser import BenchError, chromium, steps_of, watching, when_standing
from dashboard.bench.clocks import WINDOWS, clock_windows
from dashboard.bench.opened import pages_opened
from dashboard.bench.packages import modules_path
from dashboard.bench.synthetic import synthetic_frames
from dashboard.bench.variants import VARIANTS
from dashboard.frames import AtlasFrames

Build = Callable[[AtlasFrames, str], dict[str, bytes]]
PAGES: list[Build] = [
    *(getattr(folium_rivals, name) for name in folium_rivals.__all__),
    *(getattr(webgl_rivals, name) for name in webgl_rivals.__all__),
]
FOREIGN = re.compile(rb"""(?:src|href|url|fetch|import)\s*[=(]?\s*["'(]?\s*(?:https?:)?//[^"')]*""")
LINKED = re.compile(r"""(?:src|href)="/npm/([^"]+)""")


def fifty() -> AtlasFrames:
    return synthetic_frames(50, seed=1)


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    if not (modules_path() / "leaflet").is_dir():
        pytest.skip("the rivals need the npm packages of a checkout")


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("build", PAGES, ids=lambda build: build.__name__)
def test_a_rival_asks_no_foreign_host(build: Build, window: str) -> None:
    pages = build(fifty(), window)
    assert not FOREIGN.findall(pages["/"])
    linked = LINKED.findall(pages["/"].decode())
    assert linked
    for file in linked:
        assert (modules_path() / file).is_file()
        if file.endswith(".css"):
            assert not FOREIGN.findall((modules_path() / file).read_bytes())


def test_a_missing_package_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("dashboard.bench.packages.modules_path", lambda: tmp_path)
    with pytest.raises(BenchError, match=r"moment.* is not installed.*make install"):
        folium_rivals.npm("moment/moment.js")


def test_building_ends_at_its_limit() -> None:
    def build() -> dict[str, bytes]:
        time.sleep(5)
        return {}

    opened = pages_opened(build, 0.05)
    with pytest.raises(BenchError, match="not finished in"):
        opened.__enter__()


@pytest.mark.browser
@pytest.mark.parametrize(
    "name",
    [
        "geojson",
        *(
            pytest.param(name, marks=pytest.mark.soak)
            for name in ("fast_marker_cluster", "timestamped_geojson", "timeline", "glify")
        ),
    ],
)
def test_a_rival_paints_and_its_clock_moves(name: str, chromium_path: str) -> None:
    asked, broken = [], []
    with VARIANTS[name].opened(fifty(), "tenth") as opened, chromium() as browser:
        page = watching(browser, 600, 400)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(opened.address)
        assert when_standing(page.main_frame, 0, 30) > 0
        before = page.screenshot()
        measured = steps_of(page.main_frame, clock_windows()[20:22], 30)
        after = page.screenshot()
    assert broken == []
    assert all(url.startswith((opened.address, "data:", "blob:")) for url in asked)
    assert before != after
    assert measured["steps"] == 2
    assert measured["webgl"] == ("software" if name == "glify" else "")

"""What is kept, for how long, and what is never kept."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from geopy.adapters import BaseAsyncAdapter
from geopy.exc import ConfigurationError, GeocoderServiceError, GeocoderTimedOut
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from dashboard.errors import AtlasError
from dashboard.geocoding.geocoders.cached import CachedGeocoder, Provider
from dashboard.geocoding.geocoders.online import build_online
from dashboard.geocoding.geocoders.state import GeocoderStateError
from dashboard.settings import Settings

PROVIDER = Provider("somebody", "CC0", "https://somebody.press/terms")


class Scripted(Geocoder):  # type: ignore[misc]
    """Gives or raises what it is told, and keeps the questions."""

    def __init__(self, *script: Any, **options: Any) -> None:
        super().__init__(**options)
        self.script = list(script)
        self.asked: list[tuple[Any, dict[str, Any]]] = []

    def geocode(self, query: Any, **options: Any) -> Any:
        self.asked.append((query, options))
        said = self.script.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    reverse = geocode


RABAT = Location("Rabat", (34.02, -6.84), {"id": 1, "names": ["Rabat", "الرباط"]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "answers.sqlite"


def test_a_place_is_asked_for_once(path: Path, fake_time: Any) -> None:
    inner = Scripted(RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER, clock=fake_time.clock)
    first = cached.geocode("Rabat")
    fake_time.pass_by(days=4000)
    again = cached.geocode("Rabat")
    assert first.raw == {**RABAT.raw, "atlas": first.raw["atlas"]}
    assert first.raw["atlas"]["cached"] is False
    assert again.raw["atlas"] == {**first.raw["atlas"], "cached": True}
    assert (again.address, again.point) == (RABAT.address, RABAT.point)
    assert len(inner.asked) == 1


def test_the_file_can_be_read_by_anyone_with_sqlite(path: Path, fake_time: Any) -> None:
    CachedGeocoder(Scripted(RABAT), path, PROVIDER, clock=fake_time.clock).geocode("الرباط", language="ar")
    with closing(sqlite3.connect(path)) as database:
        (row,) = database.execute(
            "SELECT provider, method, request, found, answer ->> '$[0][3].names[1]', "
            "retrieved, licence, terms FROM answers"
        ).fetchall()
    assert row == (
        "somebody",
        "geocode",
        '{"exactly_one": true, "language": "ar", "query": "الرباط"}',
        1,
        "الرباط",
        "2027-01-15T08:00:00+00:00",
        "CC0",
        "https://somebody.press/terms",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="has no such modes")
def test_only_its_owner_reads_what_was_looked_up(path: Path) -> None:
    CachedGeocoder(Scripted(RABAT), path, PROVIDER).geocode("Rabat")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_licence_of_the_time_stays_with_the_answer(path: Path) -> None:
    CachedGeocoder(Scripted(RABAT), path, PROVIDER).geocode("Rabat")
    later = CachedGeocoder(Scripted(), path, Provider("somebody", "all rights reserved"))
    assert later.geocode("Rabat").raw["atlas"]["licence"] == "CC0"


def test_one_question_in_several_writings(path: Path) -> None:
    inner = Scripted(RABAT, RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER)
    for query in ("Salé", "  Sale\u0301 \n"):
        cached.geocode(query)
    assert [query for query, _ in inner.asked] == ["Salé"]
    for point in ("34.02, -6.84", (34.02, -6.84), Point(34.02, -6.84)):
        cached.reverse(point)
    assert len(inner.asked) == 2


def test_different_questions_are_kept_apart(path: Path) -> None:
    inner = Scripted(*[RABAT] * 3, [RABAT], RABAT, RABAT, RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER)
    cached.geocode("Rabat")
    cached.geocode("Rabat", country_codes="ma")
    cached.geocode("Rabat", country_codes=["ma", "mt"])
    assert isinstance(cached.geocode("Rabat", exactly_one=False), list)
    cached.geocode({"city": "Rabat"})
    cached.geocode("Rabat", viewbox=[Point(30, -10), Point(36, 0)], bounded=True)
    CachedGeocoder(inner, path, Provider("somebody else", "CC0")).geocode("Rabat")
    assert inner.script == []
    assert isinstance(cached.geocode("Rabat", exactly_one=False), list)
    cached.geocode("Rabat", country_codes=("ma", "mt"))
    cached.geocode("Rabat", timeout=3)  # no part of the question


def test_a_timeout_is_passed_on(path: Path) -> None:
    inner = Scripted(RABAT, RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER)
    cached.geocode("Rabat", timeout=3)
    cached.geocode("Salé")
    assert [options.get("timeout") for _, options in inner.asked] == [3, None]


def test_a_miss_lives_a_day(path: Path, fake_time: Any) -> None:
    inner = Scripted(None, [], RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER, clock=fake_time.clock)
    for _ in range(2):
        assert cached.geocode("Rabat") is None
    fake_time.pass_by(days=1)
    assert cached.geocode("Rabat") is None
    fake_time.pass_by(hours=25)
    assert cached.geocode("Rabat").address == "Rabat"
    assert inner.script == []


def test_a_date_ahead_of_the_clock_is_not_believed(path: Path, fake_time: Any) -> None:
    cached = CachedGeocoder(Scripted(None, RABAT), path, PROVIDER, clock=fake_time.clock)
    assert cached.geocode("Rabat") is None
    fake_time.pass_by(days=-900)
    assert cached.geocode("Rabat") is not None


def test_places_may_expire_too(path: Path, fake_time: Any) -> None:
    inner = Scripted(RABAT, RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER, keep=timedelta(days=90), clock=fake_time.clock)
    cached.geocode("Rabat")
    fake_time.pass_by(days=89)
    cached.geocode("Rabat")
    assert len(inner.asked) == 1
    fake_time.pass_by(days=2)
    cached.geocode("Rabat")
    assert len(inner.asked) == 2


def test_prune(path: Path, fake_time: Any) -> None:
    cached = CachedGeocoder(Scripted(RABAT, None), path, PROVIDER, clock=fake_time.clock)
    cached.geocode("Rabat")
    cached.geocode("Xyzzy")
    assert cached.prune() == 0
    fake_time.pass_by(days=2)
    assert cached.prune() == 1
    cached.keep = timedelta(days=1)
    assert cached.prune() == 1


def test_an_error_is_never_kept(path: Path) -> None:
    inner = Scripted(GeocoderTimedOut("too late"), GeocoderServiceError("broken"), RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER)
    for error in (GeocoderTimedOut, GeocoderServiceError):
        with pytest.raises(error):
            cached.geocode("Rabat")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM answers").fetchone() == (0,)
    assert cached.geocode("Rabat") is not None


def test_a_run_that_stopped_repeats_no_finished_row(server: Any, settings: Settings, fake_time: Any) -> None:
    rows = ["Rabat", "Salé", "Xyzzy", "Kenitra", "Agadir"]
    server.will("rabat", "rabat", "nothing", "403")

    def run() -> list[Any]:
        geocoder = build_online("nominatim", settings, clock=fake_time.clock, sleep=fake_time.sleep)
        return [geocoder.geocode(row) for row in rows]

    with pytest.raises(GeocoderServiceError):
        run()
    assert server.names == ["Rabat", "Salé", "Xyzzy", "Kenitra"]
    server.will("rabat", "rabat")
    fake_time.slept.clear()
    assert [place is not None for place in run()] == [True, True, False, True, True]
    assert server.names == ["Rabat", "Salé", "Xyzzy", "Kenitra", "Kenitra", "Agadir"]
    assert len(fake_time.slept) == 2  # hits wait for nobody


def test_a_damaged_row_is_asked_for_again(path: Path) -> None:
    inner = Scripted(RABAT, RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER)
    cached.geocode("Rabat")
    for damage in ("[[", "[[null, 1, 2, {}]]", "7", "[[1]]"):
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE answers SET answer = ?", (damage,))
        inner.script = [RABAT]
        assert cached.geocode("Rabat").address == "Rabat"


def test_what_is_no_json_is_not_kept(path: Path) -> None:
    cached = CachedGeocoder(Scripted(Location("x", (1, 2), {"when": object()})), path, PROVIDER)
    with pytest.raises(GeocoderStateError, match="JSON"):
        cached.geocode("Rabat")
    with pytest.raises(TypeError, match="object cannot be part"):
        cached.geocode("Rabat", language=object())


def test_a_raw_answer_that_is_no_mapping_stays_as_it_is(path: Path) -> None:
    cached = CachedGeocoder(Scripted(Location("x", (1, 2), ["a"])), path, PROVIDER)
    assert cached.geocode("x").raw == ["a"]
    assert cached.geocode("x").raw == ["a"]


@pytest.mark.parametrize(
    "content", [b"not SQLite at all, but text that is long enough to look like a file" * 30]
)
def test_a_file_that_is_none(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(GeocoderStateError, match="delete it") as caught:
        CachedGeocoder(Scripted(RABAT), path, PROVIDER).geocode("Rabat")
    for kind in (AtlasError, GeocoderServiceError, OSError):
        assert isinstance(caught.value, kind)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE theirs (x)")
    with pytest.raises(GeocoderStateError, match="another program's"):
        CachedGeocoder(Scripted(RABAT), path, PROVIDER).geocode("Rabat")


def test_a_locked_file_is_an_error_and_not_a_miss(path: Path) -> None:
    inner = Scripted(RABAT, RABAT)
    cached = CachedGeocoder(inner, path, PROVIDER)
    cached.geocode("Rabat")
    cached._file.busy_s = 0.01
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GeocoderStateError, match="locked"):
            cached.geocode("Rabat")
    assert cached.geocode("Rabat").raw["atlas"]["cached"] is True


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(GeocoderStateError, match="permissions"):
        CachedGeocoder(Scripted(RABAT), tmp_path / "a" / "b.sqlite", PROVIDER).geocode("Rabat")


def test_a_file_deleted_under_a_running_server_is_made_again(path: Path) -> None:
    cached = CachedGeocoder(Scripted(RABAT, RABAT), path, PROVIDER)
    cached.geocode("Rabat")
    path.unlink()
    assert cached.geocode("Rabat").raw["atlas"]["cached"] is False


def test_asynchronous_geocoders_are_refused(path: Path) -> None:
    class Asynchronous(BaseAsyncAdapter):  # type: ignore[misc]
        async def get_json(self, *_: Any, **__: Any) -> None: ...

        async def get_text(self, *_: Any, **__: Any) -> None: ...

    with pytest.raises(ConfigurationError, match="synchronous"):
        CachedGeocoder(Scripted(adapter_factory=Asynchronous), path, PROVIDER)


FILL = """
import sys
from pathlib import Path
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from dashboard.geocoding.geocoders.cached import CachedGeocoder, Provider

class Echo(Geocoder):
    def geocode(self, query, **options):
        return Location(query, (1.0, 2.0), {"by": sys.argv[2]})

cached = CachedGeocoder(Echo(), Path(sys.argv[1]), Provider("echo", ""))
for number in range(40):
    assert cached.geocode(f"place {number}").address == f"place {number}"
"""


def test_several_processes_fill_one_file(path: Path) -> None:
    command = [sys.executable, "-c", FILL, str(path)]
    running = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM answers").fetchone() == (40,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

"""The pace: of threads, of processes, and after a refusal. Nobody sleeps here but the two real processes."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderParseError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from dashboard.geocoding.geocoders.online import build_online
from dashboard.geocoding.geocoders.paced import Pace, PacedGeocoder
from dashboard.geocoding.geocoders.state import GeocoderStateError
from dashboard.settings import Settings

PLACE = Location("Rabat", (34.02, -6.84), {})


class Scripted(Geocoder):  # type: ignore[misc]
    """Gives or raises what it is told, and keeps when it was asked."""

    def __init__(self, *script: Any, clock: Any = None) -> None:
        super().__init__()
        self.script = list(script)
        self.clock = clock
        self.times: list[float] = []

    def geocode(self, query: Any, **options: Any) -> Any:  # noqa: ARG002
        self.times.append(self.clock() if self.clock else 0.0)
        said = self.script.pop(0) if self.script else PLACE
        if isinstance(said, Exception):
            raise said
        return said


@pytest.fixture
def pace(tmp_path: Path, fake_time: Any) -> Pace:
    return Pace(tmp_path / "pace.sqlite", "here", clock=fake_time.clock)


def paced(pace: Pace, fake_time: Any, *script: Any, **options: Any) -> PacedGeocoder:
    return PacedGeocoder(Scripted(*script, clock=fake_time.clock), pace, sleep=fake_time.sleep, **options)


def test_one_request_a_second(pace: Pace, fake_time: Any) -> None:
    geocoder = paced(pace, fake_time)
    for _ in range(4):
        geocoder.geocode("Rabat")
    start = geocoder.inner.times[0]
    assert [time - start for time in geocoder.inner.times] == [0, 1, 2, 3]
    fake_time.pass_by(seconds=0.25)
    geocoder.geocode("Rabat")
    assert fake_time.slept == [1, 1, 1, 0.75]


def test_the_first_does_not_wait_and_time_passed_counts(pace: Pace, fake_time: Any) -> None:
    geocoder = paced(pace, fake_time)
    geocoder.geocode("Rabat")
    fake_time.pass_by(hours=1)
    geocoder.geocode("Rabat")
    assert fake_time.slept == []


def test_each_service_has_its_own_pace(tmp_path: Path, fake_time: Any) -> None:
    for service in ("nominatim", "photon"):
        paced(Pace(tmp_path / "pace.sqlite", service, clock=fake_time.clock), fake_time).geocode("Rabat")
    assert fake_time.slept == []


def test_two_geocoders_of_one_service_share_it(tmp_path: Path, fake_time: Any) -> None:
    for _ in range(2):
        paced(Pace(tmp_path / "pace.sqlite", "here", clock=fake_time.clock), fake_time).geocode("Rabat")
    assert fake_time.slept == [1]


def test_nominatim_and_photon_on_one_host_share_it(settings: Settings, server: Any, fake_time: Any) -> None:
    times = {"clock": fake_time.clock, "sleep": fake_time.sleep}
    settings = settings.model_copy(update={"nominatim_url": f"{settings.nominatim_url}/nominatim"})
    build_online("nominatim", settings, **times).geocode("Rabat")
    build_online("photon", settings, **times).geocode("Rabat")
    assert fake_time.slept == [1]


def test_a_clock_set_back_costs_no_more_than_was_meant(pace: Pace, fake_time: Any) -> None:
    geocoder = paced(pace, fake_time)
    geocoder.geocode("Rabat")
    fake_time.pass_by(days=-300)
    geocoder.geocode("Rabat")
    assert fake_time.slept == [1]


def test_retry_after_is_honoured(pace: Pace, fake_time: Any) -> None:
    geocoder = paced(pace, fake_time, GeocoderRateLimited("slow down", retry_after=7))
    assert geocoder.geocode("Rabat") is PLACE
    assert fake_time.slept == [7]


def test_a_refusal_holds_for_everyone(pace: Pace, tmp_path: Path, fake_time: Any) -> None:
    first = paced(pace, fake_time, GeocoderRateLimited("slow down", retry_after=7), max_retries=0)
    with pytest.raises(GeocoderRateLimited):
        first.geocode("Rabat")
    second = paced(Pace(tmp_path / "pace.sqlite", "here", clock=fake_time.clock), fake_time)
    second.geocode("Salé")
    assert fake_time.slept == [7]


def test_a_long_refusal_is_raised_at_once_and_later_questions_are_not_sent(
    pace: Pace, fake_time: Any
) -> None:
    geocoder = paced(pace, fake_time, GeocoderRateLimited("slow down", retry_after=86_400))
    for _ in range(2):
        with pytest.raises(GeocoderRateLimited) as caught:
            geocoder.geocode("Rabat")
        assert caught.value.retry_after == 86_400
    assert "nothing was sent" in str(caught.value)
    assert (len(geocoder.inner.times), fake_time.slept) == (1, [])
    fake_time.pass_by(hours=24)
    assert geocoder.geocode("Rabat") is PLACE


def test_a_shorter_refusal_does_not_shorten_a_longer_one(pace: Pace, fake_time: Any) -> None:
    pace.hold(50)
    pace.hold(3)
    assert pace.claim() == 50
    fake_time.pass_by(days=-1)
    pace.hold(3)  # what stands there is of another time
    assert pace.claim() == 3


@pytest.mark.parametrize(
    ("mood", "slept"),
    [
        ("429", [7, 7]),
        ("429 by date", [1, 1]),
        ("429 by no date", [5, 10]),
        ("429 without a word", [5, 10]),
        ("503", [20, 20]),
        ("500", [5, 10]),
    ],
)
def test_what_the_server_says_is_waited_for(
    server: Any, settings: Settings, fake_time: Any, mood: str, slept: list[float]
) -> None:
    server.will(mood, mood, "rabat")
    geocoder = build_online("nominatim", settings, clock=fake_time.clock, sleep=fake_time.sleep)
    assert geocoder.geocode("Rabat").raw["place_id"] == 7
    assert fake_time.slept == slept


def test_an_endless_refusal_is_bounded(server: Any, settings: Settings, fake_time: Any) -> None:
    server.will("429 without end")
    geocoder = build_online("nominatim", settings, clock=fake_time.clock, sleep=fake_time.sleep)
    with pytest.raises(GeocoderRateLimited):
        geocoder.geocode("Rabat")
    assert fake_time.slept == []
    assert geocoder.inner.pace.claim() == 30 * 86_400


@pytest.mark.parametrize(
    "error", [GeocoderTimedOut("late"), GeocoderUnavailable("gone"), GeocoderRateLimited("no")]
)
def test_retries_are_bounded(pace: Pace, fake_time: Any, error: Exception) -> None:
    geocoder = paced(pace, fake_time, *[error] * 9, max_retries=3, error_wait_s=2)
    with pytest.raises(type(error)):
        geocoder.geocode("Rabat")
    assert len(geocoder.inner.times) == 4
    assert fake_time.slept == [2, 4, 8]


@pytest.mark.parametrize(
    "error",
    [
        GeocoderServiceError("what?"),
        GeocoderParseError("no JSON"),
        GeocoderQuotaExceeded("pay"),
        GeocoderAuthenticationFailure("who?"),
        ValueError("a fault of ours"),
    ],
)
def test_what_will_not_pass_is_raised_at_once(pace: Pace, fake_time: Any, error: Exception) -> None:
    geocoder = paced(pace, fake_time, error)
    with pytest.raises(type(error)):
        geocoder.geocode("Rabat")
    assert (len(geocoder.inner.times), fake_time.slept) == (1, [])


def test_nothing_is_none_only_when_the_service_said_so(pace: Pace, fake_time: Any) -> None:
    assert paced(pace, fake_time, []).geocode("Rabat") is None


def test_a_bad_question_costs_no_turn(pace: Pace, fake_time: Any) -> None:
    with pytest.raises(GeocoderServiceError):
        paced(pace, fake_time).geocode("")
    assert pace.claim() == 0


def test_impossible_paces_are_refused(tmp_path: Path, pace: Pace, fake_time: Any) -> None:
    for seconds in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="negative"):
            Pace(tmp_path / "p", "here", seconds=seconds)
    with pytest.raises(ValueError, match="less than the pace"):
        paced(pace, fake_time, max_wait_s=0.5)


def test_without_the_shared_file_nothing_is_sent(tmp_path: Path, fake_time: Any) -> None:
    geocoder = paced(Pace(tmp_path, "here", clock=fake_time.clock), fake_time)  # a folder
    with pytest.raises(GeocoderStateError, match="cannot be used"):
        geocoder.geocode("Rabat")
    assert geocoder.inner.times == []


def test_a_locked_file_sends_nothing(pace: Pace, fake_time: Any) -> None:
    pace.claim()
    pace._file.busy_s = 0.01
    with closing(sqlite3.connect(pace._file.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GeocoderStateError, match="locked"):
            pace.claim()


@pytest.mark.parametrize("attempt", range(20))  # the file is made once an attempt, by whoever is first
def test_threads_take_turns(tmp_path: Path, attempt: int) -> None:
    """Every thread sees the same second, so exactly one of them may go."""
    shared = Pace(tmp_path / "pace.sqlite", "here", clock=lambda: 1_000.0)
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(shared.claim())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [0.0] + [1.0] * 7


TAKE_TURNS = """
import sys, time
from pathlib import Path
from geopy.geocoders.base import Geocoder
from dashboard.geocoding.geocoders.paced import Pace, PacedGeocoder

taken = []
def clock():
    taken.append(time.time())
    return taken[-1]

class Nowhere(Geocoder):
    def geocode(self, query, **options):
        print(repr(taken[-1]))  # the time at which the turn was given

pace = Pace(Path(sys.argv[1]), "here", seconds=0.02, clock=clock)
geocoder = PacedGeocoder(Nowhere(), pace)
for number in range(10):
    geocoder.geocode(f"place {number}")
"""


def test_two_processes_share_the_pace(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TAKE_TURNS, str(tmp_path / "new" / "pace.sqlite")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    turns = sorted(float(line) for text in said for line in text.split())
    assert len(turns) == 20
    assert all(late - early >= 0.02 - 1e-6 for early, late in pairwise(turns))


HELD = """
import sys
from pathlib import Path
from geopy.exc import GeocoderRateLimited
from geopy.geocoders.base import Geocoder
from dashboard.geocoding.geocoders.paced import Pace, PacedGeocoder

class Forbidden(Geocoder):
    def geocode(self, query, **options):
        sys.exit("it was sent")

try:
    PacedGeocoder(Forbidden(), Pace(Path(sys.argv[1]), "here", clock=lambda: 1_000.0)).geocode("Rabat")
except GeocoderRateLimited as error:
    print(error.retry_after)
"""


def test_a_refusal_in_one_process_is_known_in_another(tmp_path: Path) -> None:
    path = tmp_path / "pace.sqlite"
    Pace(path, "here", clock=lambda: 1_000.0).hold(3_600)
    run = subprocess.run([sys.executable, "-c", HELD, str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "3600.0\n", "")

import os
from pathlib import Path

import pytest

from dashboard.confinement import Confinement, Limits
from dashboard.errors import ConfinementError

HERE = Path(__file__).parent


@pytest.fixture
def confined(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    with Confinement(Limits(memory_bytes=600_000_000, cpu_s=2, wall_s=10, stream_bytes=5_000_000)) as one:
        yield one


@pytest.fixture
def number(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc" * 1_000_000)
    with path.open("rb") as file:
        yield file.fileno()


def test_an_open_file_is_handed_over_and_its_result_comes_in_pieces(confined, number):
    pieces = []
    told = confined.stream("streaming:copy", number, pieces.append, word="é")
    assert told == {"word": "é", "bytes": 3_000_000}
    assert b"".join(pieces) == b"abc" * 1_000_000
    assert max(map(len, pieces)) <= 1 << 20


def test_a_file_can_be_read_again_and_leaves_nothing_open(confined, number):
    first = confined.stream("streaming:count_files", number, lambda _: None)
    assert [confined.stream("streaming:count_files", number, lambda _: None) for _ in range(3)] == [first] * 3
    assert confined.run("hostile:echo", b"abc") == {"bytes": 3}


def test_a_refusal_may_come_after_pieces(confined, number):
    pieces = []
    with pytest.raises(ConfinementError, match="no good") as caught:
        confined.stream("streaming:refuse_late", number, pieces.append)
    assert caught.value.reason == "refused"
    assert pieces == [b"begun"]


def test_pieces_are_limited_in_all(confined, number):
    with pytest.raises(ConfinementError, match="holds more than is allowed") as caught:
        confined.stream("streaming:endless", number, lambda _: None)
    assert caught.value.reason == "output"


def test_the_file_cannot_be_written_and_no_other_opened(confined, number):
    assert confined.stream("streaming:reach_out", number, lambda _: None) == ["OSError", "PermissionError"]
    assert os.fstat(number).st_size == 3_000_000

"""The question that is asked every second: one connection that breaks is no outage."""

from typing import Any

import pytest

from dashboard.errors import AwayError
from dashboard.runtime import Runtime
from dashboard.runtime.watch import Watch


def test_a_question_whose_connection_broke_is_asked_once_more(atlas: Runtime) -> None:
    answers: list[Any] = [AwayError("reset", "x"), atlas.ask()]
    watch = Watch(lambda: answer(answers), lambda _state: None)
    assert watch.ask().data_version == atlas.version
    assert watch.stale is None
    answers += [AwayError("away", "x"), AwayError("away", "x"), atlas.ask()]
    with pytest.raises(AwayError):
        watch.ask()
    assert watch.stale is not None
    assert len(answers) == 1


def answer(answers: list[Any]) -> Any:
    found = answers.pop(0)
    if isinstance(found, Exception):
        raise found
    return found

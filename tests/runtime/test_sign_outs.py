"""A sign-in that ended in one browser: over at once here, within a look elsewhere, and for good."""

import time
from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import SignInError, StoreError
from dashboard.runtime import Claim, Runtime
from dashboard.workflows.access.identity import Identity

NOW = int(time.time()) - 0.25
ANN = Claim("proxy", "ann", "Ann", "", NOW, "header")
LATER = Claim("proxy", "ann", "Ann", "", NOW + 0.125, "header")


@pytest.fixture
def atlas(make_runtime: Any) -> Any:
    return make_runtime(sign_in="header")


@pytest.fixture
def elsewhere(atlas: Runtime, make_runtime: Any) -> Any:
    """Another process on the same store."""
    return make_runtime(sign_in="header")


def end(atlas: Runtime) -> Identity:
    person = atlas.people.recognise(ANN)
    identity = Identity.signed_in(person.id, ANN.signed_in_at)
    atlas.signed_out.add(identity, person)
    return identity


def is_over(atlas: Runtime, claim: Claim = ANN) -> bool:
    try:
        person = atlas.people.recognise(claim)
    except SignInError as error:
        return "signed out in this browser" in str(error)
    atlas.people.by_id(Identity.signed_in(person.id, claim.signed_in_at).text)
    return False


def answers(atlas: Runtime) -> bool:
    try:
        return bool(atlas.ask())
    except StoreError:
        return False


def test_it_is_over_at_once_where_it_ended_and_others_of_the_person_go_on(atlas: Runtime) -> None:
    identity = end(atlas)
    assert is_over(atlas)
    with pytest.raises(SignInError, match="signed out in this browser"):
        atlas.people.by_id(identity.text)
    assert not is_over(atlas, LATER)


def test_another_process_that_watches_hears_of_it(
    atlas: Runtime, elsewhere: Runtime, wait_until: Any
) -> None:
    elsewhere.watch()
    assert not is_over(elsewhere)
    end(atlas)
    wait_until(lambda: is_over(elsewhere), 10)
    assert not is_over(elsewhere, LATER)


def test_a_process_that_starts_later_knows_of_it_from_the_first_moment(
    atlas: Runtime, make_runtime: Any
) -> None:
    end(atlas)
    assert is_over(make_runtime(sign_in="header"))


def test_asking_costs_no_query_and_a_look_at_the_state_costs_one(atlas: Runtime, wire: Any) -> None:
    identity = end(atlas)
    atlas.ask()
    wire.queries.clear()
    assert identity in atlas.signed_out
    assert wire.queries == []
    atlas.ask()
    assert len(wire.queries) == 1


def test_signing_out_while_the_store_is_away_is_written_down_when_it_is_back(
    atlas: Runtime, wire: Any, elsewhere: Runtime, wait_until: Any
) -> None:
    person = atlas.people.recognise(ANN)
    identity = Identity.signed_in(person.id, ANN.signed_in_at)
    wire.is_cut = True
    atlas.signed_out.add(identity, person)
    assert identity in atlas.signed_out
    wire.is_cut = False
    wait_until(lambda: answers(atlas), 10)
    assert identity in atlas.signed_out
    elsewhere.ask()
    assert is_over(elsewhere)
    assert [entry.action for entry in atlas.store.trail.list(1)] == ["sign out"]


def signed_out_in_the_dark(atlas: Runtime, wire: Any, claim: Claim = ANN) -> Identity:
    """Sign out while the database does not answer, in a process that never hears from it again."""
    wire.is_cut = False
    person = atlas.people.recognise(claim)
    identity = Identity.signed_in(person.id, claim.signed_in_at)
    wire.is_cut = True
    atlas.signed_out.add(identity, person)
    return identity


def test_signing_out_during_an_outage_outlives_the_process(
    atlas: Runtime, wire: Any, make_runtime: Any, wait_until: Any, tmp_path: Path
) -> None:
    first, second = (signed_out_in_the_dark(atlas, wire, claim) for claim in (ANN, LATER))
    journal = tmp_path / "data" / "sign-outs.journal"
    assert journal.stat().st_mode & 0o777 == 0o600
    again = make_runtime(sign_in="header")
    assert first in again.signed_out
    assert second in again.signed_out
    assert is_over(again)
    assert is_over(again, LATER)
    assert [entry.action for entry in again.store.trail.list(2)] == ["sign out"] * 2
    assert journal.read_bytes() == b""
    # The one that was away and comes back tells the same once more: that changes nothing.
    wire.is_cut = False
    before = again.store.trail.head()
    wait_until(lambda: answers(atlas), 10)
    assert again.store.trail.head() == before


def test_half_a_line_of_the_journal_costs_no_other(
    atlas: Runtime, wire: Any, make_runtime: Any, tmp_path: Path
) -> None:
    journal = tmp_path / "data" / "sign-outs.journal"
    first = signed_out_in_the_dark(atlas, wire)
    journal.write_bytes(journal.read_bytes() + b'["pe-x@1", 17')
    second = signed_out_in_the_dark(atlas, wire, LATER)
    again = make_runtime(sign_in="header")
    assert first in again.signed_out
    assert second in again.signed_out
    assert journal.read_bytes() == b""

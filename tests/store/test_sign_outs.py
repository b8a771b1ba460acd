"""Sign-ins that were ended in one browser: kept, counted, in the trail, and dropped when they are over."""

import pytest

from dashboard.errors import TextError
from dashboard.store.store import Store, open_store
from dashboard.store.trail.operations import Operation

ANA, BO = "pe-ana@1700000000.250000", "pe-bo@1700000100.500000"


def out(who: str = "ana") -> Operation:
    return Operation.new(who, "sign out", f"pe-{who}")


def test_a_sign_in_that_was_ended_is_known_to_every_process_and_after_a_restart(
    store: Store, url: str
) -> None:
    before = store.control.state()
    store.sign_outs.end(ANA, 1_700_000_050, out(), forget_before=0)
    other = open_store(url)
    assert other.sign_outs.ended() == {ANA}
    assert other.control.state().sign_outs_version == before.sign_outs_version + 1
    assert other.sign_outs.ended(since=1_700_000_051) == frozenset()
    other.close()


def test_the_trail_says_who_signed_out(store: Store) -> None:
    store.sign_outs.end(ANA, 1_700_000_050, out(), forget_before=0)
    (entry,) = store.trail.list()
    assert (entry.who, entry.action, entry.details["sign_in"]) == ("ana", "sign out", ANA)
    assert store.trail.verify() == ()


def test_ending_it_twice_does_no_harm(store: Store) -> None:
    operation = out()
    for one in (operation, operation, out()):
        store.sign_outs.end(ANA, 1_700_000_050, one, forget_before=0)
    assert store.sign_outs.ended() == {ANA}
    assert len(store.trail.list()) == 2  # the same operation again changes nothing


def test_what_is_over_by_itself_is_dropped_with_the_next_one(store: Store) -> None:
    store.sign_outs.end(ANA, 1_700_000_050, out(), forget_before=0)
    store.sign_outs.end(BO, 1_700_000_150, out("bo"), forget_before=1_700_000_050)
    assert store.sign_outs.ended() == {ANA, BO}
    store.sign_outs.end(BO, 1_700_000_160, out("bo"), forget_before=1_700_000_051)
    assert store.sign_outs.ended() == {BO}


@pytest.mark.parametrize("text", ["", "x" * 201, "a\nb", "a\x00b"])
def test_what_no_gate_names_is_not_kept(store: Store, text: str) -> None:
    with pytest.raises(TextError):
        store.sign_outs.end(text, 1, out(), forget_before=0)
    assert store.sign_outs.ended() == frozenset()

"""Drafts: nothing is public before somebody else has accepted it, and acceptance is whole or not at all."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from dashboard.domain.dossier import Dossier
from dashboard.errors import (
    ConflictError,
    DossierError,
    DraftStateError,
    OwnDraftError,
    PermissionDeniedError,
    RecordNotFoundError,
    TextError,
)
from dashboard.store.drafts.drafts import Draft, DraftLine, DraftState, Narrowed, Proposal, Revised, Verdict
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation


def by(who: str = "ana", why: str = "", action: str = "draft") -> Operation:
    return Operation.new(who, action, "", why, person_id=f"pe-{who}")


def ids(lines: Iterable[DraftLine]) -> list[str]:
    return [line.id for line in lines]


def renamed(repository: Repository, record_id: str, name: str) -> Any:
    dossier, _ = repository.dossier(record_id)
    return replace(dossier, record=replace(dossier.record, name=name))  # type: ignore[call-arg]


@pytest.fixture
def proposal(filled: Repository) -> Any:
    return Proposal("st-yard", "sites", 1, renamed(filled, "st-yard", "Great yard"))


@pytest.fixture
def draft(store: Store, proposal: Proposal) -> Any:
    return store.drafts.create(proposal, by("ana", "new sign"))


@pytest.fixture
def submitted(store: Store, draft: Draft) -> Any:
    return store.drafts.submit(draft.id, 1, by())


def test_a_draft_goes_its_way_and_acceptance_makes_it_public(
    store: Store, filled: Repository, draft: Draft
) -> None:
    assert (draft.state, draft.version, draft.author_id, draft.author) == ("working", 1, "pe-ana", "ana")
    assert (draft.why, draft.origin, draft.deletion, draft.decided_at) == ("new sign", {}, False, "")
    waiting = store.drafts.submit(draft.id, 1, by())
    assert (waiting.state, waiting.version, waiting.why) == ("submitted", 2, "new sign")
    assert waiting.submitted_at >= draft.created_at
    assert filled.get_site("st-yard").name == "Yard"
    done = store.drafts.decide(draft.id, Verdict.ACCEPT, 2, by("bo", "seen it"))
    assert (done.state, done.decided_by, done.decided_by_id) == ("accepted", "bo", "pe-bo")
    assert done.decided_why == "seen it"
    assert filled.dossier("st-yard") == (draft.dossier, 2)
    change = filled.changes("st-yard")[-1]
    assert (change.who, change.why, change.after) == ("ana, accepted by bo", "new sign", "Great yard")
    entry = store.trail.list(1)[0]
    assert (entry.who, entry.why, entry.details["author"]) == ("bo", "seen it", "pe-ana")
    assert store.trail.changes_of(entry.sequence) == (change,)
    assert store.trail.verify() == ()


def test_nobody_decides_about_their_own(store: Store, filled: Repository, submitted: Draft) -> None:
    for verdict in Verdict:
        with pytest.raises(OwnDraftError):
            store.drafts.decide(submitted.id, verdict, 2, by("ana"))
    assert store.drafts.get(submitted.id) == submitted
    store.drafts.decide(submitted.id, Verdict.ACCEPT, 2, by("ana"), allow_own=True)  # a local session
    assert filled.changes("st-yard")[-1].who == "ana"


def test_only_the_author_changes_a_draft(store: Store, draft: Draft) -> None:
    other = by("bo")
    for change in (
        lambda: store.drafts.revise(draft.id, Revised(None), 1, other),
        lambda: store.drafts.submit(draft.id, 1, other),
        lambda: store.drafts.withdraw(draft.id, 1, other),
    ):
        with pytest.raises(PermissionDeniedError, match="somebody else"):
            change()
    assert store.drafts.get(draft.id) == draft


def test_a_rejected_draft_is_worked_on_again(store: Store, filled: Repository, submitted: Draft) -> None:
    rejected = store.drafts.decide(submitted.id, Verdict.REJECT, 2, by("bo", "no source"))
    assert (rejected.state, rejected.decided_why) == ("rejected", "no source")
    assert filled.get_site("st-yard").name == "Yard"
    better = renamed(filled, "st-yard", "Yard of the north")
    revised = store.drafts.revise(submitted.id, Revised(better, base_revision=1), 3, by("ana", "with source"))
    assert (revised.state, revised.dossier, revised.why) == ("working", better, "with source")
    assert revised.decided_why == "no source"
    again = store.drafts.submit(submitted.id, 4, by())
    store.drafts.decide(again.id, Verdict.ACCEPT, 5, by("bo"))
    assert filled.get_site("st-yard").name == "Yard of the north"


def test_a_draft_is_sent_back_with_words(store: Store, submitted: Draft) -> None:
    back = store.drafts.decide(submitted.id, Verdict.RETURN, 2, by("bo", "which day?"))
    assert (back.state, back.decided_why) == ("working", "which day?")


STATES = {
    "working": [],
    "submitted": ["submit"],
    "accepted": ["submit", "accept"],
    "rejected": ["submit", "reject"],
    "withdrawn": ["withdraw"],
}
ALLOWED = {
    "working": {"revise", "submit", "withdraw"},
    "submitted": {"withdraw", "accept", "reject", "return"},
    "accepted": set(),
    "rejected": {"revise", "withdraw"},
    "withdrawn": {"revise"},
}


def take(store: Store, draft: Draft, step: str) -> Draft:
    if step == "revise":
        return store.drafts.revise(draft.id, Revised(draft.dossier), draft.version, by())
    if step in ("submit", "withdraw"):
        return getattr(store.drafts, step)(draft.id, draft.version, by())  # type: ignore[no-any-return]
    return store.drafts.decide(draft.id, Verdict(step), draft.version, by("bo"))


@pytest.mark.parametrize("state", STATES)
def test_only_the_steps_of_its_state_are_open(store: Store, proposal: Proposal, state: str) -> None:
    for step in ("revise", "submit", "withdraw", "accept", "reject", "return"):
        draft = store.drafts.create(proposal, by())
        for earlier in STATES[state]:
            draft = take(store, draft, earlier)
        assert draft.state == state
        if step in ALLOWED[state]:
            if step == "accept":
                continue  # accepted once above; the record has moved on
            assert take(store, draft, step).version == draft.version + 1
        else:
            with pytest.raises(DraftStateError, match=state):
                take(store, draft, step)
            assert store.drafts.get(draft.id) == draft
        if state == "accepted":
            break  # the base of all further ones is gone


def test_two_tabs_do_not_overwrite_one_another(store: Store, filled: Repository, draft: Draft) -> None:
    mine, yours = (renamed(filled, "st-yard", name) for name in ("Mine", "Yours"))
    store.drafts.revise(draft.id, Revised(mine), 1, by())
    with pytest.raises(ConflictError) as caught:
        store.drafts.revise(draft.id, Revised(yours), 1, by())
    assert (caught.value.yours, caught.value.theirs, caught.value.who) == (yours, mine, "ana")
    with pytest.raises(ConflictError):
        store.drafts.submit(draft.id, 1, by())


def test_a_reviewer_decides_about_what_they_saw(store: Store, filled: Repository, submitted: Draft) -> None:
    store.drafts.withdraw(submitted.id, 2, by())
    store.drafts.revise(submitted.id, Revised(renamed(filled, "st-yard", "Trap")), 3, by())
    store.drafts.submit(submitted.id, 4, by())
    with pytest.raises(ConflictError):
        store.drafts.decide(submitted.id, Verdict.ACCEPT, 2, by("bo"))
    assert filled.get_site("st-yard").name == "Yard"


def test_a_record_that_moved_on_keeps_the_draft_waiting(
    store: Store, filled: Repository, submitted: Draft
) -> None:
    theirs = renamed(filled, "st-yard", "Theirs")
    filled.save_dossier(theirs, 1, by("cy"))
    head = store.trail.head()
    with pytest.raises(ConflictError) as caught:
        store.drafts.decide(submitted.id, Verdict.ACCEPT, 2, by("bo"))
    assert (caught.value.yours, caught.value.theirs, caught.value.who) == (submitted.dossier, theirs, "cy")
    assert store.drafts.get(submitted.id) == submitted
    assert filled.dossier("st-yard") == (theirs, 2)
    assert store.trail.head() == head


def test_acceptance_is_whole_or_not_at_all(store: Store, filled: Repository, submitted: Draft) -> None:
    # The draft's step is written before the record: a record that is refused must take it back.
    for dossier in (submitted.dossier,):
        assert dossier is not None
        broken = replace(dossier, record=replace(dossier.record, kind="castle"))
        store.drafts.withdraw(submitted.id, 2, by())
        store.drafts.revise(submitted.id, Revised(broken), 3, by())
        waiting = store.drafts.submit(submitted.id, 4, by())
    with pytest.raises(DossierError, match="site_kinds"):
        store.drafts.decide(waiting.id, Verdict.ACCEPT, 5, by("bo"))
    assert store.drafts.get(waiting.id) == waiting


def test_a_deletion_is_proposed_and_accepted(store: Store, filled: Repository) -> None:
    wanted = Proposal("ev-order", "events", 1, deletion=True)
    draft = store.drafts.create(wanted, by("ana", "never happened"))
    store.drafts.submit(draft.id, 1, by())
    assert filled.get_event("ev-order")
    store.drafts.decide(draft.id, Verdict.ACCEPT, 2, by("bo"))
    (gone,) = filled.deleted()
    assert (gone.record_id, gone.who, gone.why) == ("ev-order", "ana, accepted by bo", "never happened")


def test_an_unfinished_draft_is_kept_and_not_submitted(store: Store, filled: Repository) -> None:
    form = '{"name": "O\'Brien %s \\u0000"}\n' + "ü" * 100
    draft = store.drafts.create(Proposal("st-new", "sites", 0, form=form), by())
    assert (draft.form, draft.dossier) == (form, None)
    with pytest.raises(DraftStateError, match="unfinished"):
        store.drafts.submit(draft.id, 1, by())
    revised = store.drafts.revise(draft.id, Revised(None, "more"), 1, by())
    assert (revised.form, revised.version) == ("more", 2)


def test_a_machine_says_where_its_proposal_comes_from(store: Store, proposal: Proposal) -> None:
    origin = {"extractor": "rules 1", "spans": [{"quote": "«مصنع»", "start": 3, "end": 9}]}
    draft = store.drafts.create(replace(proposal, origin=origin), by())
    assert store.drafts.get(draft.id).origin == origin
    odd = {"quote": "\0\ud800"}
    assert store.drafts.create(replace(proposal, origin=odd), by()).origin == odd
    with pytest.raises(TextError, match="origin"):
        store.drafts.create(replace(proposal, origin={"quote": "x" * 1_000_000}), by())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"record_id": "st-other"}, "about st-other"),
        ({"table": "events"}, "about st-yard"),
        ({"table": "places"}, "no table of records"),
        ({"deletion": True}, "no dossier"),
        ({"deletion": True, "dossier": None, "base_revision": 0}, "Only a record"),
    ],
)
def test_a_proposal_holds_together(store: Store, proposal: Proposal, values: Any, words: str) -> None:
    with pytest.raises(DossierError, match=words):
        store.drafts.create(replace(proposal, **values), by())
    with pytest.raises(TextError):
        store.drafts.create(replace(proposal, form="\0"), by())
    with pytest.raises(TextError):
        store.drafts.create(replace(proposal, form="x" * 1_000_001), by())
    assert store.drafts.list() == ()


def test_a_draft_stays_with_its_record(store: Store, filled: Repository, draft: Draft) -> None:
    with pytest.raises(DossierError, match="about st-yard"):
        store.drafts.revise(draft.id, Revised(filled.dossier("st-ben-slimane")[0]), 1, by())


def test_drafts_are_listed_and_counted(store: Store, filled: Repository, proposal: Proposal) -> None:
    mine = store.drafts.create(proposal, by("ana"))
    theirs = store.drafts.create(proposal, by("bo"))
    waiting = store.drafts.submit(theirs.id, 1, by("bo"))
    assert ids(store.drafts.list()) == [waiting.id, mine.id]
    assert ids(store.drafts.list([DraftState.SUBMITTED])) == [waiting.id]
    assert ids(store.drafts.list(author_id="pe-ana")) == [mine.id]
    assert store.drafts.list([DraftState.SUBMITTED], author_id="pe-ana") == ()
    assert store.drafts.list(record_id="st-none") == ()
    counts = store.drafts.counts()
    assert (counts[DraftState.WORKING], counts[DraftState.SUBMITTED]) == (1, 1)
    assert sum(counts.values()) == 2
    for draft_id in ("dr-none", "\0"):
        with pytest.raises(RecordNotFoundError):
            store.drafts.get(draft_id)


def test_a_repeated_step_is_taken_once(store: Store, filled: Repository, proposal: Proposal) -> None:
    create, submit, accept = by(), by(), by("bo")
    draft = store.drafts.create(proposal, create)
    assert store.drafts.create(proposal, create) == draft
    waiting = store.drafts.submit(draft.id, 1, submit)
    assert store.drafts.submit(draft.id, 1, submit) == waiting
    done = store.drafts.decide(draft.id, Verdict.ACCEPT, 2, accept)
    assert store.drafts.decide(draft.id, Verdict.ACCEPT, 2, accept) == done
    assert filled.revision("st-yard").number == 2
    assert len(store.drafts.list()) == 1


def test_what_is_kept_at_every_field_does_not_drown_the_trail(
    store: Store, filled: Repository, draft: Draft
) -> None:
    head = store.trail.head()
    for number in range(1, 6):
        draft = store.drafts.revise(draft.id, Revised(draft.dossier, f"text {number}"), number, by())
    assert (draft.version, draft.form) == (6, "text 5")
    assert store.trail.head() == head
    store.drafts.submit(draft.id, 6, by())
    waiting = store.drafts.decide(draft.id, Verdict.REJECT, 7, by("bo", "no source"))
    worked_on = store.drafts.revise(draft.id, Revised(draft.dossier, "again"), waiting.version, by())
    store.drafts.revise(draft.id, Revised(draft.dossier, "and again"), worked_on.version, by())
    subjects = [(entry.details["before"], entry.details["after"]) for entry in reversed(store.trail.list(3))]
    assert subjects == [("working", "submitted"), ("submitted", "rejected"), ("rejected", "working")]
    assert store.trail.verify() == ()


@pytest.mark.parametrize("rejected", [False, True])
def test_what_was_kept_and_is_sent_again_is_kept_once(store: Store, draft: Draft, *, rejected: bool) -> None:
    if rejected:
        store.drafts.submit(draft.id, 1, by())
        draft = store.drafts.decide(draft.id, Verdict.REJECT, 2, by("bo", "no"))
    save, revised = by(), Revised(draft.dossier, "new text", base_revision=1)
    first = store.drafts.revise(draft.id, revised, draft.version, save)
    assert store.drafts.revise(draft.id, revised, draft.version, save) == first
    assert first.version == draft.version + 1
    with pytest.raises(ConflictError):
        store.drafts.revise(draft.id, replace(revised, form="other"), draft.version, save)
    with pytest.raises(PermissionDeniedError):
        store.drafts.revise(draft.id, revised, draft.version, by("bo"))
    later = store.drafts.revise(draft.id, replace(revised, form="later"), first.version, by())
    with pytest.raises(ConflictError):
        store.drafts.revise(draft.id, revised, draft.version, save)
    assert store.drafts.get(draft.id) == later


def test_lists_and_the_queue_come_in_pages(store: Store, proposal: Proposal) -> None:
    drafts = [store.drafts.create(proposal, by("ana" if n % 2 else "bo")) for n in range(7)]
    waiting = [store.drafts.submit(draft.id, 1, by(draft.author)) for draft in (*drafts[::2], *drafts[1::2])]
    in_turn = [draft.id for draft in waiting]
    found, last = [], None
    while page := store.drafts.list(limit=3, before=last):
        assert len(page) <= 3
        found, last = found + ids(page), page[-1]
    assert found == in_turn[::-1]
    found, last = [], None
    submitted = Narrowed((DraftState.SUBMITTED,))
    while (page := store.drafts.waiting(submitted, limit=3, after=last))[0]:
        assert page[1] == 7
        found, last = found + ids(page[0]), page[0][-1]
    assert found == in_turn
    of_ana = Narrowed((DraftState.SUBMITTED,), "pe-ana")
    assert store.drafts.waiting(of_ana)[1] == 3
    assert store.drafts.waiting(replace(of_ana, table="events"))[1] == 0
    early = Narrowed(submitted_by=waiting[1].submitted_at)
    assert ids(store.drafts.waiting(early)[0]) == in_turn[:2]
    assert store.drafts.waiting(Narrowed(author_id="\0")) == ((), 0)
    assert store.drafts.authors((DraftState.SUBMITTED,)) == {"pe-ana": "ana", "pe-bo": "bo"}
    assert store.drafts.record_ids() == {"st-yard"}


def test_a_line_says_what_a_list_shows(store: Store, filled: Repository, proposal: Proposal) -> None:
    origin = {"kind": "rules 1", "spans": [{"quote": "\0"}]}
    made = store.drafts.create(replace(proposal, origin=origin, form="cells"), by("ana", "new sign"))
    store.drafts.create(Proposal("ev-order", "events", 1, deletion=True), by())
    store.drafts.create(Proposal("st-new", "sites", 0, form="half"), by())
    store.drafts.create(Proposal("ev-order", "events", 1, filled.dossier("ev-order")[0]), by())
    event, half, gone, line = store.drafts.list()
    assert (line.name, line.made_by, line.has_form, line.why) == ("Great yard", "rules 1", True, "new sign")
    assert (line.id, line.version, line.base_revision, line.author) == (made.id, 1, 1, "ana")
    assert (gone.name, gone.deletion, gone.has_form) == ("", True, False)
    assert (half.name, half.record_id) == ("", "st-new")
    assert event.name == filled.dossier("ev-order")[0].name


def test_a_list_makes_no_records(store: Store, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a list reads a dossier")

    monkeypatch.setattr(Dossier, "from_json", never)
    assert ids(store.drafts.list()) == [draft.id]
    assert ids(store.drafts.waiting(Narrowed())[0]) == [draft.id]

"""Every action of the workflows against every role, token and mode, below any page."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboard.domain.access import ANONYMOUS, LOCAL, MATRIX, Mode, Person, Right, Role
from dashboard.errors import AtlasError, PermissionDeniedError
from dashboard.store.trail.operations import Operation
from dashboard.workflows.editing import drafting as editing
from dashboard.workflows.editing import propose_deletion, review_queue, reviewing
from dashboard.workflows.editing.drafting import Work
from dashboard.workflows.geocoding import decide_places
from dashboard.workflows.operating import administration, upkeep

SITE = "st-ben-slimane"
PLACE = decide_places.HandDecision("Somewhere", (33.6, -7.1), "near", 3000, "The permit says so", "MA")
TOKEN = frozenset({"read", "propose"})


def once() -> str:
    return uuid.uuid4().hex


def seen(dossier: Any) -> Any:
    return dossier


class Case:
    """What every action needs."""

    def __init__(self, store: Any, library: Any, other: Person) -> None:
        self.store = store
        self.library = library
        work = editing.start(store, other, SITE, seen)
        work.form.record["kind"] = "depot"
        self.draft = editing.submit(store, other, work, library, why="", operation_id=once())
        self.other = other

    def work(self) -> Work:
        dossier, revision = self.store.repository.dossier(SITE)
        form = editing.DossierForm.of(dossier)
        form.record["notes"] = once()
        return Work(form, revision, nonce=once())


# Each takes the case and a person, and does one thing.
ACTIONS: dict[str, tuple[Right, Callable[[Case, Person], object]]] = {
    "start": (Right.PROPOSE, lambda c, p: editing.start(c.store, p, SITE, seen)),
    "start_new": (Right.PROPOSE, lambda c, p: editing.start_new(c.store, p, "sites", "New", c.library)),
    "resume": (Right.PROPOSE, lambda c, p: editing.resume(c.store, p, c.draft.id)),
    "save_draft": (Right.PROPOSE, lambda c, p: editing.save_draft(c.store, p, c.work())),
    "submit": (
        Right.PROPOSE,
        lambda c, p: editing.submit(c.store, p, c.work(), c.library, why="", operation_id=once()),
    ),
    "withdraw": (Right.PROPOSE, lambda c, p: editing.withdraw(c.store, p, c.draft.id, operation_id=once())),
    "drafts_of": (Right.PROPOSE, lambda c, p: editing.drafts_of(c.store, p)),
    "propose_deletion": (
        Right.PROPOSE,
        lambda c, p: propose_deletion.propose_deletion(
            c.store, p, "ev-order", 1, why="x", operation_id=once()
        ),
    ),
    "authors_waiting": (Right.REVIEW, lambda c, p: review_queue.authors_waiting(c.store, p)),
    "queue": (Right.REVIEW, lambda c, p: review_queue.queue(c.store, p)),
    "read_review": (Right.REVIEW, lambda c, p: reviewing.read_review(c.store, p, c.draft.id)),
    "deleted_records": (Right.REVIEW, lambda c, p: reviewing.deleted_records(c.store, p)),
    "accept": (
        Right.REVIEW,
        lambda c, p: reviewing.accept(c.store, p, c.draft, c.library, why="x", operation_id=once()),
    ),
    "reject": (
        Right.REVIEW,
        lambda c, p: reviewing.reject(c.store, p, c.draft, why="x", operation_id=once()),
    ),
    "send_back": (
        Right.REVIEW,
        lambda c, p: reviewing.send_back(c.store, p, c.draft, why="x", operation_id=once()),
    ),
    "delete_record": (
        Right.REMOVE,
        lambda c, p: reviewing.delete_record(c.store, p, "ev-order", 1, why="x", operation_id=once()),
    ),
    "restore_record": (
        Right.REMOVE,
        lambda c, p: reviewing.restore_record(c.store, p, "ev-order", why="x", operation_id=once()),
    ),
    "protect": (
        Right.REMOVE,
        lambda c, p: reviewing.protect(c.store, p, SITE, 0.1, why="x", operation_id=once()),
    ),
    "unprotect": (
        Right.REMOVE,
        lambda c, p: reviewing.unprotect(c.store, p, SITE, why="x", operation_id=once()),
    ),
    "save_by_hand": (Right.REMOVE, lambda c, p: decide_places.save_by_hand(c.store, p, PLACE)),
    "take_back": (Right.REMOVE, lambda c, p: decide_places.take_back(c.store, p, "pl-somewhere", "x")),
    "people": (Right.ADMINISTER, lambda c, p: administration.people(c.store, p)),
    "tokens": (Right.ADMINISTER, lambda c, p: administration.tokens(c.store, p)),
    "queue_sizes": (Right.ADMINISTER, lambda c, p: upkeep.queue_sizes(c.store, p)),
    "audit_entries": (Right.ADMINISTER, lambda c, p: upkeep.audit_entries(c.store, p)),
    "verify_audit": (Right.ADMINISTER, lambda c, p: upkeep.verify_audit(c.store, p, None)),
    "store_status": (Right.ADMINISTER, lambda c, p: upkeep.store_status(c.store, p, None)),
    "set_role": (
        Right.ADMINISTER,
        lambda c, p: administration.set_role(
            c.store, p, c.other.id, Role.REVIEWER, why="x", operation_id=once()
        ),
    ),
    "disable": (
        Right.ADMINISTER,
        lambda c, p: administration.disable(
            c.store, p, c.other.id, disabled=True, why="x", operation_id=once()
        ),
    ),
    "sign_out": (
        Right.ADMINISTER,
        lambda c, p: administration.sign_out(c.store, p, c.other.id, why="x", operation_id=once()),
    ),
    "sign_out_everywhere": (
        Right.ADMINISTER,
        lambda c, p: administration.sign_out_everywhere(c.store, p, why="x", operation_id=once()),
    ),
    "create_token": (
        Right.ADMINISTER,
        lambda c, p: administration.create_token(
            c.store, p, c.other.id, name="n", scopes=frozenset({"read"}), days=1, operation_id=once()
        ),
    ),
    "revoke_token": (
        Right.ADMINISTER,
        lambda c, p: administration.revoke_token(c.store, p, "to-x", why="x", operation_id=once()),
    ),
    "set_mode": (
        Right.ADMINISTER,
        lambda c, p: administration.set_mode(c.store, p, Mode.NORMAL, why="x", operation_id=once()),
    ),
}
WRITING = frozenset({Right.PROPOSE, Right.REVIEW, Right.REMOVE})
LOOKING = frozenset({"drafts_of", "authors_waiting", "queue", "read_review", "deleted_records"})


def answer(case: Case, person: Person, name: str) -> str:
    """Say whether the person is let do it; what else may be wrong is not of interest here."""
    try:
        ACTIONS[name][1](case, person)
    except PermissionDeniedError as error:
        # Somebody else's draft is refused to those who may write their own.
        return "theirs" if "somebody else" in str(error) else "denied"
    except AtlasError:
        return "allowed"
    return "allowed"


@pytest.fixture
def case(store, library_of, member):
    return Case(store, library_of(store), member("Other"))


@pytest.mark.parametrize("role", [None, *Role])
def test_every_action_by_every_role(case, member, role):
    person = ANONYMOUS if role is None else member("Asker", role)
    for name, (right, _) in ACTIONS.items():
        expected = role is not None and right in MATRIX[role]
        assert (answer(case, person, name) != "denied") is expected, name


def test_a_token_may_no_more_than_its_scopes(case, member):
    person = replace(member("Asker", Role.ADMIN), scopes=TOKEN)
    for name, (right, _) in ACTIONS.items():
        assert (answer(case, person, name) != "denied") is (right is Right.PROPOSE), name


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.MAINTENANCE])
def test_nobody_writes_in_any_other_mode_and_admins_go_on_administering(case, member, mode):
    admin = member("Asker", Role.ADMIN)
    case.store.control.set_mode(mode, Operation.by(admin, "set mode", mode.value, "x"))
    before = case.store.repository.data_version()
    for person in (admin, member("Rev", Role.REVIEWER), LOCAL):
        for name, (right, _) in ACTIONS.items():
            if right in WRITING and name not in LOOKING:
                assert answer(case, person, name) == "denied", name
    assert case.store.repository.data_version() == before
    assert answer(case, admin, "set_mode") == "allowed"
    assert case.store.control.mode() is Mode.NORMAL


def test_the_table_names_every_action():
    modules = (
        editing, propose_deletion, review_queue, reviewing, administration, upkeep, decide_places
    )  # fmt: skip
    public = {
        name
        for module in modules
        for name in module.__all__
        if callable(getattr(module, name)) and name[0].islower()
    }
    # These change nothing and show nothing that their caller does not have already.
    harmless = {"as_published", "rebase", "problems_of", "chosen_reason", "backups", "make_backup"}
    assert public - harmless == set(ACTIONS)

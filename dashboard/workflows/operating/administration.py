"""What admins do: people and their roles, tokens, the mode of the atlas.

Every act is an operation in the audit trail with who and why. Administering goes on in every mode, or nobody
could end one.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from dashboard.domain.access import Mode, Person, Right, Role, require
from dashboard.errors import AdministrationError
from dashboard.store.people.people import StoredPerson
from dashboard.store.people.tokens import NewToken, StoredToken
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.geocoding.reasons import why_fault

__all__ = [
    "SCOPES",
    "create_token",
    "disable",
    "people",
    "revoke_token",
    "set_mode",
    "set_role",
    "sign_out",
    "sign_out_everywhere",
    "tokens",
]

SCOPES: Final = ("read",)
"""What a token may be limited to: rights by their names in small letters, of which the API has something."""

_MOST_IN_NAME: Final = 100
_MOST_DAYS: Final = 366


def people(store: Store, person: Person) -> tuple[StoredPerson, ...]:
    """List everybody who ever signed in.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.

    Returns
    -------
    tuple of StoredPerson
        Last seen first.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    """
    require(person, Right.ADMINISTER)
    return tuple(sorted(store.people.list(), key=lambda one: one.last_seen, reverse=True))


def set_role(  # who, whom, what and why
    store: Store, person: Person, person_id: str, role: Role, *, why: str, operation_id: str
) -> StoredPerson:
    """Give somebody another role; it is in force at the next step of all their tabs.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    person_id
        Whose role.
    role
        The new role.
    why
        Why.
    operation_id
        Made once for this wish, so that trying again after a lost answer is safe.

    Returns
    -------
    StoredPerson
        The person with the new role.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        No reason is given, or it is the admin's own role.
    RecordNotFoundError
        Nobody has this id.
    """
    require(person, Right.ADMINISTER)
    _check(person, person_id, why, "change your own role")
    operation = Operation.by(person, "set role", person_id, why, operation_id=operation_id)
    return store.people.set_role(person_id, Role(role), operation)


def disable(  # who, whom, what and why
    store: Store, person: Person, person_id: str, *, disabled: bool, why: str, operation_id: str
) -> StoredPerson:
    """Keep somebody out, or let them in again.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    person_id
        Whom.
    disabled
        Whether the person is kept out.
    why
        Why.
    operation_id
        Made once for this wish.

    Returns
    -------
    StoredPerson
        The person.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        No reason is given, or it is the admin's own account.
    RecordNotFoundError
        Nobody has this id.
    """
    require(person, Right.ADMINISTER)
    _check(person, person_id, why, "disable yourself")
    action = "disable person" if disabled else "enable person"
    operation = Operation.by(person, action, person_id, why, operation_id=operation_id)
    return store.people.disable(person_id, operation, disabled=disabled)


def sign_out(store: Store, person: Person, person_id: str, *, why: str, operation_id: str) -> None:
    """End every session of one person.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    person_id
        Whose sessions.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        No reason is given.
    """
    require(person, Right.ADMINISTER)
    _check_why(why)
    operation = Operation.by(person, "sign out person", person_id, why, operation_id=operation_id)
    store.people.sign_out(person_id, datetime.now(UTC).timestamp(), operation)


def sign_out_everywhere(store: Store, person: Person, *, why: str, operation_id: str) -> None:
    """End every session of everybody, the admin's own too.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        No reason is given.
    """
    require(person, Right.ADMINISTER)
    _check_why(why)
    operation = Operation.by(person, "sign out everybody", "people", why, operation_id=operation_id)
    store.people.sign_out(None, datetime.now(UTC).timestamp(), operation)


def tokens(store: Store, person: Person) -> tuple[StoredToken, ...]:
    """List all API tokens.

    Parameters
    ----------
    store
        The store.
    person
        Who asks.

    Returns
    -------
    tuple of StoredToken
        Without their secrets, which nobody keeps.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    """
    require(person, Right.ADMINISTER)
    return store.tokens.list()


def create_token(  # noqa: PLR0913  # whose, for what and for how long
    store: Store,
    person: Person,
    owner_id: str,
    *,
    name: str,
    scopes: frozenset[str],
    days: int,
    operation_id: str,
) -> tuple[StoredToken, str]:
    """Make an API token.

    Parameters
    ----------
    store
        The store.
    person
        Who makes it.
    owner_id
        In whose name it acts; it never may more than that person.
    name
        What it is for.
    scopes
        What it is limited to, of `SCOPES`.
    days
        Days until it expires.
    operation_id
        Made once for this wish.

    Returns
    -------
    tuple of (StoredToken, str)
        The token and its secret, which can be shown this once.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        Name, scopes or days do not hold together.
    RecordNotFoundError
        Nobody has this id.
    """
    require(person, Right.ADMINISTER)
    name = " ".join(name.split())
    problems = []
    if not name or len(name) > _MOST_IN_NAME:
        problems.append(f"Give the token a name of 1 to {_MOST_IN_NAME} characters, such as what it is for")
    if not scopes or not scopes <= set(SCOPES):
        problems.append(f"Choose what the token may do, of {', '.join(SCOPES)}")
    if not 1 <= days <= _MOST_DAYS:
        problems.append(f"A token lives from 1 to {_MOST_DAYS} days")
    if problems:
        raise AdministrationError(problems)
    if owner_id != person.id or not person.is_local:
        store.people.get(owner_id)
    expires = (datetime.now(UTC) + timedelta(days=days)).timestamp()
    operation = Operation.by(person, "create token", name, operation_id=operation_id)
    return store.tokens.create(NewToken(owner_id, name, scopes, expires), operation)


def revoke_token(store: Store, person: Person, token_id: str, *, why: str, operation_id: str) -> None:
    """Make a token worthless at once.

    Parameters
    ----------
    store
        The store.
    person
        Who revokes it.
    token_id
        Id of the token.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        No reason is given.
    """
    require(person, Right.ADMINISTER)
    _check_why(why)
    operation = Operation.by(person, "revoke token", token_id, why, operation_id=operation_id)
    store.tokens.revoke(token_id, operation)


def set_mode(store: Store, person: Person, mode: Mode, *, why: str, operation_id: str) -> None:
    """Open the atlas, make it read only, or close it for maintenance.

    Parameters
    ----------
    store
        The store.
    person
        Who decides.
    mode
        The new mode.
    why
        Why.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person is no admin.
    AdministrationError
        No reason is given.
    """
    require(person, Right.ADMINISTER)
    _check_why(why)
    operation = Operation.by(person, "set mode", Mode(mode).value, why, operation_id=operation_id)
    store.control.set_mode(Mode(mode), operation)


def _check(person: Person, person_id: str, why: str, what: str) -> None:
    if person_id == person.id:
        raise AdministrationError(
            [f"You cannot {what}: another admin has to, or nobody might be left to undo it"]
        )
    _check_why(why)


def _check_why(why: str) -> None:
    if fault := why_fault(why):
        raise AdministrationError([f"The reason {fault}"])

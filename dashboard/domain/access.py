"""Who may do what: roles, rights, modes, and the one question that every workflow asks before it acts.

docs/hosting.md shows the same matrix to people; a test holds the two together. Widgets may hide what is not
allowed, but only the answer given here counts.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from dashboard.errors import PermissionDeniedError

__all__ = ["ANONYMOUS", "LOCAL", "MATRIX", "Mode", "Person", "Right", "Role", "may", "require"]


class Role(StrEnum):
    """What somebody is trusted with; each includes those before it."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Mode(StrEnum):
    """What the whole atlas is open for."""

    NORMAL = "normal"
    READ_ONLY = "read-only"
    MAINTENANCE = "maintenance"


class Right(Enum):
    """One thing that may be done or not; the value says it in words."""

    READ = "read published records"
    EXPORT = "take records away as files"
    PROPOSE = "write and submit drafts"
    UPLOAD = "upload files, fetch addresses and ask online geocoders"
    REVIEW = "see everybody's drafts, accept and reject those of others"
    REMOVE = "delete, restore and protect records, and decide places by hand"
    ADMINISTER = "manage people, tokens, modes and backups"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts.

    Parameters
    ----------
    id
        Id in the store; empty for somebody who is not signed in.
    name
        Name to show and to keep in the audit trail.
    role
        Role; None for somebody who is not signed in.
    issuer, subject
        Who vouches for the person, and the person's name there. The two together are the key; an e-mail
        address never is, because a second account can bear it.
    scopes
        What an API token is limited to, by names of rights in small letters; None for no limit.
    remembered
        Whether the store is silent and this is what it said last, which is good for reading only.
    """

    id: str
    name: str
    role: Role | None
    issuer: str = ""
    subject: str = ""
    scopes: frozenset[str] | None = None
    remembered: bool = False

    @property
    def is_local(self) -> bool:
        """Whether this is the one person of a local session, who has nobody else to review drafts."""
        return self.id == LOCAL.id

    def __str__(self) -> str:
        """Name the person as the audit trail does."""
        return self.name or self.id or "anonymous"


ANONYMOUS: Final = Person("", "anonymous", None)
"""Anybody who is not signed in."""

LOCAL: Final = Person("local", "local", Role.ADMIN)
"""The one person of a local session, where nobody signs in."""

_FIRST_ROLE: Final = {
    Right.READ: Role.READER,
    Right.EXPORT: Role.READER,
    Right.PROPOSE: Role.CONTRIBUTOR,
    Right.UPLOAD: Role.CONTRIBUTOR,
    Right.REVIEW: Role.REVIEWER,
    Right.REMOVE: Role.REVIEWER,
    Right.ADMINISTER: Role.ADMIN,
}
_ORDER: Final = tuple(Role)

MATRIX: Final = {
    role: frozenset(r for r, first in _FIRST_ROLE.items() if _ORDER.index(role) >= _ORDER.index(first))
    for role in Role
}
"""Rights by role."""

_WRITING: Final = frozenset({Right.PROPOSE, Right.UPLOAD, Right.REVIEW, Right.REMOVE})
# Where the setting lets anybody read, nobody need sign in for these.
_OPEN: Final = frozenset({Right.READ, Right.EXPORT})


def may(person: Person, right: Right, mode: Mode = Mode.NORMAL, *, anonymous_reading: bool = False) -> bool:
    """Say whether somebody may do something.

    Parameters
    ----------
    person
        Who asks.
    right
        What is asked for.
    mode
        What the atlas is open for. Read only: nothing that writes, for admins either. Maintenance: admins
        only, and nothing that writes. Administering goes on in every mode, or nobody could end one.
    anonymous_reading
        Whether the settings let anybody read without signing in.

    Returns
    -------
    bool
        True when it is allowed; everything that is not named is not.
    """
    if mode is not Mode.NORMAL and right in _WRITING:
        return False
    if mode is Mode.MAINTENANCE and person.role is not Role.ADMIN:
        return False
    if person.role is None:
        return anonymous_reading and right in _OPEN
    if person.scopes is not None and right.name.lower() not in person.scopes:
        return False
    return right in MATRIX[person.role]


def require(
    person: Person, right: Right, mode: Mode = Mode.NORMAL, *, anonymous_reading: bool = False
) -> None:
    """Refuse what somebody may not do.

    Parameters
    ----------
    person
        Who asks.
    right
        What is asked for.
    mode
        What the atlas is open for.
    anonymous_reading
        Whether the settings let anybody read without signing in.

    Raises
    ------
    PermissionDeniedError
        If it is not allowed; the message says why and who can help.
    """
    if may(person, right, mode, anonymous_reading=anonymous_reading):
        return
    if mode is not Mode.NORMAL and may(person, right, anonymous_reading=anonymous_reading):
        reason = f"the atlas is in the mode {mode.value} now: try again later"
    elif person.role is None:
        reason = "sign in first"
    elif person.remembered and right in MATRIX[person.role]:
        reason = (
            "the database does not answer, so nobody can tell whether you still may: wait until it is back"
        )
    elif person.scopes is not None and right in MATRIX[person.role]:
        reason = "the token was not made for that: ask for one with the scope " + right.name.lower()
    else:
        needed = _FIRST_ROLE[right].value
        reason = f"the role {person.role.value} does not include it: ask an admin for the role {needed}"
    raise PermissionDeniedError(right.value, reason)

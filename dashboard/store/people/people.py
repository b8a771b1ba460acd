"""Who has signed in: keyed by who vouches for a person and the name there, never by an e-mail address.

An address can be given to somebody else, and a second account can bear it. Role and validity are read from
here at every step, so that a change is in force at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from dashboard.domain.access import Role
from dashboard.errors import RecordNotFoundError
from dashboard.store.database.engine import reading, writing
from dashboard.store.database.meta import PEOPLE_VERSION, count_up
from dashboard.store.database.texts import check_line, is_storable, tidy_line
from dashboard.store.trail.chain import now_text
from dashboard.store.trail.ledger import PEOPLE
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["Meeting", "People", "StoredPerson"]

_MOST_IN_KEY: Final = 500
_MOST_IN_NAME: Final = 100
_SEEN_EVERY: Final = (
    300  # seconds: whoever works here all day is written down a few times, not at every click
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What an identity provider says of somebody.

    Parameters
    ----------
    issuer, subject
        Who vouches for the person, and the person's name there; kept to the letter.
    name, email
        To show; whatever cannot be shown is taken out.
    """

    issuer: str
    subject: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """Somebody who has signed in.

    Parameters
    ----------
    id
        Id in the store.
    issuer, subject
        Who vouches for the person, and the person's name there.
    name, email
        To show.
    role
        What the person is trusted with.
    disabled
        Whether the person may do nothing any more.
    first_seen, last_seen
        When, ISO 8601, UTC; the last to a few minutes.
    sessions_valid_after
        Sign-ins before this moment, in seconds since 1970, do not count any more.
    version
        Goes up with every change of role or validity.
    """

    id: str
    issuer: str
    subject: str
    name: str
    email: str
    role: Role
    disabled: bool
    first_seen: str
    last_seen: str
    sessions_valid_after: float
    version: int

    @classmethod
    def of(cls, row: Mapping[str, Any] | RowMapping) -> "StoredPerson":
        """Make it of a row.

        Parameters
        ----------
        row
            Values by column.

        Returns
        -------
        StoredPerson
            The person.
        """
        return cls(**{**row, "role": Role(row["role"]), "disabled": bool(row["disabled"])})


class People:
    """Everybody who has signed in.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, issuer: str, subject: str) -> StoredPerson | None:
        """Find a person by who vouches for them.

        Parameters
        ----------
        issuer, subject
            Who vouches for the person, and the person's name there.

        Returns
        -------
        StoredPerson or None
            None when the person has never signed in.
        """
        if not (is_storable(issuer) and is_storable(subject)):
            return None
        with reading(self._engine, single=True) as connection:
            return _find(connection, issuer, subject)

    def get(self, person_id: str) -> StoredPerson:
        """Find a person by id.

        Parameters
        ----------
        person_id
            Id in the store.

        Returns
        -------
        StoredPerson
            The person.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        with reading(self._engine, single=True) as connection:
            return _get(connection, person_id)

    def list(self) -> tuple[StoredPerson, ...]:
        """List everybody.

        Returns
        -------
        tuple of StoredPerson
            By name.
        """
        with reading(self._engine, single=True) as connection:
            rows = connection.execute(select(PEOPLE)).mappings().all()
        return tuple(sorted(map(StoredPerson.of, rows), key=lambda person: (person.name, person.id)))

    def meet(self, meeting: Meeting, default_role: Role, operation: Operation) -> StoredPerson:
        """See somebody who has signed in, and know them from then on.

        Parameters
        ----------
        meeting
            What the identity provider says.
        default_role
            Role of somebody who is met for the first time.
        operation
            Kept in the trail at the first time only.

        Returns
        -------
        StoredPerson
            The person.

        Raises
        ------
        TextError
            If the identity provider's name for the person cannot be kept to the letter.
        """
        check_line("issuer", meeting.issuer, _MOST_IN_KEY, empty=False)
        check_line("subject", meeting.subject, _MOST_IN_KEY, empty=False)
        known = self.find(meeting.issuer, meeting.subject)
        if known is not None:
            return self._seen(known, meeting)

        def write(step: Step) -> Mapping[str, Any]:
            # Two tabs may sign in at once.
            found = _find(step.connection, meeting.issuer, meeting.subject)
            if found is not None:
                return _cells(found)
            row = {
                "id": f"pe-{uuid4().hex}",
                "issuer": meeting.issuer,
                "subject": meeting.subject,
                "name": _name(meeting),
                "email": tidy_line(meeting.email, _MOST_IN_NAME),
                "role": default_role.value,
                "disabled": False,
                "first_seen": step.at,
                "last_seen": step.at,
                "sessions_valid_after": 0.0,
                "version": 1,
            }
            step.connection.execute(insert(PEOPLE).values(row))
            step.details |= {"person": row["id"], "issuer": meeting.issuer, "role": default_role.value}
            count_up(step.connection, PEOPLE_VERSION)
            return row

        return StoredPerson.of(perform(self._engine, operation, write).answer)

    def set_role(self, person_id: str, role: Role, operation: Operation) -> StoredPerson:
        """Give a person another role.

        Parameters
        ----------
        person_id
            Id of the person.
        role
            The role.
        operation
            Who does it and why.

        Returns
        -------
        StoredPerson
            The person as changed.

        Raises
        ------
        RecordNotFoundError
            If there is no such person.
        """
        return self._change(person_id, {"role": role.value}, operation)

    def disable(self, person_id: str, operation: Operation, *, disabled: bool = True) -> StoredPerson:
        """Take everything from a person that they may do, or give it back.

        Parameters
        ----------
        person_id
            Id of the person.
        operation
            Who does it and why.
        disabled
            Whether the person may do nothing any more.

        Returns
        -------
        StoredPerson
            The person as changed.

        Raises
        ------
        RecordNotFoundError
            If there is no such person.
        """
        return self._change(person_id, {"disabled": disabled}, operation)

    def sign_out(self, person_id: str | None, at: float, operation: Operation) -> None:
        """Make earlier sign-ins count no longer, in all tabs and on all devices.

        Parameters
        ----------
        person_id
            Id of the person; None for everybody.
        at
            Sign-ins before this moment do not count any more, in seconds since 1970.
        operation
            Who does it and why.

        Raises
        ------
        RecordNotFoundError
            If there is no such person.
        """

        def write(step: Step) -> Mapping[str, Any]:
            if person_id is not None:
                _get(step.connection, person_id)
            earlier = PEOPLE.c.sessions_valid_after < at
            chosen = earlier if person_id is None else earlier & (PEOPLE.c.id == person_id)
            values = {"sessions_valid_after": at, "version": PEOPLE.c.version + 1}
            step.connection.execute(update(PEOPLE).where(chosen).values(values))
            step.details |= {"person": person_id or "everybody", "signed_in_before": at}
            count_up(step.connection, PEOPLE_VERSION)
            return {}

        perform(self._engine, operation, write)

    def count(self) -> int:
        """Count everybody.

        Returns
        -------
        int
            How many have ever signed in.
        """
        with reading(self._engine, single=True) as connection:
            return connection.scalar(select(func.count()).select_from(PEOPLE)) or 0

    def _change(self, person_id: str, values: Mapping[str, Any], operation: Operation) -> StoredPerson:
        def write(step: Step) -> Mapping[str, Any]:
            old = _cells(_get(step.connection, person_id))
            changed = {**values, "version": old["version"] + 1}
            step.connection.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(changed))
            step.details |= {"person": person_id, "before": {key: old[key] for key in values}}
            step.details |= {"after": dict(values)}
            count_up(step.connection, PEOPLE_VERSION)
            return {**old, **changed}

        return StoredPerson.of(perform(self._engine, operation, write).answer)

    def _seen(self, known: StoredPerson, meeting: Meeting) -> StoredPerson:
        name, email = _name(meeting), tidy_line(meeting.email, _MOST_IN_NAME)
        if (name, email) == (known.name, known.email) and _age(known.last_seen) < _SEEN_EVERY:
            return known
        values = {"name": name, "email": email, "last_seen": max(now_text(), known.last_seen)}
        with writing(self._engine) as connection:
            connection.execute(update(PEOPLE).where(PEOPLE.c.id == known.id).values(values))
            return _get(connection, known.id)


def _name(meeting: Meeting) -> str:
    return tidy_line(meeting.name, _MOST_IN_NAME) or tidy_line(meeting.subject, _MOST_IN_NAME) or "unnamed"


def _age(moment: str) -> float:
    then = datetime.fromisoformat(moment)
    return (datetime.now(UTC) - then).total_seconds()


def _find(connection: Connection, issuer: str, subject: str) -> StoredPerson | None:
    rows = select(PEOPLE).where((PEOPLE.c.issuer == issuer) & (PEOPLE.c.subject == subject))
    row = connection.execute(rows).mappings().one_or_none()
    return None if row is None else StoredPerson.of(row)


def _get(connection: Connection, person_id: str) -> StoredPerson:
    if not is_storable(person_id):
        raise RecordNotFoundError(person_id)
    row = connection.execute(select(PEOPLE).where(PEOPLE.c.id == person_id)).mappings().one_or_none()
    if row is None:
        raise RecordNotFoundError(person_id)
    return StoredPerson.of(row)


def _cells(person: StoredPerson) -> dict[str, Any]:
    return {column.name: getattr(person, column.name) for column in PEOPLE.c} | {"role": person.role.value}

"""Who does what, to what and why: what every write carries, and what makes a second try of it harmless.

The id is made by whoever asks. An answer can be lost on its way after the database has kept the write; the
same operation asked again then changes nothing and gives the first answer.
"""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from dashboard.domain.access import Person
from dashboard.store.database.texts import check_line, check_text

__all__ = ["Operation"]

_MOST_IN_ID: Final = 100
_MOST_IN_WHO: Final = 200
_MOST_IN_WHY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One write as the audit trail keeps it.

    Parameters
    ----------
    id
        Id that no other write has; a repeat of the write bears the same.
    who
        Name of the person, to show.
    action
        What is done, such as ``save`` or ``accept``.
    subject
        Id of what it is done to.
    why
        Why.
    person_id
        Id of the person, where people sign in: two may have one name.

    Raises
    ------
    TextError
        If a text is empty that may not be, too long, or holds what no database keeps.
    """

    id: str
    who: str
    action: str
    subject: str
    why: str = ""
    person_id: str = ""

    def __post_init__(self) -> None:
        check_line("operation id", self.id, _MOST_IN_ID, empty=False)
        check_line("name of who acts", self.who, _MOST_IN_WHO, empty=False)
        check_line("action", self.action, _MOST_IN_ID, empty=False)
        check_line("subject", self.subject, _MOST_IN_WHO)
        check_text("reason", self.why, _MOST_IN_WHY)
        check_line("person id", self.person_id, _MOST_IN_ID)

    @classmethod
    def new(cls, who: str, action: str, subject: str, why: str = "", *, person_id: str = "") -> "Operation":
        """Make an operation with an id of its own.

        Parameters
        ----------
        who
            Name of the person.
        action
            What is done.
        subject
            Id of what it is done to.
        why
            Why.
        person_id
            Id of the person, where people sign in.

        Returns
        -------
        Operation
            The operation; keep it to try again with.
        """
        return cls(uuid4().hex, who.strip(), action, subject, why.strip(), person_id)

    @classmethod
    def by(
        cls, person: Person, action: str, subject: str, why: str = "", *, operation_id: str = ""
    ) -> "Operation":
        """Make an operation of a person.

        Parameters
        ----------
        person
            Who does it.
        action
            What is done.
        subject
            Id of what it is done to.
        why
            Why.
        operation_id
            Id that the client made; empty for a new one.

        Returns
        -------
        Operation
            The operation.
        """
        return cls(operation_id or uuid4().hex, str(person), action, subject, why.strip(), person.id)

"""Sign-ins that were ended by signing out in one browser, so that copies of its cookie are worth nothing.

Signing out everywhere is a moment kept with the person; this is for one sign-in of several.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Engine, delete, insert, select

from dashboard.store.database.engine import reading
from dashboard.store.database.meta import SIGN_OUTS_VERSION, count_up
from dashboard.store.database.texts import check_line
from dashboard.store.trail.ledger import ENDED_SIGN_INS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["SignOuts"]

_MOST_IN_IDENTITY: Final = 200


class SignOuts:
    """All sign-ins that were ended, until they would have ended by themselves.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def end(self, identity: str, at: float, operation: Operation, *, forget_before: float) -> None:
        """End a sign-in for good; ending it twice does no harm.

        Parameters
        ----------
        identity
            The sign-in, as the gate names it.
        at
            When, in seconds since 1970.
        operation
            Who does it.
        forget_before
            What was ended before this moment is over anyway and is dropped.

        Raises
        ------
        TextError
            If the sign-in is none that the gate could have named.
        StoreError
            If the database fails; nothing is kept then.
        """
        check_line("sign-in", identity, _MOST_IN_IDENTITY, empty=False)
        table = ENDED_SIGN_INS

        def write(step: Step) -> Mapping[str, Any]:
            step.connection.execute(delete(table).where(table.c.at < forget_before))
            known = select(table.c.identity).where(table.c.identity == identity)
            if step.connection.scalar(known) is None:
                step.connection.execute(insert(table).values(identity=identity, at=at))
            step.details |= {"sign_in": identity}
            count_up(step.connection, SIGN_OUTS_VERSION)
            return {}

        perform(self._engine, operation, write)

    def ended(self, since: float = 0.0) -> frozenset[str]:
        """List the sign-ins that were ended.

        Parameters
        ----------
        since
            Moment in seconds since 1970; those ended earlier are left aside.

        Returns
        -------
        frozenset of str
            As the gate names them.

        Raises
        ------
        StoreError
            If the database fails.
        """
        table = ENDED_SIGN_INS
        with reading(self._engine, single=True) as connection:
            rows = connection.scalars(select(table.c.identity).where(table.c.at >= since))
            return frozenset(rows)

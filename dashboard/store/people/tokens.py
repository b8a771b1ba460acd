"""API tokens: shown once, kept as a hash, limited in scope and time, taken back at once.

The text of a token is ``atlas_<id>_<secret>``. The secret is made from the operation and a key that this
process never shows, so that a repeated operation gives the same text again while the process lives, and
nothing that could be stolen from the database gives it at all.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from dashboard.errors import RecordNotFoundError
from dashboard.store.database.engine import reading, writing
from dashboard.store.database.meta import PEOPLE_VERSION, count_up
from dashboard.store.database.texts import check_line, is_storable
from dashboard.store.trail.chain import now_text
from dashboard.store.trail.ledger import PEOPLE, TOKENS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["NewToken", "StoredToken", "Tokens"]

_KEY: Final = secrets.token_bytes(32)
_PREFIX: Final = "atlas"
_PARTS: Final = 3
_MOST_IN_NAME: Final = 100
_USED_EVERY: Final = 60  # seconds


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be made.

    Parameters
    ----------
    owner_id
        Id of the person it acts for.
    name
        What it is for.
    scopes
        Names of rights in small letters; it may do no more than its owner, and of that only these.
    expires_at
        When it ends, in seconds since 1970; None for never.
    """

    owner_id: str
    name: str
    scopes: frozenset[str]
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as it is kept.

    Parameters
    ----------
    id
        Id of the token, which is the part of its text that is no secret.
    owner_id
        Id of the person it acts for.
    name
        What it is for.
    scopes
        Names of rights in small letters.
    created_at
        When it was made, ISO 8601, UTC.
    expires_at
        When it ends, in seconds since 1970; None for never.
    revoked_at
        When it was taken back; empty when it was not.
    last_used
        When it was used last, to a minute; empty when it never was.
    """

    id: str
    owner_id: str
    name: str
    scopes: frozenset[str]
    created_at: str
    expires_at: float | None
    revoked_at: str
    last_used: str
    _hash: str = field(default="", repr=False)

    @classmethod
    def of(cls, row: RowMapping) -> "StoredToken":
        """Make it of a row.

        Parameters
        ----------
        row
            Row of the table ``tokens``.

        Returns
        -------
        StoredToken
            The token.
        """
        values = {key: value for key, value in row.items() if key not in ("scopes", "hash")}
        return cls(scopes=frozenset(row["scopes"].split()), _hash=row["hash"], **values)

    @property
    def is_valid(self) -> bool:
        """Whether it counts now."""
        return not self.revoked_at and (self.expires_at is None or time.time() < self.expires_at)

    def matches(self, secret: str) -> bool:
        """Say whether a secret is that of the token.

        Parameters
        ----------
        secret
            What came.

        Returns
        -------
        bool
            True when it is; how long that takes says nothing about the secret.
        """
        return hmac.compare_digest(_hash(secret), self._hash)


class Tokens:
    """All tokens.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, new: NewToken, operation: Operation) -> tuple[StoredToken, str]:
        """Make a token.

        Parameters
        ----------
        new
            The token.
        operation
            Who makes it and why.

        Returns
        -------
        tuple of (StoredToken, str)
            The token, and its text, which is kept nowhere. The text is empty when another process has made
            the token under this operation: revoke it then and make another.

        Raises
        ------
        RecordNotFoundError
            If there is no such person.
        TextError
            If name or scopes cannot be kept.
        """
        check_line("name of the token", new.name, _MOST_IN_NAME, empty=False)
        for scope in new.scopes:
            check_line("scope", scope, _MOST_IN_NAME, empty=False)
        secret = hmac.new(_KEY, operation.id.encode(), "sha256").hexdigest()

        def write(step: Step) -> Mapping[str, Any]:
            owner = select(PEOPLE.c.id).where(PEOPLE.c.id == new.owner_id)
            if not (is_storable(new.owner_id) and step.connection.scalar(owner)):
                raise RecordNotFoundError(new.owner_id)
            row = {
                "id": uuid4().hex[:16],
                "owner_id": new.owner_id,
                "name": new.name,
                "scopes": " ".join(sorted(new.scopes)),
                "hash": _hash(secret),
                "created_at": step.at,
                "expires_at": new.expires_at,
                "revoked_at": "",
                "last_used": "",
            }
            step.connection.execute(insert(TOKENS).values(row))
            step.details |= {key: row[key] for key in ("id", "owner_id", "name", "scopes", "expires_at")}
            return {"id": row["id"]}

        token = self.get(perform(self._engine, operation, write).answer["id"])
        return token, f"{_PREFIX}_{token.id}_{secret}" if token.matches(secret) else ""

    def find(self, text: str) -> StoredToken | None:
        """Find the token that somebody shows.

        Parameters
        ----------
        text
            What came.

        Returns
        -------
        StoredToken or None
            None when there is none such, or it was taken back or has ended.
        """
        parts = text.split("_")
        if len(parts) != _PARTS or parts[0] != _PREFIX or not is_storable(text):
            return None
        with reading(self._engine, single=True) as connection:
            token = _find(connection, parts[1])
        return token if token is not None and token.matches(parts[2]) and token.is_valid else None

    def get(self, token_id: str) -> StoredToken:
        """Find a token by id.

        Parameters
        ----------
        token_id
            Its id.

        Returns
        -------
        StoredToken
            The token, whether it counts or not.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        with reading(self._engine, single=True) as connection:
            token = _find(connection, token_id)
        if token is None:
            raise RecordNotFoundError(token_id)
        return token

    def list(self, owner_id: str | None = None) -> tuple[StoredToken, ...]:
        """List tokens.

        Parameters
        ----------
        owner_id
            Id of the person they act for; None for all.

        Returns
        -------
        tuple of StoredToken
            Newest first, those that count no longer among them.
        """
        rows = select(TOKENS).order_by(TOKENS.c.created_at.desc(), TOKENS.c.id)
        if owner_id is not None:
            rows = rows.where(TOKENS.c.owner_id == owner_id)
        with reading(self._engine) as connection:
            return tuple(map(StoredToken.of, connection.execute(rows).mappings().all()))

    def revoke(self, token_id: str, operation: Operation) -> StoredToken:
        """Take a token back.

        Parameters
        ----------
        token_id
            Its id.
        operation
            Who does it and why.

        Returns
        -------
        StoredToken
            The token, which counts no longer.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """

        def write(step: Step) -> Mapping[str, Any]:
            token = _find(step.connection, token_id)
            if token is None:
                raise RecordNotFoundError(token_id)
            moment = token.revoked_at or step.at
            step.connection.execute(update(TOKENS).where(TOKENS.c.id == token_id).values(revoked_at=moment))
            step.details |= {"id": token_id, "owner_id": token.owner_id}
            count_up(step.connection, PEOPLE_VERSION)
            return {"revoked_at": moment}

        answer = perform(self._engine, operation, write).answer
        return replace(self.get(token_id), revoked_at=answer["revoked_at"])

    def touch(self, token_id: str) -> None:
        """Note that a token was used; written once a minute at most, and not into the trail.

        Parameters
        ----------
        token_id
            Its id.
        """
        last = self.get(token_id).last_used
        if last and (datetime.now(UTC) - datetime.fromisoformat(last)).total_seconds() < _USED_EVERY:
            return
        with writing(self._engine) as connection:
            connection.execute(
                update(TOKENS).where(TOKENS.c.id == token_id).values(last_used=max(now_text(), last))
            )


def _find(connection: Connection, token_id: str) -> StoredToken | None:
    if not is_storable(token_id):
        return None
    row = connection.execute(select(TOKENS).where(TOKENS.c.id == token_id)).mappings().one_or_none()
    return None if row is None else StoredToken.of(row)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

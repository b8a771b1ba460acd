"""The tables beside the records: who did what, who may, what is proposed, what was deleted.

None of them is part of a data package. ``audit`` and ``changes`` only grow: triggers of the database refuse
to change or delete their rows, whoever asks (migration 0002).
"""

from typing import Final

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from dashboard.store.records.tables import METADATA

__all__ = [
    "ARTICLES",
    "ARTICLE_DRAFTS",
    "AUDIT",
    "DELETED",
    "DRAFTS",
    "ENDED_SIGN_INS",
    "PEOPLE",
    "PROTECTIONS",
    "REVISIONS",
    "TOKENS",
]

AUDIT: Final = Table(
    "audit",
    METADATA,
    # Numbered by the code, without gaps, and not by the database, whose counters leave some.
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("why", Text, nullable=False),
    Column("operation_id", String, nullable=False, unique=True),
    Column("details", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("data_version", Text, nullable=False),
    Column("last_change", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
"""One entry for each operation; each holds the hash of the one before."""

REVISIONS: Final = Table(
    "revisions",
    METADATA,
    Column("record_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("deleted", Boolean, nullable=False),
)
"""Every state that a site, an event or an actor had, by number."""

DELETED: Final = Table(
    "deleted",
    METADATA,
    Column("record_id", String, primary_key=True),
    Column("table", Text, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("revision", Integer, nullable=False),
)
"""Records that were taken away, whole, until somebody brings them back."""

PEOPLE: Final = Table(
    "people",
    METADATA,
    Column("id", String, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("sessions_valid_after", Double, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("issuer", "subject", name="uq_people_issuer_subject"),
)
"""Who has signed in, by who vouches for them and their name there."""

TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("id", String, primary_key=True),
    Column("owner_id", String, ForeignKey("people.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Double, nullable=True),
    Column("revoked_at", Text, nullable=False),
    Column("last_used", Text, nullable=False),
)
"""What programs identify themselves with; the secret itself is kept nowhere."""

ENDED_SIGN_INS: Final = Table(
    "ended_sign_ins",
    METADATA,
    Column("identity", String, primary_key=True),
    Column("at", Double, nullable=False),
)
"""Sign-ins that were ended in one browser; the others of the person go on."""

DRAFTS: Final = Table(
    "drafts",
    METADATA,
    Column("id", String, primary_key=True),
    Column("record_id", String, nullable=False, index=True),
    Column("table", Text, nullable=False),
    Column("deletion", Boolean, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("author_id", String, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("base_revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("submitted_at", Text, nullable=False),
    Column("decided_by_id", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_why", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
)
"""What people propose; nothing of it is public before it is accepted."""

PROTECTIONS: Final = Table(
    "protections",
    METADATA,
    Column("record_id", String, primary_key=True),
    Column("cell", Double, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""Records whose coordinates are coarser than their audience would see otherwise."""

ARTICLES: Final = Table(
    "articles",
    METADATA,
    Column("id", String, primary_key=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("url", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("published", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("retrieved", Text, nullable=False),
    Column("read_by", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("extractor", Text, nullable=False),
    Column("replaces", Text, nullable=False),
    Column("archive_key", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("person_id", String, nullable=False, index=True),
    Column("at", Text, nullable=False),
)
"""Articles that were read, or refused with the reason; each text once, by the hash of its source."""

ARTICLE_DRAFTS: Final = Table(
    "article_drafts",
    METADATA,
    Column("article_id", String, ForeignKey("articles.id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("draft_id", String, ForeignKey("drafts.id"), nullable=False, index=True),
    Column("extractor", Text, nullable=False),
    Column("made", Integer, nullable=False),
)
"""Which draft stands for which proposal of an article, and the draft's version as the machine left it."""

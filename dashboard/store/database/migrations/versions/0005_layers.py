"""Imported layers: what each is, the imports into it, and their rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ABOUT = ("title", "colour", "licence", "citation", "preset", "mapping", "file_name", "sha256")
_ROW: tuple[tuple[str, Any], ...] = (
    ("row", sa.Integer()), ("external_id", sa.Text()), ("record_type", sa.Text()), ("kind", sa.Text()),
    ("original_kind", sa.Text()), ("name", sa.Text()), ("status", sa.Text()), ("original_status", sa.Text()),
    ("date", sa.Text()), ("date_as_written", sa.Text()), ("first", sa.Integer()), ("last", sa.Integer()),
    ("dated", sa.Boolean()), ("place", sa.Text()), ("country", sa.Text()), ("lat", sa.Double()),
    ("lon", sa.Double()), ("precision", sa.Text()), ("precision_m", sa.Integer()),
    ("original_precision", sa.Text()), ("actors", sa.Text()), ("products", sa.Text()), ("source", sa.Text()),
    ("source_url", sa.Text()), ("notes", sa.Text()), ("extra", sa.Text()), ("flags", sa.Text()),
)  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "layers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layers")),
    )
    op.create_index(op.f("ix_layers_person_id"), "layers", ["person_id"], unique=False)
    op.create_table(
        "layer_imports",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layer_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _ABOUT),
        sa.Column("rows", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("version", "who", "person_id", "at")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_layer_imports")),
    )
    op.create_index(op.f("ix_layer_imports_layer_id"), "layer_imports", ["layer_id"], unique=False)
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "layer_rows",
        sa.Column("key", key, autoincrement=False, nullable=False),
        *(sa.Column(name, kind, nullable=name in {"lat", "lon"}) for name, kind in _ROW),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_layer_rows")),
    )
    op.create_index("ix_layer_rows_external_id", "layer_rows", ["external_id", "key"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("layer_rows", "layer_imports", "layers"):
        op.drop_table(table)

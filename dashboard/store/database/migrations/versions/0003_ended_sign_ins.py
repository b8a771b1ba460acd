"""Sign-ins that were ended in one browser, so that every process refuses copies of its cookie."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ended_sign_ins",
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_ended_sign_ins")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("ended_sign_ins")

"""Articles that were read, and the drafts that were proposed from them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = (
    "title",
    "publisher",
    "published",
    "language",
    "text",
    "retrieved",
    "read_by",
    "warnings",
)
_MORE = ("reason", "extractor", "replaces", "archive_key", "who")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "articles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("state", sa.String(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _MORE),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("sha256", name=op.f("uq_articles_sha256")),
    )
    for column in ("url", "state", "person_id"):
        op.create_index(op.f(f"ix_articles_{column}"), "articles", [column], unique=False)
    op.create_table(
        "article_drafts",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_drafts_article_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_article_drafts_draft_id")),
        sa.PrimaryKeyConstraint("article_id", "key", name=op.f("pk_article_drafts")),
    )
    op.create_index(op.f("ix_article_drafts_draft_id"), "article_drafts", ["draft_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("article_drafts")
    op.drop_table("articles")

"""The first tables: one for each file of the data package, one for each list, one for the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "actors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("founded", sa.Text(), nullable=False),
        sa.Column("founded_earliest", sa.Integer(), nullable=False),
        sa.Column("founded_latest", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
    )
    op.create_table(
        "changes",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_record_id"), "changes", ["record_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("date_earliest", sa.Integer(), nullable=False),
        sa.Column("date_latest", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("place_as_written", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("precision_m", sa.Integer(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_locations_lat")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name=op.f("ck_locations_lon")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )
    op.create_index(op.f("ix_locations_record_id"), "locations", ["record_id"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "actors_names",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["actors.id"], name=op.f("fk_actors_names_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_actors_names")),
    )
    op.create_table(
        "actors_parent",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["actors.id"], name=op.f("fk_actors_parent_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["target_id"], ["actors.id"], name=op.f("fk_actors_parent_target_id")),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_actors_parent")),
    )
    op.create_index(op.f("ix_actors_parent_target_id"), "actors_parent", ["target_id"], unique=False)
    op.create_table(
        "citations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value_as_stated", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("retrieved", sa.Text(), nullable=False),
        sa.Column("retrieved_earliest", sa.Integer(), nullable=False),
        sa.Column("retrieved_latest", sa.Integer(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_citations_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citations")),
    )
    op.create_index(op.f("ix_citations_record_id"), "citations", ["record_id"], unique=False)
    op.create_index(op.f("ix_citations_source_id"), "citations", ["source_id"], unique=False)
    op.create_table(
        "events_actors",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_events_actors_actor_id")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["events.id"], name=op.f("fk_events_actors_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_events_actors")),
    )
    op.create_index(op.f("ix_events_actors_actor_id"), "events_actors", ["actor_id"], unique=False)
    op.create_table(
        "events_products",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("designation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["events.id"], name=op.f("fk_events_products_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_events_products")),
    )
    op.create_table(
        "events_related",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["events.id"], name=op.f("fk_events_related_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["target_id"], ["events.id"], name=op.f("fk_events_related_target_id")),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_events_related")),
    )
    op.create_index(op.f("ix_events_related_target_id"), "events_related", ["target_id"], unique=False)
    op.create_table(
        "events_sites",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["events.id"], name=op.f("fk_events_sites_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["target_id"], ["sites.id"], name=op.f("fk_events_sites_target_id")),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_events_sites")),
    )
    op.create_index(op.f("ix_events_sites_target_id"), "events_sites", ["target_id"], unique=False)
    op.create_table(
        "places",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("precision_m", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_places_lat")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name=op.f("ck_places_lon")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_places_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_source_id"), "places", ["source_id"], unique=False)
    op.create_table(
        "sites_names",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["sites.id"], name=op.f("fk_sites_names_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_sites_names")),
    )
    op.create_table(
        "sites_operators",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["sites.id"], name=op.f("fk_sites_operators_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["target_id"], ["actors.id"], name=op.f("fk_sites_operators_target_id")),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_sites_operators")),
    )
    op.create_index(op.f("ix_sites_operators_target_id"), "sites_operators", ["target_id"], unique=False)
    op.create_table(
        "sites_products",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("designation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["sites.id"], name=op.f("fk_sites_products_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_sites_products")),
    )
    op.create_table(
        "places_names",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["places.id"], name=op.f("fk_places_names_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", "position", name=op.f("pk_places_names")),
    )
    op.create_table(
        "site_status",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("date_earliest", sa.Integer(), nullable=False),
        sa.Column("date_latest", sa.Integer(), nullable=False),
        sa.Column("citation_id", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["citation_id"], ["citations.id"], name=op.f("fk_site_status_citation_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_status_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_status")),
    )
    op.create_index(op.f("ix_site_status_citation_id"), "site_status", ["citation_id"], unique=False)
    op.create_index(op.f("ix_site_status_site_id"), "site_status", ["site_id"], unique=False)


def downgrade() -> None:
    """Drop all tables."""
    op.drop_index(op.f("ix_site_status_site_id"), table_name="site_status")
    op.drop_index(op.f("ix_site_status_citation_id"), table_name="site_status")
    op.drop_table("site_status")
    op.drop_table("places_names")
    op.drop_table("sites_products")
    op.drop_index(op.f("ix_sites_operators_target_id"), table_name="sites_operators")
    op.drop_table("sites_operators")
    op.drop_table("sites_names")
    op.drop_index(op.f("ix_places_source_id"), table_name="places")
    op.drop_table("places")
    op.drop_index(op.f("ix_events_sites_target_id"), table_name="events_sites")
    op.drop_table("events_sites")
    op.drop_index(op.f("ix_events_related_target_id"), table_name="events_related")
    op.drop_table("events_related")
    op.drop_table("events_products")
    op.drop_index(op.f("ix_events_actors_actor_id"), table_name="events_actors")
    op.drop_table("events_actors")
    op.drop_index(op.f("ix_citations_source_id"), table_name="citations")
    op.drop_index(op.f("ix_citations_record_id"), table_name="citations")
    op.drop_table("citations")
    op.drop_index(op.f("ix_actors_parent_target_id"), table_name="actors_parent")
    op.drop_table("actors_parent")
    op.drop_table("actors_names")
    op.drop_table("sources")
    op.drop_table("sites")
    op.drop_table("meta")
    op.drop_index(op.f("ix_locations_record_id"), table_name="locations")
    op.drop_table("locations")
    op.drop_table("events")
    op.drop_index(op.f("ix_changes_record_id"), table_name="changes")
    op.drop_table("changes")
    op.drop_table("actors")

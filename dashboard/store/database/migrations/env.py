"""What alembic runs around migrations: they share the transaction that `store.database.migrate` opened."""

from alembic import context

from dashboard.store.records.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite can undo DDL once the driver sends no BEGIN of its own; batch mode is how it alters a table.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's entry: the connection comes from worker/state/database.py, which holds the lock and the transaction."""

from alembic import context

from worker.state.database import TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=list(TABLES),
    render_as_batch=True,
    compare_type=False,
)
context.run_migrations()

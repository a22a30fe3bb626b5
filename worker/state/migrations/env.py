"""Alembic's entry: the connection comes from worker/state/database.py, which holds the lock and the transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from worker.state.database import TABLES


def _our_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our column types by their plain names: the template imports them."""
    return f"{type(item).__name__}()" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=list(TABLES),
    render_item=_our_types,
    render_as_batch=True,
)
context.run_migrations()

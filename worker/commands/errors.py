"""cuadre errors ...: the commands live with the errors; those that look at both ends of a company live here."""

from __future__ import annotations

from errors.cli import app
from worker.commands import customers, mending, sides

sides.add_to(app)
mending.add_to(app)
customers.add_to(app)

__all__ = ["app"]

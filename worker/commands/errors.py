"""cuadre errors ...: the commands live with the errors."""

from __future__ import annotations

from errors.cli import app

__all__ = ["app"]

"""Which errors nobody was told of by mail yet, and which of them somebody should be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, text

from errors.kinds import KINDS, Category, Verb
from errors.tables import errors

# Spelt out: only so SQLite sees that the small index is enough, however many errors there are.
UNTOLD = text("errors.state = 'open' AND errors.mailed_at IS NULL")


def halting() -> ColumnElement[bool]:
    """What stops a whole company until a person has mended it."""
    return and_(errors.c.category == Category.COMPANY, errors.c.kind.in_(_codes(Verb.ASK, Verb.HALT)))


def telling(lasting_since: datetime) -> ColumnElement[bool]:
    """What wants a person at once, and what mends itself but has not since then."""
    asking = and_(errors.c.kind.in_(_codes(Verb.ASK, Verb.HALT)), errors.c.category != Category.COMPANY)
    return or_(asking, and_(errors.c.first_at <= lasting_since, ~halting()))


def _codes(*verbs: Verb) -> list[str]:
    return [code for code, kind in KINDS.items() if kind.verb in verbs]

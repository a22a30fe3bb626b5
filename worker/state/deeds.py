"""What people did besides ordering something for an error: written in the transaction that does it, never changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert

from worker.state.tables import deeds


class Deed(StrEnum):
    """What was done. Its first word says to what."""

    USER_ADDED = "user-added"
    USER_MOVED = "user-moved"  # to OpenID Connect
    USER_REMOVED = "user-removed"
    ROLE_CHANGED = "user-role"
    PASSWORD_CHOSEN = "user-password-chosen"  # noqa: S105 - a word
    PASSWORD_RESET = "user-password-reset"  # noqa: S105 - a word
    SIGNED_IN = "sign-in"
    LOCKED_OUT = "sign-in-locked"
    KEY_MADE = "key-made"
    KEY_REMOVED = "key-removed"
    CONNECTED = "company-connected"
    DISCONNECTED = "company-disconnected"
    PAUSED = "company-paused"
    RESUMED = "company-resumed"
    SYNC_WANTED = "company-sync"
    RANGE_CHANGED = "number-range"
    MAIL_RETRIED = "mail-retried"


def record(
    connection: Connection,
    act: Deed,
    *,
    by: str,
    now: datetime,
    subject: str = "",
    value: str = "",
    company: str = "",
    why: str = "",
) -> None:
    """`subject`: whom or what it was about; `value`: what it has now. Neither is ever a secret."""
    values = {"at": now, "by": by, "act": act, "subject": subject, "value": value, "company": company, "why": why}
    connection.execute(insert(deeds).values(**values))

"""Who is at this keyboard, for the audit."""

from __future__ import annotations

import getpass
import os


def me() -> str:
    """The account's name; in a container without a user database, its number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(os.getuid())

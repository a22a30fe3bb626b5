"""To whom mails go, and what all of them have in common: links into the console, the clock on the reader's wall."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from babel import Locale, UnknownLocaleError

from errors.language import LANGUAGES, base

ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f]+@[^\s<>,;:\"()\[\]\\@\x00-\x1f]+")
CHANNEL = "channel:"  # no address can begin like that


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """`language`: "en", "es", or with a country ("es-MX"), whose numbers and dates are written its own way.

    `address`: name@domain, or "channel:" and a name for what errors/channels.py reaches.
    `companies`: of which this reader is told; None: of all.

    Raises:
        ValueError: an address that is none, or a language that there is no catalogue for.
    """

    address: str
    language: str = "en"
    companies: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not self.address.startswith(CHANNEL) and not ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} is no mail address (name@domain)")
        if not is_language(self.language):
            raise ValueError(f"{self.language!r} is no language of Cuadre ({', '.join(LANGUAGES)})")

    @property
    def locale(self) -> str:
        """As Babel and errors.language want it: es_MX."""
        return self.language.replace("-", "_")

    def hears(self, company: str) -> bool:
        return self.companies is None or company in self.companies


def heard(readers: Iterable[Recipient]) -> frozenset[str] | None:
    """The companies that at least one of them is told of; None: all."""
    found: frozenset[str] = frozenset()
    for reader in readers:
        if reader.companies is None:
            return None
        found |= reader.companies
    return found


def is_language(text: str) -> bool:
    """Whether a reader can have this language: one of the catalogue's, with any country that Babel knows."""
    locale = text.replace("-", "_")
    if base(locale) not in LANGUAGES:
        return False
    try:
        Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """`site`: the console's public address; empty: commands are named instead. `zone`: in which times are told."""

    site: str = ""
    zone: tzinfo = UTC

    def errors(self) -> str:
        """Where all open errors are."""
        return f"{self.site.rstrip('/')}/errors" if self.site else ""

    def error(self, error_id: int) -> str:
        """Where one error is."""
        return f"{self.errors()}/{error_id}" if self.site else ""

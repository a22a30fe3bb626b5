"""A company's set-up in QuickBooks, read once a day and before anything is refused for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.quickbooks.books import Books, custom_numbers, read_books
from connectors.quickbooks.client import Client
from connectors.quickbooks.matching import Row
from connectors.quickbooks.mirror.mirror import Mirror
from connectors.transport import Now

BOOKS_LAST = timedelta(days=1)  # reads are metered (qbo-facts section 6), set-ups change seldom
BOOKS_FRESH = timedelta(minutes=1)  # nothing is refused on knowledge older than this

_LISTS = ("Account", "PaymentMethod")

_log = structlog.get_logger("cuadre.quickbooks")


class SetUp:
    """One company's. A restart finds what was read before in the mirror."""

    def __init__(self, client: Client, mirror: Mirror, *, now: Now) -> None:
        self._client = client
        self._mirror = mirror
        self._now = now
        self._known: Books | None = None
        self._at: datetime | None = None
        self._moved = self._moves()
        self._trusted = True

    @property
    def known(self) -> Books | None:
        """What was read last, if anything was."""
        return self._known

    def books(self, no_older_than: timedelta = BOOKS_LAST) -> Books:
        """Accounts, payment methods and preferences, read again when they are older.

        Raises:
            ProblemError: QuickBooks does not answer, or the connection is lost.
        """
        wanted = no_older_than if self._trusted else timedelta(0)
        if self._known is None or self._at is None or self._is_old(wanted) or self._moved != self._moves():
            self._known = self._read(wanted)
            self._trusted = True
        return self._known

    def distrust(self) -> None:
        """QuickBooks refused something that it should have taken: all is read again at the next question."""
        self._trusted = False

    def _read(self, no_older_than: timedelta) -> Books:
        self._at = self._now()
        company = self._single("CompanyInfo", f"companyinfo/{self._client.company_id}", no_older_than)
        preferences = self._single("Preferences", "preferences", no_older_than)
        ready = self._mirror.ready(_LISTS, no_older_than)
        self._read_at(self._mirror.checked_at(_LISTS) if ready else None)
        accounts, methods = (self._list(entity, ready=ready) for entity in _LISTS)
        self._moved = self._moves()
        return read_books(company, preferences, accounts, methods)

    def _single(self, entity: str, path: str, no_older_than: timedelta) -> Mapping[str, Any]:
        known = self._mirror.single(entity, no_older_than)
        if known is not None:
            self._read_at(known[1])
            return known[0]
        row: Row = (self._client.read("GET", path).body or {}).get(entity, {})
        self._tell(self._mirror.single(entity, timedelta.max), row)
        self._mirror.keep(entity, row)
        return row

    def _tell(self, before: tuple[Row, datetime] | None, now: Row) -> None:
        """Somebody flipped the setting of custom numbers: who gives a document its number is another one now."""
        was, is_ = (custom_numbers(row) for row in (before[0] if before else now, now))
        if was != is_:
            _log.warning("custom transaction numbers were switched", company=self._client.company, now_on=is_)

    def _list(self, entity: str, *, ready: bool) -> Sequence[Row]:
        rows = self._mirror.all(entity, BOOKS_LAST) if ready else None
        return self._client.rows(entity) if rows is None else [row for row in rows if row.get("Active", True)]

    def _read_at(self, moment: datetime | None) -> None:
        """The whole is as old as its oldest part."""
        self._at = min(self._at, moment) if self._at and moment else self._at

    def _moves(self) -> tuple[int, ...]:
        return tuple(self._mirror.moved[entity] for entity in _LISTS)

    def _is_old(self, no_older_than: timedelta) -> bool:
        return self._at is None or not timedelta(0) <= self._now() - self._at < no_older_than

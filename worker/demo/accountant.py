"""The accountant on the other side: works in QuickBooks by hand, that is, without anything of Cuadre's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import requests

PAGE = 1000
SECONDS = 30


class Accountant:
    """One company's books, seen through QuickBooks' own API with a token of the accountant's own."""

    def __init__(self, url: str, realm_id: str, token: str) -> None:
        self._url, self._realm = url, realm_id
        self._session = requests.Session()
        self._session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})

    def enter(self, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create or change one object."""
        answer = self._session.post(self._at(entity.lower()), json=body, timeout=SECONDS)
        answer.raise_for_status()
        entered: dict[str, Any] = answer.json()[entity]
        return entered

    def amend(self, entity: str, target: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Change some fields of an object that was just read."""
        return self.enter(entity, {"Id": target["Id"], "SyncToken": target["SyncToken"], "sparse": True, **changes})

    def find(self, entity: str, condition: str = "") -> list[dict[str, Any]]:
        return list(self._pages(entity, condition))

    def close_books(self, until: date | None) -> None:
        """Set or lift the closing date: in QuickBooks a person does this, there is no API for it."""
        day = until.isoformat() if until else None
        address = f"{self._url}/sandbox/realms/{self._realm}/preferences"
        self._session.post(address, json={"BookCloseDate": day}, timeout=SECONDS).raise_for_status()

    def total(self, entity: str, marker: str) -> tuple[int, Decimal]:
        """Count and sum of the documents that bear this marker in their private note."""
        ours = [row for row in self.find(entity) if marker in row.get("PrivateNote", "")]
        return len(ours), sum((Decimal(str(row["TotalAmt"])) for row in ours), Decimal(0))

    def _pages(self, entity: str, condition: str) -> Iterator[dict[str, Any]]:
        start = 1
        while True:
            statement = f"SELECT * FROM {entity} {condition} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"  # noqa: S608
            answer = self._session.get(self._at("query"), params={"query": statement}, timeout=SECONDS)
            answer.raise_for_status()
            rows = answer.json()["QueryResponse"].get(entity, [])
            yield from rows
            start += PAGE
            if len(rows) < PAGE:
                return

    def _at(self, path: str) -> str:
        return f"{self._url}/v3/company/{self._realm}/{path}"

"""Somebody else at work in the same QuickBooks: takes numbers, edits, voids, deletes, renames."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import requests

from connectors.quickbooks.notes import marker_of
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import FIRST_REALM
from connectors.quickbooks.sandbox.wire import jsontext
from tests.simulation.wire import Wire
from tests.support.quickbooks_desk import URL

TOKEN = "outsider"
KINDS = {"Invoice": "invoice", "Payment": "payment", "RefundReceipt": "refund", "Purchase": "fee"}
DELETE = {"operation": "delete"}
VOID = {"operation": "void"}

Row = dict[str, Any]


class Outsider:
    """`touched` tells of each (entity, Id) what was done to it; `buried` are the markers of what was deleted or voided.

    `is_linked(kind, Id)` says whether Cuadre knows by now that QuickBooks has it. What is deleted before that,
    while its answer is lost, looks exactly like what never arrived: nobody could know that it was deleted, and it may
    be posted again. Such markers are not counted as buried.
    """

    def __init__(self, wire: Wire, random: Random, is_linked: Callable[[str, str], bool]) -> None:
        self.touched: dict[tuple[str, str], str] = {}
        self.buried: set[str] = set()
        self.taken: set[str] = set()
        self._wire = wire
        self._random = random
        self._is_linked = is_linked
        self._session = requests.Session()
        self._session.mount(URL, SandboxAdapter(wire.sandbox))
        wire.sandbox.connect(FIRST_REALM, access_token=TOKEN)

    def act(self) -> str:
        acts = (self._take_number, self._note, self._change_total, self._bury, self._bury, self._rename)
        return self._random.choice(acts)()

    def rows(self, entity: str) -> list[Row]:
        return [row.data for row in self._wire.sandbox.company(FIRST_REALM).store.rows(entity)]

    def _take_number(self) -> str:
        """The number of an invoice that the firm will write soon, perhaps."""
        customer, item = self._any("Customer"), self._any("Item")
        if customer is None or item is None:
            return "-"
        number = f"I-i{len(self.rows('Invoice')) + self._random.randint(0, 30)}"
        detail = {"ItemRef": {"value": item["Id"]}, "Qty": 1, "UnitPrice": 5}
        line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        body = {"CustomerRef": {"value": customer["Id"]}, "DocNumber": number, "Line": [line]}
        status = self._post("Invoice", body)
        if status == 200:
            self.taken.add(number)
        return f"took {number}: {status}"

    def _note(self) -> str:
        """Something that nobody of ours said: only the SyncToken and the end of the note are new."""
        entity, row = self._document()
        if row is None:
            return "-"
        note = f"{row.get('PrivateNote', '')}\nseen by the accountant"
        return self._update(entity, row, "noted", PrivateNote=note)

    def _change_total(self) -> str:
        entity, row = self._document()
        if row is None or row.get("TotalAmt") == 0:
            return "-"
        if entity == "Payment":
            return self._update(entity, row, "total", TotalAmt=Decimal(row["TotalAmt"]) + 3)
        lines = [line for line in row["Line"] if "Id" in line]
        detail = lines[0].get("SalesItemLineDetail")
        more = Decimal(lines[0]["Amount"]) + 3
        changed = {**lines[0], "Amount": more}
        if detail is not None:
            changed["SalesItemLineDetail"] = {**detail, "Qty": 1, "UnitPrice": more}
        payment = {"PaymentType": row["PaymentType"]} if "PaymentType" in row else {}
        return self._update(entity, row, "total", Line=[changed, *lines[1:]], **payment)

    def _bury(self) -> str:
        entity, row = self._document()
        if row is None:
            return "-"
        marker = marker_of(row["PrivateNote"])
        known = self._is_linked(KINDS[entity], row["Id"])
        how = VOID if entity == "Invoice" and self._random.random() < 0.5 else DELETE
        status = self._post(entity, {"Id": row["Id"], "SyncToken": row["SyncToken"]}, **how)
        if status == 200:
            self.touched[entity, row["Id"]] = how["operation"]
            if known:
                self.buried.add(marker)
        return f"{how['operation']} {entity} {row['Id']} {marker} (known: {known}): {status}"

    def _rename(self) -> str:
        """Only what Cuadre knows: a customer whose answer is lost is found again by its name, and by nothing else."""
        row = self._any("Customer")
        if row is None or not self._is_linked("customer", row["Id"]):
            return "-"
        return self._update("Customer", row, "renamed", DisplayName=f"{row['DisplayName'][:60]} Ltd")

    def _update(self, entity: str, row: Row, what: str, **values: Any) -> str:
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, **values}
        status = self._post(entity, body)
        if status == 200:
            self.touched[entity, row["Id"]] = what
        return f"{what} {entity} {row['Id']}: {status}"

    def _document(self) -> tuple[str, Row | None]:
        entity = self._random.choice(tuple(KINDS))
        rows = [row for row in self.rows(entity) if marker_of(str(row.get("PrivateNote", "")))]
        return entity, self._random.choice(rows) if rows else None

    def _any(self, entity: str) -> Row | None:
        rows = self.rows(entity)
        return self._random.choice(rows) if rows else None

    def _post(self, entity: str, body: Row, **params: str) -> int:
        answer = self._wire.unlimited(
            lambda: self._session.post(
                f"{URL}/v3/company/{FIRST_REALM}/{entity.lower()}",
                data=jsontext.dumps(body).encode(),
                params=params,
                headers={
                    "Authorization": f"Bearer {TOKEN}",
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                },
            )
        )
        return int(answer.status_code)

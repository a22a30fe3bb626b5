"""What the money documents have in common in QuickBooks' JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.contract import Remote
from connectors.documents import DocumentKind, Transaction
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.notes import note

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """Ids in QuickBooks of what a document needs beside its references; "" = not needed.

    `account`: where the money goes to or comes from; `foreign`: the currency is not the home currency.
    """

    account: str = ""
    expense_account: str = ""
    income_account: str = ""
    payment_method: str = ""
    vendor: str = ""
    payment_type: str = "Cash"
    default_service: str = ""
    foreign: bool = False


def ref(target_id: str) -> Mapping[str, str]:
    """QBO: ReferenceType; `name` is not needed to resolve it (qbo-facts 1.5)."""
    return {"value": target_id}


def version(current: Remote | None) -> Body:
    """Of an update: sparse, so that fields which Cuadre does not know keep their values (qbo-facts 2.1)."""
    return {"Id": current.target_id, "SyncToken": current.version, "sparse": True} if current is not None else {}


def header(document: Transaction, resolved: Resolved, marker: str, reference: str = "") -> Body:
    """Date, note and, in foreign currency only, currency and rate (home units for one foreign unit, qbo-facts 2.7)."""
    body: Body = {
        "TxnDate": document.date.isoformat(),
        "PrivateNote": note(document.memo, marker, reference),
    }
    if resolved.foreign:
        body |= {"CurrencyRef": ref(document.currency), "ExchangeRate": document.exchange_rate}
    return body


def number(document: Transaction) -> Body:
    """Left out when there is none: QBO numbers it itself, or leaves it without (qbo-facts section 3)."""
    return {"DocNumber": document.number} if document.number else {}


def to_void(kind: DocumentKind, current: Remote) -> Body:
    """Cancelling: Id and SyncToken, what else depends on the entity (qbo-facts 2.4). A list object is made inactive."""
    entity = ENTITIES[kind]
    body: Body = {"Id": current.target_id, "SyncToken": current.version}
    if entity.is_list:
        return body | {"sparse": True, "Active": False}
    return body | {"sparse": True} if entity.void_params.get("include") else body

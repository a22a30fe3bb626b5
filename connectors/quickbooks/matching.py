"""Which customer or item in QuickBooks is ours: by e-mail, then by name; when in doubt, a problem. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.contract import Choice, Match, Remote
from connectors.documents import Customer, Service
from errors.kinds import (
    CustomerAmbiguous,
    CustomerInactive,
    CustomerNameTaken,
    ServiceAmbiguous,
    ServiceInactive,
    ServiceNameTaken,
)
from errors.problem import Fact, Problem, phrase

Row = Mapping[str, Any]

DELETED = " (deleted)"  # QBO puts it behind the name of what was made inactive (qbo-facts 2.1)
ON_LINES = {"Service", "NonInventory", "Inventory"}  # item types that may stand on a line (qbo-facts 2.2)


def remote_of(row: Row) -> Remote:
    """QBO's JSON as the worker sees it. A payment's number is its PaymentRefNum."""
    return Remote(
        target_id=str(row["Id"]),
        version=str(row.get("SyncToken", "")),
        number=str(row.get("DocNumber") or row.get("PaymentRefNum") or ""),
        total=Decimal(row["TotalAmt"]) if "TotalAmt" in row else None,  # QBO writes zero as 0, an int
        body=row,
        active=_active(row),
    )


def choice_of(row: Row) -> Choice:
    """A customer for a person to choose."""
    email = str((row.get("PrimaryEmailAddr") or {}).get("Address", ""))
    return Choice(remote=remote_of(row), name=str(row.get("DisplayName", "")), email=email)


def match_customer(customer: Customer, rows: Sequence[Row], vendors: Sequence[Row] = ()) -> Match:
    """`rows`: customers, active or not, with one of our e-mails or names. `vendors`: those with one of our names."""
    same_email = [row for row in rows if customer.email and customer.email.casefold() in emails_of(row)]
    same_name = [row for row in rows if has_name(row, "DisplayName", customer.name)]
    active_email, active_name = ([row for row in found if _active(row)] for found in (same_email, same_name))
    both = [row for row in active_email if row in active_name]
    if len(active_email) == 1 or both:
        return Match(remote=remote_of((both or active_email)[0]))
    if active_email:
        facts: dict[str, Fact] = {
            "count": len(active_email),
            "field": phrase("e-mail"),
            "value": customer.email,
            "name": customer.name,
        }
        return Match(problem=Problem(kind=CustomerAmbiguous, subject=_subject(customer), facts=facts))
    if active_name:
        return Match(remote=remote_of(active_name[0]))
    if same_email or same_name:
        problem = Problem(kind=CustomerInactive, subject=_subject(customer), facts={"name": customer.name})
        return Match(problem=problem)
    if any(has_name(row, "DisplayName", customer.name) for row in vendors):
        named: dict[str, Fact] = {
            "name": customer.name,
            "holder": phrase("vendor"),
            "suggestion": f"{customer.name} (Customer)",
        }
        return Match(problem=Problem(kind=CustomerNameTaken, subject=_subject(customer), facts=named))
    return Match()


def match_service(service: Service, rows: Iterable[Row]) -> Match:
    """`rows`: items of any type, active or not, with one of our names.

    Of items with one name in several categories, the one without a category is meant; else nobody knows.
    """
    named = [row for row in rows if has_name(row, "Name", service.name)]
    active = [row for row in named if _active(row)]
    usable = [row for row in active if row.get("Type") in ON_LINES]
    top = [row for row in usable if has_name(row, "FullyQualifiedName", service.name)]
    chosen = top or usable
    subject = _subject(service)
    if len(chosen) == 1:
        return Match(remote=remote_of(chosen[0]))
    if chosen:
        facts: dict[str, Fact] = {"count": len(chosen), "name": service.name}
        return Match(problem=Problem(kind=ServiceAmbiguous, subject=subject, facts=facts))
    if active:
        holder = phrase("category") if active[0].get("Type") == "Category" else phrase("bundle")
        named_facts: dict[str, Fact] = {"name": service.name, "holder": holder}
        return Match(problem=Problem(kind=ServiceNameTaken, subject=subject, facts=named_facts))
    if named:
        return Match(problem=Problem(kind=ServiceInactive, subject=subject, facts={"name": service.name}))
    return Match()


def has_name(row: Row, field: str, name: str) -> bool:
    """QBO compares names without case."""
    held = str(row.get(field, "")).casefold()
    return held == name.casefold() or (not _active(row) and held == (name + DELETED).casefold())


def bare_name(row: Row, field: str, name: str) -> str:
    """What it is called while it is active; `name` is the one that led to it, and may itself end so."""
    held = str(row.get(field, ""))
    return held if held.casefold() == name.casefold() else held.removesuffix(DELETED)


def inactive_among(document: Customer | Service, rows: Iterable[Row]) -> list[Row]:
    """The inactive ones that this could be, none of them active: as they are matched, the one that agrees most."""
    resting = [row for row in rows if not _active(row)]
    if isinstance(document, Customer):
        same_name = [row for row in resting if has_name(row, "DisplayName", document.name)]
        same_email = [row for row in resting if document.email and document.email.casefold() in emails_of(row)]
        both = [row for row in same_email if row in same_name]
        return both or [*same_name, *(row for row in same_email if row not in same_name)]
    usable = [row for row in resting if has_name(row, "Name", document.name) and row.get("Type") in ON_LINES]
    return [row for row in usable if has_name(row, "FullyQualifiedName", document.name)] or usable


def emails_of(row: Row) -> set[str]:
    """Several addresses may stand in the field, with commas between (qbo-facts 2.2)."""
    field = row.get("PrimaryEmailAddr") or {}
    return {address.strip().casefold() for address in str(field.get("Address", "")).split(",")} - {""}


def _active(row: Row) -> bool:
    return row.get("Active", True) is True


def _subject(document: Customer | Service) -> str:
    return f"{document.kind.value} {document.local_id}"

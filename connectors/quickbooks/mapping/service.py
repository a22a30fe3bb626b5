"""Service -> Item of type Service (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.contract import Remote
from connectors.documents import Service
from connectors.quickbooks.encoding import plain
from connectors.quickbooks.mapping.header import Body, Resolved, ref, version


def to_item(service: Service, resolved: Resolved, current: Remote | None) -> Body:
    """Name, Type and IncomeAccountRef are what a Service needs."""
    body: Body = {"Name": service.name, "Type": "Service", "IncomeAccountRef": ref(resolved.income_account)}
    if service.description:
        body["Description"] = service.description
    if service.price is not None:
        body["UnitPrice"] = plain(service.price)
    return version(current) | body

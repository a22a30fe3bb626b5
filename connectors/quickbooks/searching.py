"""What QuickBooks has by name, e-mail or number: from the mirror where it knows, else by query."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import RECENT, Choice, Holder, Match
from connectors.documents import Customer, DocumentKind, Service
from connectors.quickbooks import query
from connectors.quickbooks.client import Client
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.matching import DELETED, Row, choice_of, match_customer, match_service
from connectors.quickbooks.mirror.mirror import Mirror
from connectors.quickbooks.notes import marker_of

MINUTE = timedelta(minutes=1)  # nothing is matched, made or refused on knowledge older than this
JUST_NOW = timedelta(seconds=10)  # who looks for a customer has perhaps made it a moment ago
SEARCHED = 200  # customers looked through for those to show first


class Search:
    """One company's. Every method raises ProblemError where QuickBooks does not answer.

    Args:
        fresh: how old the knowledge may be that a number is free; QuickBooks looks again when it is used.
    """

    def __init__(self, client: Client, mirror: Mirror, fresh: timedelta) -> None:
        self._client = client
        self._mirror = mirror
        self._fresh = fresh

    # --- customers and services ---------------------------------------------------------------------------------------

    def match(self, documents: Sequence[Customer | Service]) -> Mapping[str, Match]:
        """As the contract says."""
        customers = [document for document in documents if isinstance(document, Customer)]
        services = [document for document in documents if isinstance(document, Service)]
        return {**self._match_customers(customers), **self._match_services(services)}

    def _match_customers(self, customers: Sequence[Customer]) -> Mapping[str, Match]:
        rows = self.customers_like(customers)
        matches = {customer.local_id: match_customer(customer, rows) for customer in customers}
        missing = [one for one in customers if matches[one.local_id] == Match()]
        vendors = self.named("Vendor", [customer.name for customer in missing])
        return {**matches, **{one.local_id: match_customer(one, rows, vendors) for one in missing}}

    def _match_services(self, services: Sequence[Service]) -> Mapping[str, Match]:
        rows = self.items_like(services)
        return {service.local_id: match_service(service, rows) for service in services}

    def customers(self, text: str, limit: int) -> list[Choice]:
        """As the contract says; by query in two statements where the mirror does not know."""
        rows = self._mirror.containing("Customer", text, SEARCHED, JUST_NOW)
        if rows is None:
            fields = ("DisplayName", "PrimaryEmailAddr")
            asked = [(query.contains(field, text), query.ANY_STATE) for field in fields]
            rows = _once([row for one in asked for row in self._client.rows("Customer", *one, limit=SEARCHED)])
        found = [choice for choice in map(choice_of, rows) if _is_in(text, choice)]
        return sorted(found, key=lambda choice: (not choice.remote.active, choice.name.casefold()))[:limit]

    def customers_like(self, wanted: Sequence[Customer], no_older_than: timedelta = MINUTE) -> list[Row]:
        """Those with one of their e-mails or names, of those made inactive too."""
        emails = [customer.email for customer in wanted if customer.email]
        same_email = self.among("Customer", "PrimaryEmailAddr", emails, no_older_than)
        return _once([*same_email, *self.named("Customer", [customer.name for customer in wanted], no_older_than)])

    def items_like(self, wanted: Sequence[Service], no_older_than: timedelta = MINUTE) -> list[Row]:
        """Those with one of their names, of those made inactive too."""
        names = [service.name for service in wanted]
        return self.among("Item", "Name", [*names, *(name + DELETED for name in names)], no_older_than)

    def named(self, entity: str, names: Sequence[str], no_older_than: timedelta = MINUTE) -> list[Row]:
        """By the name that customers, vendors and employees share, of those made inactive too."""
        return self.among(entity, "DisplayName", [*names, *(name + DELETED for name in names)], no_older_than)

    def among(self, entity: str, field: str, values: Sequence[str], no_older_than: timedelta = MINUTE) -> list[Row]:
        """List objects with one of these values, inactive ones included."""
        rows = self._mirror.look(entity, field, values, no_older_than)
        return self.asked(entity, field, values, query.ANY_STATE) if rows is None else rows

    def asked(self, entity: str, field: str, values: Collection[str], state: str = "") -> list[Row]:
        """The same by query, whatever the mirror says; it learns from the answer."""
        found = [row for one in query.any_of(field, values) for row in self._client.rows(entity, one, state)]
        self._mirror.confirm(entity, field, values, found)
        return found

    # --- numbers ------------------------------------------------------------------------------------------------------

    def holders(self, kind: DocumentKind, numbers: Collection[str]) -> Mapping[str, Holder]:
        """As the contract says; a number counts as used only when QuickBooks says so now."""
        entity = ENTITIES[kind]
        wanted = {number.casefold(): number for number in numbers if number}
        known = self._mirror.look(entity.name, entity.number_field, wanted.values(), self._fresh)
        if known is not None:
            used = {str(row.get(entity.number_field, "")).casefold() for row in known}
            wanted = {folded: number for folded, number in wanted.items() if folded in used}
        found: dict[str, Holder] = {}
        for row in self.asked(entity.name, entity.number_field, list(wanted.values())):
            number = wanted.get(str(row.get(entity.number_field, "")).casefold())
            if number is not None:
                found.setdefault(number, _holder(row, number))
        return found

    def recent_numbers(self, kind: DocumentKind, prefix: str) -> Sequence[str]:
        """By time of entry, since DocNumber sorts as text (qbo-facts section 3); the latest 200 of them."""
        entity = ENTITIES[kind]
        rows = self._mirror.recent(entity.name, entity.number_field, prefix, RECENT, self._fresh)
        if rows is None:
            condition = query.begins_with(entity.number_field, prefix)
            latest = "MetaData.CreateTime DESC"
            rows = self._client.rows(entity.name, condition, order_by=latest, limit=RECENT)
        numbers = (str(row.get(entity.number_field, "")) for row in rows)
        return [number for number in numbers if number and number.startswith(prefix)]


def _holder(row: Row, number: str) -> Holder:
    customer: Mapping[str, Any] = row.get("CustomerRef") or {}
    note = str(row.get("PrivateNote", ""))
    return Holder(
        target_id=str(row["Id"]),
        number=number,
        version=str(row.get("SyncToken", "")),
        customer_id=str(customer.get("value", "")),
        customer_name=str(customer.get("name", "")),
        total=Decimal(row.get("TotalAmt", 0)),
        marker=marker_of(note),
        voided=note.startswith("Voided") and not row.get("TotalAmt"),  # QBO writes so into what is voided
    )


def _is_in(text: str, choice: Choice) -> bool:
    return any(text.casefold() in held.casefold() for held in (choice.name, choice.email))


def _once(rows: Sequence[Row]) -> list[Row]:
    """A row that was found by e-mail and by name counts once."""
    return list({str(row["Id"]): row for row in rows}.values())

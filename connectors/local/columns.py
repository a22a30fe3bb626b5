"""The columns that a mapping query yields, kind by kind. Order does not matter, case does not either."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from connectors.documents import DocumentKind


@dataclass(frozen=True, kw_only=True)
class Columns:
    """`needed` must be there, `optional` may be, anything else is a slip of the pen."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def missing(self, found: Collection[str]) -> list[str]:
        return [name for name in self.needed if name not in found]

    def unknown(self, found: Collection[str]) -> list[str]:
        return [name for name in found if name not in self.needed and name not in self.optional]


MONEY = ("number", "currency", "exchange_rate", "memo", "removed", "updated_at")
ADDRESS = ("address_line1", "address_line2", "city", "region", "postal_code", "country")

ROWS: dict[DocumentKind, Columns] = {
    DocumentKind.CUSTOMER: Columns(
        needed=("id", "name"),
        optional=("company_name", "given_name", "family_name", "email", "phone", *ADDRESS, "notes", "updated_at"),
    ),
    DocumentKind.SERVICE: Columns(
        needed=("id", "name"),
        optional=("description", "price", "income_account", "updated_at"),
    ),
    DocumentKind.INVOICE: Columns(
        needed=("id", "customer_id", "date", "total"),
        optional=("due_date", "email", "job", "job_part", *MONEY),
    ),
    DocumentKind.PAYMENT: Columns(
        needed=("id", "customer_id", "date", "total"),
        optional=("method", "reference", "deposit_account", *MONEY),
    ),
    DocumentKind.REFUND: Columns(
        needed=("id", "customer_id", "payment_id", "date", "total"),
        optional=("service_id", "method", "reference", "from_account", *MONEY),
    ),
    DocumentKind.FEE: Columns(
        needed=("id", "date", "total"),
        optional=("payment_id", "customer_id", "processor", "from_account", "expense_account", *MONEY),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Children:
    """The rows that belong to a row: which setting reads them, which column names the parent, what orders them."""

    setting: str
    parent: str
    order: str
    columns: Columns


CHILDREN: dict[DocumentKind, Children] = {
    DocumentKind.INVOICE: Children(
        setting="lines",
        parent="invoice_id",
        order="position",
        columns=Columns(
            needed=("invoice_id", "position", "quantity", "unit_price"),
            optional=("service_id", "description", "amount"),
        ),
    ),
    DocumentKind.PAYMENT: Children(
        setting="allocations",
        parent="payment_id",
        order="invoice_id",
        columns=Columns(needed=("payment_id", "invoice_id", "amount")),
    ),
}

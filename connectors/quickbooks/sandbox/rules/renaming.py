"""A renamed customer, item or account shows its new name wherever it is referred to (recorded in invoice lists)."""

from __future__ import annotations

from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules.references import shown_name

REFERENCES = {
    "Customer": ("CustomerRef", "EntityRef", "Entity"),
    "Vendor": ("EntityRef", "Entity", "VendorRef"),
    "Item": ("ItemRef",),
    "Account": (
        "AccountRef",
        "DepositToAccountRef",
        "ItemAccountRef",
        "IncomeAccountRef",
        "ExpenseAccountRef",
        "AssetAccountRef",
        "DiscountAccountRef",
        "FromAccountRef",
        "ToAccountRef",
        "BankAccountRef",
        "CreditCardAccountRef",
        "AdjustAccountRef",
    ),
    "PaymentMethod": ("PaymentMethodRef",),
    "Term": ("SalesTermRef",),
}


def spread_name(company: Company, kind: str, before: Json, after: Json) -> None:
    """Write a changed name into every reference to the object; no SyncToken moves."""
    if shown_name(before) == shown_name(after) or kind not in REFERENCES:
        return
    for other in company.store.kinds():
        for row in list(company.store.rows(other)):
            renamed = _renamed(row.data, REFERENCES[kind], after["Id"], shown_name(after))
            if renamed != row.data:
                company.put(other, renamed)


def _renamed(value: Any, references: tuple[str, ...], id_: str, name: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, references, id_, name) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {**item, "name": name}
        if key in references and item.get("value") == id_ and "name" in item
        else _renamed(item, references, id_, name)
        for key, item in value.items()
    }

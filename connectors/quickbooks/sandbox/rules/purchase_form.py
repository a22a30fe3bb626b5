"""What bills, vendor credits and purchase orders have in common: a vendor, a payables account and lines."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Write
from connectors.quickbooks.sandbox.rules import currency, frame, purchase_lines, purchase_taxes, taxes
from connectors.quickbooks.sandbox.rules.postings import account_of
from connectors.quickbooks.sandbox.rules.references import account, name_all, named

QUERYABLE = ("Id", "DocNumber", "TxnDate", "VendorRef", "APAccountRef", "TotalAmt", *METADATA)
TRACKS = {"DepartmentRef": "Department", "ClassRef": "Class"}
PAYABLE = "Accounts Payable"
# What QBO computes itself.
IGNORED = (
    "HomeBalance",
    "HomeTotalAmt",
    "RecurDataRef",
    "VendorCreditEx",
    "BillEx",
    "PurchaseOrderEx",
    "RemitToAddr",
)
# The header's own members stand before the frame, these after it (recorded: bills_2026, purchase orders of May 2026).
BODY = (
    *frame.FRAME,
    "CustomField",
    "DocNumber",
    "TxnDate",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "LinkedTxn",
    "Line",
    "TxnTaxDetail",
    "VendorRef",
    "APAccountRef",
    "GlobalTaxCalculation",
    "TotalAmt",
    "HomeTotalAmt",
    "HomeBalance",
    "Memo",
)


def complete_form(write: Write, draft: Json, before: Json | None, *, accounts: tuple[str, ...] = (PAYABLE,)) -> Json:
    """Compute what the three forms share; `accounts` are the account types that APAccountRef may have (() = any).

    Raises:
        Refusal: 2500 for vendor, term or account, 6430 for an account of another type, and any fault of lines.
    """
    form = {name: value for name, value in draft.items() if name not in IGNORED}
    form.setdefault("TxnDate", clock.today(write.now))
    name_all(write.company, form, {"VendorRef": "Vendor", **TRACKS})
    currency.complete(write, form, write.company.get("Vendor", form["VendorRef"]["value"]), PAYABLE)
    taxes.complete_mode(write.company, form)
    form["APAccountRef"] = _payable(write, form, accounts)
    if "SalesTermRef" in form:  # recorded: a bill shows the term without its name
        form["SalesTermRef"] = {"value": named(write.company, form["SalesTermRef"], "Term")["value"]}
    form["Line"] = purchase_lines.complete_lines(write, form, before)
    form["TotalAmt"] = purchase_lines.total(form["Line"]) + purchase_taxes.complete(write, form, before)
    currency.check_account(write.company, form, form["APAccountRef"])
    currency.complete_home(write.company, form)
    return form


def _payable(write: Write, form: Json, accounts: tuple[str, ...]) -> Json:
    reference = form.get("APAccountRef") or {
        "value": account_of(write.company, PAYABLE, str(form["CurrencyRef"]["value"]))
    }
    if not accounts:
        return named(write.company, reference, "Account")
    return account(write.company, reference, accounts, "APAccountRef")


def copy_address(write: Write, form: Json, before: Json | None) -> None:
    """Give the form its vendor's address under the address's own Id, or number the one that was sent (recorded)."""
    bare = {name: value for name, value in form.pop("VendorAddr", {}).items() if name != "Id"}
    if not bare:
        vendor = write.company.get("Vendor", form["VendorRef"]["value"]) or {}
        if "BillAddr" in vendor:
            form["VendorAddr"] = vendor["BillAddr"]
        return
    known = (before or {}).get("VendorAddr", {})
    same = bare == {name: value for name, value in known.items() if name != "Id"}
    form["VendorAddr"] = {"Id": known["Id"] if same else write.company.next_id("address"), **bare}

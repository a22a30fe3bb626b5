"""Purchase: an expense paid in cash, by check or by card (qbo-facts 2.3)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import applying, currency, frame, orders, purchase_lines, purchase_taxes, taxes
from connectors.quickbooks.sandbox.rules.numbers import number_purchase
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.purchase_form import TRACKS
from connectors.quickbooks.sandbox.rules.purchase_postings import book_lines
from connectors.quickbooks.sandbox.rules.references import account, name_all, target
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

PAYING = {"Cash": ("Bank",), "Check": ("Bank",), "CreditCard": ("Credit Card",)}
PERSONS = ("Vendor", "Customer", "Employee")
TYPE_CODES = {"Cash": "54", "Check": "3", "CreditCard": "54"}  # recorded; 11 is a card credit
ORDER = (
    "AccountRef",
    "PaymentMethodRef",
    "PaymentType",
    "EntityRef",
    "RemitToAddr",
    "Credit",
    "GlobalTaxCalculation",
    "TotalAmt",
    "HomeTotalAmt",
    "PrintStatus",
    "PurchaseEx",
    *frame.FRAME,
    "DocNumber",
    "TxnDate",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "LinkedTxn",
    "Line",
    "TxnTaxDetail",
)
IGNORED = {"HomeTotalAmt", "RecurDataRef", "CheckPayment"}


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a purchase; raises `Refusal` 2170, 2500, 6430, 6070 or 6140."""
    purchase = {name: value for name, value in draft.items() if name not in IGNORED}
    payment = purchase["PaymentType"]
    if payment not in PAYING:
        raise Refusal(faults.invalid_choice("PaymentType", str(payment)))
    purchase.setdefault("TxnDate", clock.today(write.now))
    purchase["AccountRef"] = account(write.company, purchase["AccountRef"], PAYING[payment], payment)
    _complete_references(write, purchase)
    paid = purchase.get("EntityRef", {})
    currency.complete(write, purchase, write.company.get(paid.get("type", ""), paid.get("value")))
    currency.check_account(write.company, purchase, purchase["AccountRef"])
    taxes.complete_mode(write.company, purchase)
    _complete_type(purchase, before)
    purchase["Line"] = purchase_lines.complete_lines(write, purchase, before, numbered=False)
    net = purchase_lines.total(purchase["Line"])
    purchase["TotalAmt"] = net + purchase_taxes.complete(write, purchase, before)
    currency.complete_home(write.company, purchase)
    orders.complete_links(write, purchase, before, purchase.get("EntityRef", {}).get("value", ""))
    number_purchase(write, purchase, before)
    return purchase


def _complete_references(write: Write, purchase: Json) -> None:
    name_all(write.company, purchase, {"PaymentMethodRef": "PaymentMethod", **TRACKS})
    if "EntityRef" in purchase:
        wanted = purchase["EntityRef"].get("type", "")
        kinds = tuple(kind for kind in PERSONS if kind.lower() == wanted.lower()) or PERSONS
        kind, person = target(write.company, purchase["EntityRef"], *kinds)
        purchase["EntityRef"] = {"value": person["Id"], "name": person["DisplayName"], "type": kind}


def _complete_type(purchase: Json, before: Json | None) -> None:
    """Credit counts for cards only; checks alone show a PrintStatus (recorded, qbo-facts 2.3)."""
    code = TYPE_CODES[purchase["PaymentType"]]
    if purchase["PaymentType"] == "CreditCard":
        purchase["Credit"] = purchase.get("Credit") is True
        code = "11" if purchase["Credit"] else code
    else:
        purchase.pop("Credit", None)
    if purchase["PaymentType"] == "Check":
        purchase.setdefault("PrintStatus", "NotSet")
    else:
        purchase.pop("PrintStatus", None)
    same = before and (before["PaymentType"], before.get("Credit")) == (purchase["PaymentType"], purchase.get("Credit"))
    # Expenses taken from a bank's feed have other codes, which an update leaves alone (recorded: 31 and 1).
    purchase["PurchaseEx"] = (
        before["PurchaseEx"] if before and same else {"any": [applying.name_value("TxnType", code)]}
    )


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Carry changes to purchase orders; take back the payments applied to lines that are no longer the same."""
    orders.settle(write, "Purchase", before, after)
    if before and (after is None or after["Line"] != before["Line"]):
        applying.release_all(write, ("Expense", before["Id"]), before)


def post(company: Company, purchase: Json) -> Entry | None:
    """Book the lines against the paying account; a card credit the other way round."""
    sign = -1 if purchase.get("Credit") else 1
    booking = Booking(company, "Purchase", purchase)
    book_lines(booking, company, purchase, sign=sign)
    booking.close(purchase["AccountRef"]["value"])
    return booking.entry()


KIND = Kind(
    name="Purchase",
    sequence="transaction",
    required=("PaymentType", "AccountRef", "Line"),
    repeated=("PaymentType",),
    order=ORDER,
    queryable=("Id", "DocNumber", "TxnDate", "PaymentType", "TotalAmt", "AccountRef", "EntityRef", *METADATA),
    kept=("DocNumber", "RemitToAddr"),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
)

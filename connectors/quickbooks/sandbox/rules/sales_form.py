"""What invoices, credit memos, sales receipts and refund receipts have in common."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Write
from connectors.quickbooks.sandbox.rules import addresses, currency, frame, taxes
from connectors.quickbooks.sandbox.rules.numbers import number_sales_form
from connectors.quickbooks.sandbox.rules.references import named, target
from connectors.quickbooks.sandbox.rules.sales_lines import complete_lines
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

QUERYABLE = ("Id", "DocNumber", "CustomerRef", "TxnDate", "TotalAmt", "Balance", *METADATA)
KEPT = ("DocNumber", "CustomField", "ShipFromAddr")
READ_ONLY = ("ARAccountRef", "InvoiceLink", "HomeBalance", "HomeTotalAmt", "DeliveryInfo", "RecurDataRef")
EMAIL_STATES = {"NotSet", "NeedToSend", "EmailSent"}
OPEN_TYPES = {"Invoice": "Accounts Receivable", "CreditMemo": "Accounts Receivable"}
PRINT_STATES = {"NotSet", "NeedToPrint", "PrintComplete"}
ORDER = (
    "AllowIPNPayment",
    "AllowOnlinePayment",
    "AllowOnlineCreditCardPayment",
    "AllowOnlineACHPayment",
    "RemainingCredit",
    *frame.FRAME,
    "CustomField",
    "DocNumber",
    "TxnDate",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "TxnStatus",
    "LinkedTxn",
    "Line",
    "TxnTaxDetail",
    "CustomerRef",
    "CustomerMemo",
    "BillAddr",
    "ShipAddr",
    "FreeFormAddress",
    "ShipFromAddr",
    "SalesTermRef",
    "DueDate",
    "GlobalTaxCalculation",
    "TotalAmt",
    "HomeTotalAmt",
    "ApplyTaxAfterDiscount",
    "PrintStatus",
    "EmailStatus",
    "BillEmail",
    "Balance",
    "HomeBalance",
)


def complete_form(write: Write, kind: str, draft: Json, before: Json | None) -> Json:
    """Compute what every sales form has: references, addresses, lines, total, number and states.

    Raises:
        Refusal: any fault of references (2500), lines (6070, 6000), states (2170, 6420) or numbers (6140).
    """
    form = {key: value for key, value in draft.items() if key not in READ_ONLY}
    form.setdefault("TxnDate", clock.today(write.now))
    form.setdefault("CustomField", [])
    _complete_references(write, form)
    addresses.number_addresses(write.company, form, before)
    customer = _complete_customer(write, form) if "CustomerRef" in form else None
    currency.complete(write, form, customer, OPEN_TYPES.get(kind, ""))
    taxes.complete_mode(write.company, form)
    completed = complete_lines(write, form, before)
    form["Line"] = completed.lines
    form["ApplyTaxAfterDiscount"] = form.get("ApplyTaxAfterDiscount", False)
    document = taxes.Document(completed.lines, "Sales", completed.subtotal, completed.discount, customer)
    form["TotalAmt"] = completed.total + taxes.complete_detail(write, form, document, before)
    currency.complete_home(write.company, form)
    form["FreeFormAddress"] = True
    _complete_states(form)
    number_sales_form(write, kind, form, before)
    if "ShipFromAddr" not in form and not write.sparse:  # recorded: a sparse update adds none to an older form
        form["ShipFromAddr"] = addresses.sender(write.company)
    return form


def _complete_customer(write: Write, form: Json) -> Json:
    _, customer = target(write.company, form["CustomerRef"], "Customer")
    form["CustomerRef"] = {"value": customer["Id"], "name": customer["DisplayName"]}
    addresses.copy_from_customer(form, customer)
    return customer


def _complete_references(write: Write, form: Json) -> None:
    if "PaymentMethodRef" in form:
        form["PaymentMethodRef"] = named(write.company, form["PaymentMethodRef"], "PaymentMethod")
    if "SalesTermRef" in form:
        form["SalesTermRef"] = named(write.company, form["SalesTermRef"], "Term")


def _complete_states(form: Json) -> None:
    form["PrintStatus"] = _state(form, "PrintStatus", PRINT_STATES, "NeedToPrint")
    form["EmailStatus"] = _state(form, "EmailStatus", EMAIL_STATES, "NotSet")
    if form["EmailStatus"] == "NeedToSend" and "Address" not in form.get("BillEmail", {}):
        raise Refusal(faults.Fault("6420", "Email address is required", "Email address is required", "BillEmail"))


def _state(form: Json, field: str, allowed: set[str], default: str) -> str:
    state = str(form.get(field, default))
    if state not in allowed:
        raise Refusal(faults.invalid_choice(field, state))
    return state

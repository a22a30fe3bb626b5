"""The ledger as reports read it: each posting with its document, filtered as asked, accrual or cash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.quickbooks.sandbox.books import opening
from connectors.quickbooks.sandbox.books.ledger import Entry, Posting
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO, cents

REFERENCES = {
    "customer": ("CustomerRef",),
    "vendor": ("VendorRef", "EntityRef"),
    "employee": ("EmployeeRef", "EntityRef"),
    "class": ("ClassRef",),
    "department": ("DepartmentRef",),
}
TYPES = {
    "BillPayment": "Bill Payment (Check)",
    "CreditMemo": "Credit Memo",
    "JournalEntry": "Journal Entry",
    "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt",
    "VendorCredit": "Vendor Credit",
    opening.KIND: "Opening Balance",
}
EXPENSES = {"1": "Credit Card Expense", "3": "Check", "11": "Credit Card Credit", "31": "Cash Expense", "54": "Expense"}
ON_ACCOUNT = ("Invoice", "CreditMemo", "Bill", "VendorCredit")  # what cash basis counts only as far as it is paid


@dataclass(frozen=True)
class Movement:
    """One posting, with the document that made it and the other accounts of its entry."""

    entry: Entry
    posting: Posting
    document: Json

    @property
    def amount(self) -> Decimal:
        return self.posting.amount

    @property
    def day(self) -> date:
        return date.fromisoformat(self.entry.date)

    @property
    def type(self) -> str:
        """The document's type as QuickBooks' pages call it."""
        if self.entry.kind == "Purchase":
            return self._expense
        if self.entry.kind == "BillPayment" and self.document.get("PayType") == "CreditCard":
            return "Bill Payment (Credit Card)"
        return TYPES.get(self.entry.kind, self.entry.kind)

    @property
    def _expense(self) -> str:
        """Name an expense by the code that Intuit keeps in PurchaseEx (recorded beside the reports of one company)."""
        values = (one.get("value", {}) for one in self.document.get("PurchaseEx", {}).get("any", ()))
        code = next((str(one.get("Value")) for one in values if one.get("Name") == "TxnType"), "")
        return EXPENSES.get(code, "Check" if self.document.get("PaymentType") == "Check" else "Expense")

    def reference(self, name: str) -> Json:
        """Return whom the document names as customer, vendor, class ...; empty when nobody."""
        return next((self.document[field] for field in REFERENCES[name] if field in self.document), {})

    @property
    def party(self) -> str:
        """The name of the customer, vendor or employee."""
        found = next((self.reference(name) for name in ("customer", "vendor", "employee") if self.reference(name)), {})
        return str(found.get("name", ""))


def until(question: Question, last: date, first: date = date.min) -> Iterator[Movement]:
    """Give the movements of the days from `first` to `last` that the question's filters let through."""
    for entry in question.company.ledger.dated(first.isoformat(), last.isoformat()):
        document = question.company.get(entry.kind, entry.id) or {}
        if _about(question, entry, document):
            for posting in _postings(question, entry, document):
                if _on_account(question, posting):
                    yield Movement(entry, posting, document)


def within(question: Question) -> Iterator[Movement]:
    return until(question, question.span.last, question.span.first)


def account(question: Question, movement: Movement) -> Json:
    return question.company.get("Account", movement.posting.account) or {}


def _about(question: Question, entry: Entry, document: Json) -> bool:
    movement = Movement(entry, Posting("", ZERO), document)
    for name in REFERENCES.keys() & question.filters.keys():
        if movement.reference(name).get("value") not in question.filters[name]:
            return False
    wanted = question.filters.get("transaction_type")
    return wanted is None or bool({entry.kind, movement.type, movement.type.replace(" ", "")} & wanted)


def _on_account(question: Question, posting: Posting) -> bool:
    wanted = question.filters.get("account")
    return wanted is None or posting.account in wanted


def _postings(question: Question, entry: Entry, document: Json) -> Iterator[Posting]:
    """Give an entry's postings; on cash basis those of an unpaid document only as far as it is paid."""
    if question.basis == "Accrual" or entry.kind not in ON_ACCOUNT:
        yield from entry.postings
        return
    total, left = Decimal(document.get("TotalAmt", 0)), Decimal(document.get("Balance", 0))
    share = (total - left) / total if total else Decimal(1)
    shares = [replace(one, amount=cents(one.amount * share)) for one in entry.postings]
    # What rounding leaves goes to the last posting, so that the entry still balances.
    rest = sum((one.amount for one in shares), ZERO)
    yield from shares[:-1]
    yield replace(shares[-1], amount=shares[-1].amount - rest)

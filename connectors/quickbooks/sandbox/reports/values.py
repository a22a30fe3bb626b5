"""The columns of reports that list movements: each with its title, its type, and what it shows of a movement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.quickbooks.sandbox.books.booking import SHOWN
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout, movements
from connectors.quickbooks.sandbox.reports.layout import Column
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question

Cell = str | tuple[str, str]
SPLIT = "-Split-"
NO_DATE = "0-00-00"  # recorded: how a list writes a date that there is not
RUNNING = "rbal_nat_amount"
AMOUNT = "subt_nat_amount"
CREDITS = frozenset({"Liability", "Equity", "Revenue"})


@dataclass(frozen=True)
class Value:
    """A column of movements."""

    title: str
    sort: str
    shown: Callable[[Question, Movement], Cell]


def natural(question: Question, movement: Movement) -> Decimal:
    """Return an amount as its account counts: liabilities, equity and income grow by credits."""
    credited = movements.account(question, movement).get("Classification") in CREDITS
    return -movement.amount if credited else movement.amount


def account_name(question: Question, id_: str) -> str:
    return str((question.company.get("Account", id_) or {}).get("FullyQualifiedName", ""))


def _split(question: Question, movement: Movement) -> Cell:
    """Return the other account of a movement, or a word without Id when there are several."""
    others = {one.account for one in movement.entry.postings if one.account != movement.posting.account}
    if len(others) != 1:
        return SPLIT if others else "", ""
    id_ = others.pop()
    return account_name(question, id_), id_


def _party(question: Question, movement: Movement) -> Cell:
    """Return whom a document concerns: customers by full name, nobody as an empty name and Id (recorded)."""
    sides = ("customer", "vendor", "employee")
    side, found = next(((name, movement.reference(name)) for name in sides if movement.reference(name)), ("", {}))
    id_ = str(found.get("value", ""))
    full = (question.company.get("Customer", id_) or {}).get("FullyQualifiedName") if side == "customer" else None
    return str(full or found.get("name", "")), id_


def _named(reference: str) -> Callable[[Question, Movement], Cell]:
    return lambda _question, one: str(one.reference(reference).get("name", ""))


def _time(member: str) -> Callable[[Question, Movement], Cell]:
    """Return a time with an offset without colon (recorded: 2017-04-16T14:04:25-0700)."""

    def shown(_question: Question, one: Movement) -> Cell:
        text = str(one.document.get("MetaData", {}).get(member, ""))
        return text[:-3] + text[-2:] if text else ""

    return shown


def _reference(member: str) -> Callable[[Question, Movement], Cell]:
    def shown(_question: Question, one: Movement) -> Cell:
        found = one.document.get(member, {})
        return str(found.get("name", "")), str(found.get("value", ""))

    return shown


def _number(_question: Question, one: Movement) -> Cell:
    return str(one.document.get("DocNumber") or one.document.get("PaymentRefNum", ""))


def _balance(_question: Question, one: Movement) -> Cell:
    left = Decimal(one.document.get("Balance", 0))
    return layout.money(left) if left else ".00"


def _amount(question: Question, one: Movement) -> Cell:
    return layout.money(natural(question, one))


VALUES = {
    "tx_date": Value("Date", "Date", lambda _question, one: one.entry.date),
    "txn_type": Value("Transaction Type", "String", lambda _question, one: (one.type, one.entry.id)),
    "doc_num": Value("Num", "String", _number),
    "is_no_post": Value("Posting", "Boolean", lambda _question, _one: "Yes"),
    "create_date": Value("Create Date", "TimeStamp", _time("CreateTime")),
    "last_mod_date": Value("Last Modified", "TimeStamp", _time("LastUpdatedTime")),
    "name": Value("Name", "String", _party),
    "cust_name": Value("Customer", "String", _named("customer")),
    "vend_name": Value("Vendor", "String", _named("vendor")),
    "dept_name": Value("Location", "String", _named("department")),
    "klass_name": Value("Class", "String", _named("class")),
    "memo": Value(
        "Memo/Description",
        "String",
        lambda _question, one: one.posting.text or str(one.document.get("PrivateNote", "")),
    ),
    "account_name": Value(
        "Account",
        "String",
        lambda question, one: (account_name(question, one.posting.account), one.posting.account),
    ),
    "split_acc": Value("Split", "String", _split),
    "other_account": Value("Split", "String", _split),
    "pmt_mthd": Value("Payment Method", "String", _reference("PaymentMethodRef")),
    "term_name": Value("Terms", "String", _reference("SalesTermRef")),
    "due_date": Value("Due Date", "Date", lambda _question, one: str(one.document.get("DueDate", NO_DATE))),
    "cust_msg": Value(
        "Customer/Vendor Message",
        "String",
        lambda _question, one: str(one.document.get("CustomerMemo", {}).get("value", "")),
    ),
    AMOUNT: Value("Amount", "Money", _amount),
    "subt_nat_home_amount": Value("Amount", "Money", _amount),
    "nat_open_bal": Value("Open Balance", "Money", _balance),
    "nat_home_open_bal": Value("Open Balance", "Money", _balance),
    "debt_amt": Value("Debit", "Money", lambda _question, one: layout.money(one.amount) if one.amount > 0 else ""),
    "credit_amt": Value("Credit", "Money", lambda _question, one: layout.money(-one.amount) if one.amount < 0 else ""),
    RUNNING: Value("Balance", "Money", lambda _question, _one: ""),
}
AMOUNTS = frozenset({AMOUNT, "subt_nat_home_amount"})


def keys_of(question: Question, default: Sequence[str]) -> list[str]:
    """Return the columns asked for, as far as they are known; the report's own when none is."""
    asked = [key.strip() for key in question.options.get("columns", "").split(",")]
    return [key for key in asked if key in VALUES] or list(default)


def columns(keys: Iterable[str]) -> list[Column]:
    return [Column(VALUES[key].title, VALUES[key].sort, key) for key in keys]


def line(question: Question, movement: Movement, keys: Sequence[str], balance: Decimal | None = None) -> Json:
    cells = (layout.money(balance) if key == RUNNING else VALUES[key].shown(question, movement) for key in keys)
    return layout.texts(cells)


def in_order(found: Iterable[Movement]) -> list[Movement]:
    return sorted(found, key=lambda one: (one.entry.date, int(one.entry.id)))


def on_the_sheet(question: Question, movement: Movement) -> bool:
    """Say whether a movement's account stands on the balance sheet."""
    return movements.account(question, movement).get("Classification") in SHOWN

"""What is still open: aged receivables and payables, and balances by customer and vendor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.quickbooks.sandbox.books import booking, opening
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout, movements
from connectors.quickbooks.sandbox.reports.layout import Column
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO

OPEN = {
    "Customer": (("Invoice", "Balance", 1), ("Payment", "UnappliedAmt", -1), ("CreditMemo", "RemainingCredit", -1)),
    "Vendor": (("Bill", "Balance", 1), ("VendorCredit", "Balance", -1)),
}
PARTY = {"Customer": "CustomerRef", "Vendor": "VendorRef"}
DETAIL = (
    Column("Date", "Date", "tx_date"),
    Column("Transaction Type", "String", "txn_type"),
    Column("Num", "String", "doc_num"),
    Column("", "String", "name"),
    Column("Due Date", "Date", "due_date"),
    Column("Past Due", "String", "past_due"),
    Column("Amount", "Money", "subt_nat_amount"),
    Column("Open Balance", "Money", "subt_nat_open_bal"),
)


@dataclass(frozen=True)
class Item:
    """One open document: whose, due when, and what is left of it."""

    kind: str
    document: Json
    party: str
    due: date
    amount: Decimal
    left: Decimal


def _items(question: Question, side: str) -> Iterator[Item]:
    """Give a side's open documents; what the ledger holds beyond them (journals, opening) comes as one more."""
    company = question.company
    explained: dict[str, Decimal] = {}
    for kind, field, sign in OPEN[side]:
        for row in company.store.rows(kind):
            left = sign * Decimal(row.data.get(field, 0))
            party = row.data.get(PARTY[side], {}).get("value", "")
            if left and party:
                explained[party] = explained.get(party, ZERO) + left
                due = date.fromisoformat(row.data.get("DueDate") or row.data["TxnDate"])
                yield Item(kind, row.data, party, due, sign * Decimal(row.data["TotalAmt"]), left)
    for row in company.store.rows(side):
        rest = booking.open_balance(company, (side, row.id)) - explained.get(row.id, ZERO)
        if rest:
            yield Item(opening.KIND, {}, row.id, question.report_date, rest, rest)


def _wanted(question: Question, side: str) -> list[Item]:
    chosen = question.filters.get(side.lower())
    return [one for one in _items(question, side) if chosen is None or one.party in chosen]


def _buckets(question: Question) -> list[tuple[str, int, int]]:
    """Return the aging columns: title, first and last day past due."""
    days = _whole(question, "aging_period", 30)
    count = _whole(question, "num_periods", 4)
    spans = [("Current", -(10**6), 0)]
    for number in range(count):
        first, last = number * days + 1, (number + 1) * days
        spans.append((f"{first} - {last}", first, last) if number + 1 < count else (f"{first} and over", first, 10**6))
    return spans


def _whole(question: Question, name: str, default: int) -> int:
    text = question.options.get(name, "")
    return int(text) if text.isdecimal() and 0 < int(text) <= 365 else default


def aged(question: Question, side: str) -> Json:
    """Return what each customer or vendor has open, by how long it is past due."""
    buckets, items = _buckets(question), _wanted(question, side)
    rows, totals = [], [ZERO] * (len(buckets) + 1)
    for party, name in _parties(question, side, items):
        mine = [one for one in items if one.party == party]
        row = [_in_bucket(question, mine, first, last) for _, first, last in buckets]
        row.append(sum(row, ZERO))
        rows.append(layout.cells(name, [amount or None for amount in row[:-1]] + [row[-1]], party))
        totals = [one + other for one, other in zip(totals, row, strict=True)]
    if rows:
        rows.append(layout.summary("TOTAL", totals, "GrandTotal"))
    columns = [Column("", side)]
    columns += [Column(title) for title, _, _ in buckets]
    return layout.report(question, [*columns, Column("Total")], rows)


def _in_bucket(question: Question, items: Sequence[Item], first: int, last: int) -> Decimal:
    past = ((question.report_date - one.due).days for one in items)
    return sum((one.left for one, days in zip(items, past, strict=True) if first <= days <= last), ZERO)


def _parties(question: Question, side: str, items: Sequence[Item]) -> list[tuple[str, str]]:
    names = {one.party: (question.company.get(side, one.party) or {}).get("DisplayName", "") for one in items}
    return sorted(names.items(), key=lambda pair: pair[1])


def aged_detail(question: Question, side: str) -> Json:
    """Return every open document under its aging column."""
    items = _wanted(question, side)
    rows = []
    for title, first, last in reversed(_buckets(question)):
        mine = [one for one in items if first <= (question.report_date - one.due).days <= last]
        if mine:
            label = title if title == "Current" else f"{title} days past due"
            rows.append(_bundle(question, side, label, "", mine))
    return layout.report(question, _detail_columns(side), rows)


def balance_detail(question: Question, side: str) -> Json:
    """Return every open document under its customer or vendor."""
    items = _wanted(question, side)
    rows = [
        _bundle(question, side, name, party, [one for one in items if one.party == party])
        for party, name in _parties(question, side, items)
    ]
    return layout.report(question, _detail_columns(side), rows)


def _detail_columns(side: str) -> list[Column]:
    return [Column(side, one.sort, one.key) if one.key == "name" else one for one in DETAIL]


def _bundle(question: Question, side: str, title: str, id_: str, items: Sequence[Item]) -> Json:
    lines = [_line(question, side, one) for one in sorted(items, key=lambda one: (one.due, one.kind))]
    amount = sum((one.amount for one in items), ZERO)
    left = sum((one.left for one in items), ZERO)
    first = {"value": title, "id": id_} if id_ else {"value": title}
    head = {"ColData": [first, *({"value": ""} for _ in DETAIL[1:])]}
    foot_texts = [f"Total for {title}", *[""] * (len(DETAIL) - 3), layout.money(amount), layout.money(left)]
    return layout.section(head, lines, {"ColData": [{"value": text} for text in foot_texts]})


def _line(question: Question, side: str, item: Item) -> Json:
    name = (question.company.get(side, item.party) or {}).get("DisplayName", "")
    past = max(0, (question.report_date - item.due).days)
    kind = movements.TYPES.get(item.kind, item.kind)
    number = str(item.document.get("DocNumber") or item.document.get("PaymentRefNum", ""))
    return layout.texts(
        (
            item.document.get("TxnDate", ""),
            (kind, item.document.get("Id", "")),
            number,
            (name, item.party),
            item.due.isoformat(),
            str(past),
            layout.money(item.amount),
            layout.money(item.left),
        )
    )


def balances(question: Question, side: str) -> Json:
    """Return what each customer owes or each vendor is owed, as the ledger says."""
    chosen = question.filters.get(side.lower())
    rows, total = [], ZERO
    people = sorted((row.data for row in question.company.store.rows(side)), key=lambda one: one["DisplayName"])
    for one in people:
        balance = booking.open_balance(question.company, (side, one["Id"]))
        if balance and (chosen is None or one["Id"] in chosen):
            rows.append(layout.cells(one["DisplayName"], [balance], one["Id"]))
            total += balance
    if rows:
        rows.append(layout.summary("TOTAL", [total], "GrandTotal"))
    return layout.report(question, [Column("", side), Column("Total")], rows)

"""Reports that list movements one by one: general ledger, journal, transaction lists, details of profit and loss."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from connectors.quickbooks.sandbox.books.booking import SHOWN
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import folders, layout, movements, periods, statements, values
from connectors.quickbooks.sandbox.reports.layout import Column
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.reports.values import AMOUNT, RUNNING, columns, in_order, keys_of, line
from connectors.quickbooks.sandbox.rules.amounts import ZERO

LEDGER = ("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", AMOUNT, RUNNING)
LIST = ("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "other_account", AMOUNT)
JOURNAL = ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt")
ORDINARY = (("Income", "Income", 1), ("Cost of Goods Sold", "Cost of Goods Sold", -1), ("Expenses", "Expense", -1))
OTHERS = (("Other Income", "Other Income", 1), ("Other Expenses", "Other Expense", -1))


def general_ledger(question: Question) -> Json:
    """Return every account with its balance at the start, each movement, and the balance after it."""
    keys = keys_of(question, LEDGER)
    opened = _opened(question)
    found = folders.folders(question, movements.within(question), opened)
    rows = [folders.section(question, one, keys) for one in found]
    return layout.report(question, columns(keys), rows)


def _opened(question: Question) -> dict[str, Decimal]:
    """Return what each account held before the span; what earlier years earned stands in the retained earnings."""
    begin = periods.year(question.span.first, question.fiscal).first
    retained = statements.retained_id(question)
    opened: dict[str, Decimal] = {}
    for one in movements.until(question, question.span.first - timedelta(days=1)):
        account, amount = one.posting.account, values.natural(question, one)
        if one.day < begin and not values.on_the_sheet(question, one):
            account, amount = retained or account, -one.amount
        opened[account] = opened.get(account, ZERO) + amount
    return opened


def transaction_list(question: Question) -> Json:
    """Return one row for each document: its main account, the other side, its amount."""
    several = question.company.preference("CurrencyPrefs", "MultiCurrencyEnabled")
    keys = keys_of(question, (*LIST[:-1], "subt_nat_home_amount") if several else LIST)
    first: dict[tuple[str, str], Movement] = {}
    for one in movements.within(question):
        first.setdefault((one.entry.kind, one.entry.id), _main(question, one))
    rows = [line(question, one, keys) for one in in_order(first.values())]
    return layout.report(question, columns(keys), rows)


def _main(question: Question, movement: Movement) -> Movement:
    """Return the movement that stands for its document: the one on the sheet with the largest amount."""

    def weight(account: str, amount: Decimal) -> tuple[bool, Decimal]:
        known = question.company.get("Account", account) or {}
        return known.get("Classification") in SHOWN, abs(amount)

    chosen = max(movement.entry.postings, key=lambda one: weight(one.account, one.amount))
    return Movement(movement.entry, chosen, movement.document)


def by_account(question: Question) -> Json:
    """Return every movement under its account (TransactionDetailByAccount)."""
    keys = keys_of(question, LEDGER)
    found = folders.folders(question, movements.within(question))
    return layout.report(question, columns(keys), [folders.section(question, one, keys) for one in found])


def profit_and_loss_detail(question: Question) -> Json:
    """Return every movement of income and expense under its account, with gross profit before all (recorded 2025)."""
    keys = keys_of(question, LEDGER)
    found = [one for one in movements.within(question) if not values.on_the_sheet(question, one)]
    ordinary, earned = _parts(question, found, ORDINARY, keys)
    others, besides = _parts(question, found, OTHERS, keys)
    gross = {"Rows": {}, "Summary": folders.foot("Gross Profit", keys, earned[0] + earned[1]), "type": "Section"}
    income = sum(earned, ZERO)
    closing = folders.foot("Net Ordinary Income" if others else "Net Income", keys, income)
    head = folders.head("Ordinary Income/Expenses", keys)
    rows = [layout.section(head, [gross, *ordinary], closing)]
    if others:
        rows.append(
            layout.section(
                folders.head("Other Income/Expense", keys),
                others,
                folders.foot("Net Other Income", keys, sum(besides, ZERO)),
            )
        )
        summary = folders.foot("Net Income", keys, income + sum(besides, ZERO))
        rows.append({"Summary": summary, "type": "Section"})
    return layout.report(question, columns(keys), rows if found else [])


def _parts(
    question: Question, found: Sequence[Movement], parts: Sequence[tuple[str, str, int]], keys: Sequence[str]
) -> tuple[list[Json], list[Decimal]]:
    """Return the sections of these types of account, and what each adds to the profit."""
    rows, sums = [], []
    for title, sort, sign in parts:
        mine = [one for one in found if movements.account(question, one).get("AccountType") == sort]
        inside = folders.folders(question, mine)
        total = sum((one.total(question) for one in inside), ZERO)
        sums.append(sign * total)
        if inside:
            sections = [folders.section(question, one, keys) for one in inside]
            closing = folders.foot(f"Total for {title}", keys, total)
            rows.append(layout.section(folders.head(title, keys), sections, closing))
    return rows, sums


def journal(question: Question) -> Json:
    """Return every entry with its debits and credits, and their sum."""
    keys = keys_of(question, JOURNAL)
    rows: list[Json] = []
    found = in_order(movements.within(question))
    for position, one in enumerate(found):
        rows.append(line(question, one, keys))
        last = position + 1 == len(found) or found[position + 1].entry is not one.entry
        if last:
            debit = sum((posting.amount for posting in one.entry.postings if posting.amount > 0), ZERO)
            cells = ("" if key not in ("debt_amt", "credit_amt") else layout.money(debit) for key in keys)
            rows.append({"Summary": {"ColData": [{"value": text} for text in cells]}, "type": "Section"})
    return layout.report(question, columns(keys), rows)


def account_list(question: Question) -> Json:
    """Return the chart of accounts with its balances."""
    keys = ("account_name", "account_type", "detail_acc_type", "account_desc", "account_bal")
    titles = ("Account", "Type", "Detail type", "Description", "Balance")
    accounts = sorted(
        (row.data for row in question.company.store.rows("Account")), key=lambda one: one["FullyQualifiedName"]
    )
    rows = [
        layout.texts(
            (
                (one["FullyQualifiedName"], one["Id"]),
                one["AccountType"],
                one["AccountSubType"],
                one.get("Description", ""),
                layout.money(Decimal(one["CurrentBalance"])),
            )
        )
        for one in accounts
        if one.get("Active", True)
    ]
    return layout.report(
        question,
        [
            Column(title, "Money" if key == "account_bal" else "String", key)
            for title, key in zip(titles, keys, strict=True)
        ],
        rows,
    )

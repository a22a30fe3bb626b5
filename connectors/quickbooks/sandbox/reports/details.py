"""Reports that list movements one by one: general ledger, journal, transaction lists, details of profit and loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from connectors.quickbooks.sandbox.books.booking import SHOWN
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout, movements
from connectors.quickbooks.sandbox.reports.layout import Column
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO

Cell = str | tuple[str, str]
Value = Callable[[Question, Movement], Cell]
SPLIT = "-Split-"


def _split(question: Question, movement: Movement) -> Cell:
    """Return the other account of a movement, or a word when there are several."""
    others = {one.account for one in movement.entry.postings if one.account != movement.posting.account}
    if len(others) != 1:
        return SPLIT if others else ""
    id_ = others.pop()
    return _account_name(question, id_), id_


def _account_name(question: Question, id_: str) -> str:
    return str((question.company.get("Account", id_) or {}).get("FullyQualifiedName", ""))


def _party(_question: Question, movement: Movement) -> Cell:
    found = next(
        (movement.reference(name) for name in ("customer", "vendor", "employee") if movement.reference(name)), {}
    )
    return str(found.get("name", "")), str(found.get("value", ""))


VALUES: dict[str, tuple[str, Value]] = {
    "tx_date": ("Date", lambda _question, one: one.entry.date),
    "txn_type": ("Transaction Type", lambda _question, one: (one.type, one.entry.id)),
    "doc_num": (
        "Num",
        lambda _question, one: str(one.document.get("DocNumber") or one.document.get("PaymentRefNum", "")),
    ),
    "is_no_post": ("Posting", lambda _question, _one: "Yes"),
    "name": ("Name", _party),
    "cust_name": ("Customer", lambda _question, one: str(one.reference("customer").get("name", ""))),
    "vend_name": ("Vendor", lambda _question, one: str(one.reference("vendor").get("name", ""))),
    "dept_name": ("Location", lambda _question, one: str(one.reference("department").get("name", ""))),
    "klass_name": ("Class", lambda _question, one: str(one.reference("class").get("name", ""))),
    "memo": ("Memo/Description", lambda _question, one: one.posting.text or str(one.document.get("PrivateNote", ""))),
    "account_name": (
        "Account",
        lambda question, one: (_account_name(question, one.posting.account), one.posting.account),
    ),
    "split_acc": ("Split", _split),
    "other_account": ("Split", _split),
    "due_date": ("Due Date", lambda _question, one: str(one.document.get("DueDate", ""))),
    "create_date": (
        "Create Date",
        lambda _question, one: str(one.document.get("MetaData", {}).get("CreateTime", ""))[:10],
    ),
    "last_mod_date": (
        "Last Modified",
        lambda _question, one: str(one.document.get("MetaData", {}).get("LastUpdatedTime", ""))[:10],
    ),
    "subt_nat_amount": ("Amount", lambda _question, one: layout.money(one.amount)),
    "debt_amt": ("Debit", lambda _question, one: layout.money(one.amount) if one.amount > 0 else ""),
    "credit_amt": ("Credit", lambda _question, one: layout.money(-one.amount) if one.amount < 0 else ""),
}
RUNNING = "rbal_nat_amount"
AMOUNT = "subt_nat_amount"
LEDGER = ("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", AMOUNT, RUNNING)
LIST = ("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "other_account", AMOUNT)
JOURNAL = ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt")


def _keys(question: Question, default: Sequence[str]) -> list[str]:
    """Return the columns asked for, as far as they are known; the report's own when none is."""
    asked = [key.strip() for key in question.options.get("columns", "").split(",")]
    return [key for key in asked if key in VALUES or key == RUNNING] or list(default)


def _columns(keys: Iterable[str]) -> list[Column]:
    return [Column("Balance" if key == RUNNING else VALUES[key][0], key) for key in keys]


def _line(question: Question, movement: Movement, keys: Sequence[str], balance: Decimal) -> Json:
    cells = (layout.money(balance) if key == RUNNING else VALUES[key][1](question, movement) for key in keys)
    return layout.texts(cells)


def _in_order(found: Iterable[Movement]) -> list[Movement]:
    return sorted(found, key=lambda one: (one.entry.date, int(one.entry.id)))


def general_ledger(question: Question) -> Json:
    """Return every account with its balance at the start, each movement, and the balance after it."""
    keys = _keys(question, LEDGER)
    earlier = list(movements.until(question, question.span.first - timedelta(days=1)))
    later = list(movements.within(question))
    rows = []
    for account, name in _touched(question, [*earlier, *later]):
        opened = sum((one.amount for one in earlier if one.posting.account == account), ZERO)
        if movements_of := _in_order(one for one in later if one.posting.account == account):
            rows.append(_account_section(question, (account, name), keys, opened, movements_of))
        elif opened:
            rows.append(_account_section(question, (account, name), keys, opened, []))
    return layout.report(question, _columns(keys), rows)


def _touched(question: Question, found: Iterable[Movement]) -> list[tuple[str, str]]:
    ids = {one.posting.account for one in found}
    return sorted(((id_, _account_name(question, id_)) for id_ in ids), key=lambda pair: pair[1])


def _account_section(
    question: Question, account: tuple[str, str], keys: Sequence[str], opened: Decimal, found: Sequence[Movement]
) -> Json:
    id_, name = account
    blank = [""] * (len(keys) - 1)
    rows: list[Json] = []
    shown_balance = (question.company.get("Account", id_) or {}).get("Classification") in SHOWN
    balance = opened if shown_balance else ZERO
    if balance:
        cells = ["Beginning Balance", *blank]
        if keys[-1] == RUNNING:
            cells[-1] = layout.money(balance)
        rows.append(layout.texts(cells))
    for one in found:
        balance += one.amount
        rows.append(_line(question, one, keys, balance))
    total = sum((one.amount for one in found), ZERO)
    return _group(name, id_, keys, rows, total)


def _group(name: str, id_: str, keys: Sequence[str], rows: list[Json], total: Decimal) -> Json:
    """Return a section of movements with the sum of its amounts in the amount's column."""
    head = {"ColData": [{"value": name, "id": id_} if id_ else {"value": name}, *({"value": ""} for _ in keys[1:])]}
    foot = {
        "ColData": [
            {"value": f"Total for {name}"},
            *({"value": layout.money(total) if key == AMOUNT else ""} for key in keys[1:]),
        ]
    }
    return layout.section(head, rows, foot)


def transaction_list(question: Question) -> Json:
    """Return one row for each document: its main account, the other side, its amount."""
    keys = _keys(question, LIST)
    first: dict[tuple[str, str], Movement] = {}
    for one in movements.within(question):
        first.setdefault((one.entry.kind, one.entry.id), _main(question, one))
    rows = [_line(question, one, keys, ZERO) for one in _in_order(first.values())]
    return layout.report(question, _columns(keys), rows)


def _main(question: Question, movement: Movement) -> Movement:
    """Return the movement that stands for its document: the one on the sheet with the largest amount."""

    def weight(account: str, amount: Decimal) -> tuple[bool, Decimal]:
        known = question.company.get("Account", account) or {}
        return known.get("Classification") in SHOWN, abs(amount)

    chosen = max(movement.entry.postings, key=lambda one: weight(one.account, one.amount))
    return Movement(movement.entry, chosen, movement.document)


def by_account(question: Question) -> Json:
    """Return every movement under its account (TransactionDetailByAccount)."""
    return _grouped(question, list(movements.within(question)))


def profit_and_loss_detail(question: Question) -> Json:
    """Return every movement of income and expense under its account; income as positive amounts."""
    found = [
        one for one in movements.within(question) if movements.account(question, one).get("Classification") not in SHOWN
    ]
    return _grouped(question, found)


def _grouped(question: Question, found: list[Movement]) -> Json:
    keys = _keys(question, LEDGER)
    rows = []
    for account, name in _touched(question, found):
        balance, lines = ZERO, []
        for one in _in_order(movement for movement in found if movement.posting.account == account):
            balance += one.amount
            lines.append(_line(question, one, keys, balance))
        rows.append(_group(name, account, keys, lines, balance))
    return layout.report(question, _columns(keys), rows)


def journal(question: Question) -> Json:
    """Return every entry with its debits and credits, and their sum."""
    keys = _keys(question, JOURNAL)
    rows: list[Json] = []
    found = _in_order(movements.within(question))
    for position, one in enumerate(found):
        rows.append(_line(question, one, keys, ZERO))
        last = position + 1 == len(found) or found[position + 1].entry is not one.entry
        if last:
            debit = sum((posting.amount for posting in one.entry.postings if posting.amount > 0), ZERO)
            cells = ("" if key not in ("debt_amt", "credit_amt") else layout.money(debit) for key in keys)
            rows.append({"Summary": {"ColData": [{"value": text} for text in cells]}, "type": "Section"})
    return layout.report(question, _columns(keys), rows)


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
    return layout.report(question, [Column(title, key) for title, key in zip(titles, keys, strict=True)], rows)

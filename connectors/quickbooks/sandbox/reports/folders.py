"""Movements under their accounts: sub-accounts inside their parents, each with its lines, total and running balance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout, values
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO

TYPES = (
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
)


@dataclass
class Folder:
    """An account, what it held before the span, its movements, and the folders of its sub-accounts."""

    account: Json
    opened: Decimal = ZERO
    found: list[Movement] = field(default_factory=list)
    below: list[Folder] = field(default_factory=list)

    @property
    def own(self) -> bool:
        return bool(self.found or self.opened)

    @property
    def moved(self) -> bool:
        return bool(self.found) or any(one.moved for one in self.below)

    def total(self, question: Question) -> Decimal:
        mine = sum((values.natural(question, one) for one in self.found), ZERO)
        return mine + sum((one.total(question) for one in self.below), ZERO)


def folders(question: Question, found: Iterable[Movement], opened: Mapping[str, Decimal] | None = None) -> list[Folder]:
    """Return the accounts that anything happened to, in the order of the statements, sub-accounts in their parents."""
    accounts = {row.id: row.data for row in question.company.store.rows("Account")}
    made: dict[str, Folder] = {}
    for one in found:
        made.setdefault(one.posting.account, Folder(accounts[one.posting.account])).found.append(one)
    for id_, amount in (opened or {}).items():
        if amount:
            made.setdefault(id_, Folder(accounts[id_])).opened = amount
    for id_ in list(made):
        above = accounts[id_].get("ParentRef", {}).get("value")
        while above in accounts:
            made.setdefault(above, Folder(accounts[above]))
            above = accounts[above].get("ParentRef", {}).get("value")
    tops: list[Folder] = []
    for folder in sorted(made.values(), key=_place):
        parent = made.get(folder.account.get("ParentRef", {}).get("value", ""))
        (parent.below if parent else tops).append(folder)
    return tops


def _place(folder: Folder) -> tuple[int, str]:
    return TYPES.index(folder.account["AccountType"]), str(folder.account["FullyQualifiedName"])


def section(question: Question, folder: Folder, keys: Sequence[str]) -> Json:
    """Return an account's section; one with sub-accounts and movements of its own keeps these in a part by itself."""
    name, id_ = str(folder.account["Name"]), str(folder.account["Id"])
    lines = _lines(question, folder, keys)
    if not folder.below:
        return layout.section(head(name, keys, id_), lines, foot(f"Total for {name}", keys, _sum(question, folder)))
    inside = [section(question, one, keys) for one in folder.below]
    total = _sum(question, folder)
    if not folder.own:
        return layout.section(head(name, keys), inside, foot(f"Total for {name}", keys, total))
    alone = Folder(folder.account, folder.opened, folder.found)
    summary = foot(f"Total for {name}", keys, _sum(question, alone))
    part = {"Rows": {"Row": lines}, "Summary": summary, "type": "Section"}
    closing = foot(f"Total for {name} with sub-accounts", keys, total)
    return layout.section(head(name, keys, id_), [part, *inside], closing)


def _sum(question: Question, folder: Folder) -> Decimal | None:
    return folder.total(question) if folder.moved else None


def _lines(question: Question, folder: Folder, keys: Sequence[str]) -> list[Json]:
    balance, lines = folder.opened, []
    if balance:
        cells = ["Beginning Balance", *[""] * (len(keys) - 1)]
        if values.RUNNING in keys[1:]:
            cells[keys.index(values.RUNNING)] = layout.money(balance)
        lines.append(layout.texts(cells))
    for one in values.in_order(folder.found):
        balance += values.natural(question, one)
        lines.append(values.line(question, one, keys, balance))
    return lines


def head(title: str, keys: Sequence[str], id_: str = "") -> Json:
    return layout.cells(title, [None for _ in keys[1:]], id_)


def foot(title: str, keys: Sequence[str], total: Decimal | None) -> Json:
    """Return a closing line, its sum under the amounts."""
    return layout.cells(title, [total if key in values.AMOUNTS else None for key in keys[1:]])

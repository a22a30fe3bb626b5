"""Accounts as rows: sub-accounts inside their parents, each with its own sum and the total of all below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout
from connectors.quickbooks.sandbox.reports.columns import Cut, sums
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question

Amounts = list[Decimal]


@dataclass
class Branch:
    """An account with its own amounts and the branches below it."""

    account: Json
    amounts: Amounts
    below: list[Branch] = field(default_factory=list)

    def total(self) -> Amounts:
        return added([self.amounts, *(branch.total() for branch in self.below)])

    @property
    def empty(self) -> bool:
        return not any(self.amounts) and not self.below


def added(rows: Iterable[Sequence[Decimal]]) -> Amounts:
    return [sum(column, Decimal(0)) for column in zip(*rows, strict=True)]


def branches(
    question: Question, types: Iterable[str], cuts: Sequence[Cut], movements: Sequence[Movement], sign: int
) -> list[Branch]:
    """Return the accounts of these types that have any amount, as trees, by name."""
    wanted = set(types)
    accounts = [row.data for row in question.company.store.rows("Account") if row.data["AccountType"] in wanted]
    grouped: dict[str, list[Movement]] = {}
    for one in movements:
        grouped.setdefault(one.posting.account, []).append(one)
    made = {one["Id"]: Branch(one, sums(cuts, grouped.get(one["Id"], ()), sign)) for one in accounts}
    tops: list[Branch] = []
    for account in sorted(accounts, key=lambda one: (-one["FullyQualifiedName"].count(":"), one["Name"])):
        branch, parent = made[account["Id"]], made.get(account.get("ParentRef", {}).get("value", ""))
        if not branch.empty:
            (parent.below if parent else tops).append(branch)
    return sorted(tops, key=lambda branch: str(branch.account["Name"]))


def rows(found: Iterable[Branch]) -> list[Json]:
    return [_row(branch) for branch in found]


def _row(branch: Branch) -> Json:
    name, id_ = branch.account["Name"], branch.account["Id"]
    if not branch.below:
        return layout.data(name, branch.amounts, id_)
    own = [amount or None for amount in branch.amounts]
    total = layout.cells(f"Total {name}", branch.total())
    return layout.section(layout.cells(name, own, id_), rows(branch.below), total)

"""The three statements: profit and loss, balance sheet, trial balance; and the cash flow between two balance sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from connectors.quickbooks.sandbox.books.booking import SHOWN
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout, movements, periods, tree
from connectors.quickbooks.sandbox.reports.columns import Cut, flows, stands, sums
from connectors.quickbooks.sandbox.reports.layout import FIRST, Column
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO

Amounts = list[Decimal]
INCOME, COGS, EXPENSE = ("Income",), ("Cost of Goods Sold",), ("Expense",)
OTHER_INCOME, OTHER_EXPENSE = ("Other Income",), ("Other Expense",)
CURRENT_ASSETS = (
    ("Bank Accounts", ("Bank",), "BankAccounts"),
    ("Accounts Receivable", ("Accounts Receivable",), "AR"),
    ("Other Current Assets", ("Other Current Asset",), "OtherCurrentAssets"),
)
CURRENT_LIABILITIES = (
    ("Accounts Payable", ("Accounts Payable",), "AP"),
    ("Credit Cards", ("Credit Card",), "CreditCards"),
    ("Other Current Liabilities", ("Other Current Liability",), "OtherCurrentLiabilities"),
)


class _Sheet:
    """Builds sections of accounts over the same columns and movements."""

    def __init__(self, question: Question, cuts: Sequence[Cut], moved: Sequence[Movement]) -> None:
        self.question, self.cuts, self.moved = question, cuts, moved
        self.zero = [ZERO for _ in cuts]

    def part(
        self, title: str, types: Sequence[str], group: str, sign: int, *, kept: bool = False
    ) -> tuple[list[Json], Amounts]:
        """Return a section of accounts and its total; nothing when none has an amount, unless it is `kept`."""
        found = tree.branches(self.question, types, self.cuts, self.moved, sign)
        total = tree.added([self.zero, *(branch.total() for branch in found)])
        if not found and not kept:
            return [], total
        return [self.wrap(title, tree.rows(found), total, group)], total

    def wrap(self, title: str, rows: list[Json], total: Amounts, group: str, closing: str = "") -> Json:
        header = layout.cells(title, [None for _ in self.cuts])
        return layout.section(header, rows, layout.cells(closing or f"Total {title}", self.shown(total)), group)

    def shown(self, amounts: Amounts) -> Sequence[Decimal | None]:
        """Return the amounts of a line; a report on nothing shows empty cells (recorded)."""
        return amounts if self.moved else [None for _ in amounts]

    def parts(self, parts: Sequence[tuple[str, Sequence[str], str]], sign: int) -> tuple[list[Json], Amounts]:
        made = [self.part(title, types, group, sign) for title, types, group in parts]
        return [row for rows, _ in made for row in rows], tree.added([self.zero, *(total for _, total in made)])


def profit_and_loss(question: Question) -> Json:
    """Return income minus costs of the span; an expense that was given back counts against it."""
    moved = list(movements.within(question))
    cuts = flows(question, moved)
    sheet = _Sheet(question, cuts, moved)
    income, earned = sheet.part("Income", INCOME, "Income", -1, kept=True)
    goods, cost = sheet.part("Cost of Goods Sold", COGS, "COGS", 1)
    spent_rows, spent = sheet.part("Expenses", EXPENSE, "Expenses", 1, kept=True)
    other, gained = sheet.part("Other Income", OTHER_INCOME, "OtherIncome", -1)
    losses, lost = sheet.part("Other Expenses", OTHER_EXPENSE, "OtherExpenses", 1)
    gross = _minus(earned, cost)
    operating = _minus(gross, spent)
    net_other = _minus(gained, lost)
    rows = [*income, *goods, layout.summary("Gross Profit", sheet.shown(gross), "GrossProfit"), *spent_rows]
    rows.append(layout.summary("Net Operating Income", sheet.shown(operating), "NetOperatingIncome"))
    if other or losses:
        rows += [*other, *losses, layout.summary("Net Other Income", net_other, "NetOtherIncome")]
    rows.append(layout.summary("Net Income", sheet.shown(tree.added([operating, net_other])), "NetIncome"))
    return layout.report(question, [FIRST, *(cut.column for cut in cuts)], rows, empty=not moved)


def balance_sheet(question: Question) -> Json:
    """Return what there is and who has a claim on it, at the end of each column."""
    cuts = stands(question)
    moved = list(movements.until(question, question.span.last))
    sheet = _Sheet(question, cuts, moved)
    current, current_sum = sheet.parts(CURRENT_ASSETS, 1)
    fixed, fixed_sum = sheet.part("Fixed Assets", ("Fixed Asset",), "FixedAssets", 1)
    others, others_sum = sheet.part("Other Assets", ("Other Asset",), "OtherAssets", 1)
    assets = [sheet.wrap("Current Assets", current, current_sum, "CurrentAssets"), *fixed, *others]
    assets_sum = tree.added([current_sum, fixed_sum, others_sum])
    owed, owed_sum = _liabilities(sheet)
    equity, equity_sum = _equity(sheet)
    claims_sum = tree.added([owed_sum, equity_sum])
    closing = "TOTAL LIABILITIES AND EQUITY"
    rows = [
        sheet.wrap("ASSETS", assets, assets_sum, "TotalAssets", "TOTAL ASSETS"),
        sheet.wrap("LIABILITIES AND EQUITY", [owed, equity], claims_sum, "TotalLiabilitiesAndEquity", closing),
    ]
    return layout.report(question, [FIRST, *(cut.column for cut in cuts)], rows if moved else [])


def _liabilities(sheet: _Sheet) -> tuple[Json, Amounts]:
    current, current_sum = sheet.parts(CURRENT_LIABILITIES, -1)
    long, long_sum = sheet.part("Long-Term Liabilities", ("Long Term Liability",), "LongTermLiabilities", -1)
    total = tree.added([current_sum, long_sum])
    rows = [sheet.wrap("Current Liabilities", current, current_sum, "CurrentLiabilities"), *long]
    return sheet.wrap("Liabilities", rows, total, "Liabilities"), total


def _equity(sheet: _Sheet) -> tuple[Json, Amounts]:
    """Return the equity accounts, what earlier years earned, and what this one has earned so far."""
    question = sheet.question
    own = tree.branches(question, ("Equity",), sheet.cuts, sheet.moved, -1)
    retained = next((one for one in own if one.account["AccountSubType"] == "RetainedEarnings"), None)
    plain = [one for one in own if one is not retained]
    earned = [one for one in sheet.moved if movements.account(question, one).get("Classification") not in SHOWN]
    ends = _ends(question, len(sheet.cuts))
    earlier, this = _split(earned, ends, question.fiscal)
    kept = tree.added([earlier, retained.amounts if retained else sheet.zero])
    rows = tree.rows(plain)
    if any(kept):
        rows.append(layout.data("Retained Earnings", kept, retained_id(question)))
    rows.append({**layout.data("Net Income", this), "group": "NetIncome"})
    total = tree.added([sheet.zero, kept, this, *(branch.total() for branch in plain)])
    return sheet.wrap("Equity", rows, total, "Equity"), total


def _ends(question: Question, columns: int) -> list[date]:
    if question.by not in periods.PERIODS:
        return [question.span.last] * columns
    return [span.last for span in periods.cut(question.span, question.by, question.fiscal)]


def _split(earned: Sequence[Movement], ends: Sequence[date], fiscal: int) -> tuple[Amounts, Amounts]:
    """Split what was earned until each end into earlier years and the year of that end."""
    earlier, this = [], []
    for end in ends:
        first = periods.year(end, fiscal).first
        earlier.append(-sum((one.amount for one in earned if one.day < first), ZERO))
        this.append(-sum((one.amount for one in earned if first <= one.day <= end), ZERO))
    return earlier, this


def retained_id(question: Question) -> str:
    rows = question.company.store.find("Account", "AccountType", "Equity")
    return next((row.id for row in rows if row.data["AccountSubType"] == "RetainedEarnings"), "")


def trial_balance(question: Question) -> Json:
    """Return every account's debit or credit: balances of the sheet, and this year's income and expense."""
    moved = list(movements.until(question, question.span.last))
    first = periods.year(question.span.last, question.fiscal).first
    sums_by: dict[str, Decimal] = {}
    for one in moved:
        known = movements.account(question, one)
        earlier = known.get("Classification") not in SHOWN and one.day < first
        account = retained_id(question) or one.posting.account if earlier else one.posting.account
        sums_by[account] = sums_by.get(account, ZERO) + one.amount
    rows, debits, credits_ = [], ZERO, ZERO
    for account, amount in sorted(sums_by.items(), key=lambda pair: int(pair[0])):
        if amount:
            name = (question.company.get("Account", account) or {}).get("FullyQualifiedName", account)
            rows.append(layout.cells(name, [max(amount, ZERO) or None, max(-amount, ZERO) or None], account))
            debits, credits_ = debits + max(amount, ZERO), credits_ + max(-amount, ZERO)
    if rows:
        rows.append(layout.summary("TOTAL", [debits, credits_], "GrandTotal"))
    columns = [Column("", "Account"), Column("Debit"), Column("Credit")]
    return layout.report(question, columns, rows)


def cash_flow(question: Question) -> Json:
    """Return where the cash came from: net income, what other balances took or gave, and the cash at both ends."""
    moved = list(movements.within(question))
    cuts = flows(question, moved)
    sheet = _Sheet(question, cuts, moved)
    income = sums(
        cuts, [one for one in moved if movements.account(question, one).get("Classification") not in SHOWN], -1
    )
    working = (
        "Accounts Receivable",
        "Other Current Asset",
        "Accounts Payable",
        "Credit Card",
        "Other Current Liability",
    )
    adjusted = tree.branches(question, working, cuts, moved, -1)
    adjustments = tree.added([sheet.zero, *(branch.total() for branch in adjusted)])
    operating = tree.added([income, adjustments])
    title = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
    lines = [{**layout.data("Net Income", income), "group": "NetIncome"}]
    if adjusted:
        lines.append(sheet.wrap(title, tree.rows(adjusted), adjustments, "OperatingAdjustments"))
    rows = [
        sheet.wrap(
            "OPERATING ACTIVITIES", lines, operating, "OperatingActivities", "Net cash provided by operating activities"
        )
    ]
    invested, investing = sheet.part("INVESTING ACTIVITIES", ("Fixed Asset", "Other Asset"), "InvestingActivities", -1)
    financed, financing = sheet.part(
        "FINANCING ACTIVITIES", ("Long Term Liability", "Equity"), "FinancingActivities", -1
    )
    increase = tree.added([operating, investing, financing])
    before = _cash(question, question.span.first - timedelta(days=1), len(cuts))
    rows += [*invested, *financed, layout.summary("Net cash increase for period", increase, "CashIncrease")]
    rows.append(layout.summary("Cash at beginning of period", before, "BeginningCash"))
    rows.append(layout.summary("Cash at end of period", tree.added([before, increase]), "EndingCash"))
    return layout.report(question, [FIRST, *(cut.column for cut in cuts)], rows if moved else [])


def _cash(question: Question, day: date, columns: int) -> Amounts:
    held = (
        one for one in movements.until(question, day) if movements.account(question, one).get("AccountType") == "Bank"
    )
    return [sum((one.amount for one in held), ZERO)] * columns


def _minus(one: Amounts, other: Amounts) -> Amounts:
    return [left - right for left, right in zip(one, other, strict=True)]

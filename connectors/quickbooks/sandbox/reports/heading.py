"""What stands at the head of each report: which members it has, and the days it speaks of unless it is told."""

from __future__ import annotations

from dataclasses import dataclass

YEAR, MONTH = "this fiscal year-to-date", "this month-to-date"


@dataclass(frozen=True)
class Heading:
    """How one report's header differs: `macro` are its days by default.

    `basis`, `period` and `summarized` are members it has, `standard` and `dated` entries of its Option list.
    """

    macro: str = MONTH
    basis: bool = True
    period: bool = True
    summarized: bool = False
    standard: bool = False
    dated: bool = False


STATEMENT = Heading(YEAR, summarized=True, standard=True)
SALES = Heading(summarized=True)
OPEN = Heading("all", basis=False, period=False, dated=True)
AGED = Heading("today", basis=False, summarized=True, dated=True)
LISTED = Heading(basis=False)
# Recorded: the statements, CustomerIncome, VendorBalance, TrialBalance, GeneralLedger; the others by Intuit's samples.
HEADINGS = {
    "ProfitAndLoss": STATEMENT,
    "BalanceSheet": STATEMENT,
    "CashFlow": Heading(YEAR, basis=False, summarized=True),
    "CustomerBalance": OPEN,
    "VendorBalance": OPEN,
    "CustomerBalanceDetail": OPEN,
    "VendorBalanceDetail": OPEN,
    "AgedReceivables": AGED,
    "AgedPayables": AGED,
    "AgedReceivableDetail": AGED,
    "AgedPayableDetail": AGED,
    "InventoryValuationSummary": Heading("today", basis=False, period=False, dated=True),
    "AccountList": Heading("", basis=False, period=False),
    "AccountListDetail": Heading("", basis=False, period=False),
    "TransactionList": LISTED,
    "TransactionListByCustomer": LISTED,
    "TransactionListByVendor": LISTED,
    "TransactionListWithSplits": LISTED,
    "JournalReport": LISTED,
    "CustomerSales": SALES,
    "ClassSales": SALES,
    "DepartmentSales": SALES,
    "ItemSales": SALES,
    "VendorExpenses": SALES,
}


def heading(name: str) -> Heading:
    return HEADINGS.get(name, Heading())

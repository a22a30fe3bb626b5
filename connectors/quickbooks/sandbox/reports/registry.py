"""Every report by its name, and the resource that answers it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.messages import Response
from connectors.quickbooks.sandbox.reports import details, open_items, sales, statements
from connectors.quickbooks.sandbox.reports.question import Question, ask
from connectors.quickbooks.sandbox.wire import dialect

Report = Callable[[Question], Json]
REPORTS: dict[str, Report] = {
    "AccountList": details.account_list,
    "AccountListDetail": details.account_list,
    "AgedPayableDetail": partial(open_items.aged_detail, side="Vendor"),
    "AgedPayables": partial(open_items.aged, side="Vendor"),
    "AgedReceivableDetail": partial(open_items.aged_detail, side="Customer"),
    "AgedReceivables": partial(open_items.aged, side="Customer"),
    "BalanceSheet": statements.balance_sheet,
    "CashFlow": statements.cash_flow,
    "ClassSales": partial(sales.by_reference, reference="class", types={"Income"}, sign=-1),
    "CustomerBalance": partial(open_items.balances, side="Customer"),
    "CustomerBalanceDetail": partial(open_items.balance_detail, side="Customer"),
    "CustomerIncome": sales.customer_income,
    "CustomerSales": partial(sales.by_reference, reference="customer", types={"Income"}, sign=-1),
    "DepartmentSales": partial(sales.by_reference, reference="department", types={"Income"}, sign=-1),
    "GeneralLedger": details.general_ledger,
    "GeneralLedgerDetail": details.general_ledger,
    "InventoryValuationSummary": sales.inventory_valuation,
    "ItemSales": sales.item_sales,
    "JournalReport": details.journal,
    "ProfitAndLoss": statements.profit_and_loss,
    "ProfitAndLossDetail": details.profit_and_loss_detail,
    "TaxSummary": sales.tax_summary,
    "TransactionDetailByAccount": details.by_account,
    "TransactionList": details.transaction_list,
    "TransactionListByCustomer": details.transaction_list,
    "TransactionListByVendor": details.transaction_list,
    "TransactionListWithSplits": details.by_account,
    "TrialBalance": statements.trial_balance,
    "VendorBalance": partial(open_items.balances, side="Vendor"),
    "VendorBalanceDetail": partial(open_items.balance_detail, side="Vendor"),
    "VendorExpenses": partial(sales.by_reference, reference="vendor", types=sales.EXPENSE, sign=1),
}
# Names that clients use for the same reports.
REPORTS |= {"InventoryValuationDetail": sales.inventory_valuation}


def answer(asked: Asked) -> Response:
    """Answer GET /reports/{name}, never inside an envelope; raises `Refusal` 500 for a report that nobody knows."""
    name = asked.call.rest.removeprefix("/")
    report = REPORTS.get(name)
    if report is None or asked.request.method != "GET":
        raise asked.unsupported()
    return dialect.answer(asked.request, 200, report(ask(asked.company, name, asked.request.query, asked.now)))

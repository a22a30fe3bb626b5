"""Who bought what: sales and expenses by customer, vendor, item, class and department."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from connectors.quickbooks.sandbox.books.booking import SHOWN
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports import layout, movements
from connectors.quickbooks.sandbox.reports.columns import UNNAMED, flows, sums
from connectors.quickbooks.sandbox.reports.layout import Column
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO
from connectors.quickbooks.sandbox.rules.sales_postings import flat

SALES = (("Invoice", 1), ("SalesReceipt", 1), ("CreditMemo", -1), ("RefundReceipt", -1))
INCOME, EXPENSE = {"Income", "Other Income"}, {"Expense", "Other Expense", "Cost of Goods Sold"}


def by_reference(question: Question, reference: str, types: set[str], sign: int) -> Json:
    """Return what accounts of these types moved for each customer, vendor, class or department."""
    moved = [one for one in movements.within(question) if movements.account(question, one).get("AccountType") in types]
    cuts = flows(question, moved)
    rows = []
    for id_, name, mine in _grouped(moved, reference):
        amounts = sums(cuts, mine, sign)
        if any(amounts) and (id_ or reference in ("class", "department")):
            rows.append(layout.data(name or UNNAMED, amounts, id_))
    shown = [one for one in moved if one.reference(reference) or reference in ("class", "department")]
    if rows:
        rows.append(layout.summary("TOTAL", sums(cuts, shown, sign), "GrandTotal"))
    return layout.report(question, [Column("", reference.capitalize()), *(cut.column for cut in cuts)], rows)


def _grouped(moved: Iterable[Movement], reference: str) -> Iterator[tuple[str, str, list[Movement]]]:
    groups: dict[str, tuple[str, list[Movement]]] = {}
    for one in moved:
        found = one.reference(reference)
        groups.setdefault(str(found.get("value", "")), (str(found.get("name", "")), []))[1].append(one)
    for id_, (name, mine) in sorted(groups.items(), key=lambda pair: (not pair[0], pair[1][0])):
        yield id_, name, mine


def customer_income(question: Question) -> Json:
    """Return what each customer brought, cost, and left."""
    moved = [
        one for one in movements.within(question) if movements.account(question, one).get("Classification") not in SHOWN
    ]
    rows, totals = [], [ZERO, ZERO, ZERO]
    for id_, name, mine in _grouped(moved, "customer"):
        if not id_:
            continue
        income = -_total(question, mine, INCOME)
        spent = _total(question, mine, EXPENSE)
        row = [income, spent, income - spent]
        rows.append(layout.cells(name, [income or None, spent or None, income - spent], id_))
        totals = [one + other for one, other in zip(totals, row, strict=True)]
    if rows:
        rows.append(layout.summary("TOTAL", totals, "GrandTotal"))
    titles = ("Income", "Expenses", "Net Income")
    return layout.report(question, [Column("", "Customer"), *(Column(title, "Money") for title in titles)], rows)


def _total(question: Question, moved: Iterable[Movement], types: set[str]) -> Decimal:
    return sum((one.amount for one in moved if movements.account(question, one).get("AccountType") in types), ZERO)


def item_sales(question: Question) -> Json:
    """Return quantity, amount, share and average price of each item sold, and what inventory items cost."""
    sold: dict[str, list[Decimal]] = {}
    for sign, detail, amount in _lines(question):
        item = detail.get("ItemRef", {}).get("value", "")
        data = question.company.get("Item", item) or {}
        quantity = sign * Decimal(detail.get("Qty", 0))
        cost = quantity * Decimal(data.get("PurchaseCost", 0)) if data.get("Type") == "Inventory" else ZERO
        before = sold.get(item, [ZERO, ZERO, ZERO])
        sold[item] = [before[0] + quantity, before[1] + sign * amount, before[2] + cost]
    total = sum((amount for _, amount, _ in sold.values()), ZERO)
    rows = [_item_row(question, item, values, total) for item, values in sorted(sold.items(), key=_name(question))]
    if rows:
        whole = [sum((values[place] for values in sold.values()), ZERO) for place in range(3)]
        cells = _item_cells("TOTAL", "", whole, total)
        rows.append(
            {"Summary": {"ColData": [{"value": one} for one in cells]}, "type": "Section", "group": "GrandTotal"}
        )
    titles = ("Quantity", "Amount", "% of Sales", "Avg Price", "COGS", "Gross Margin", "Gross Margin %")
    return layout.report(question, [Column("", "ProductsAndService"), *(Column(title) for title in titles)], rows)


def _name(question: Question) -> Callable[[tuple[str, list[Decimal]]], str]:
    return lambda pair: str((question.company.get("Item", pair[0]) or {}).get("FullyQualifiedName", UNNAMED))


def _item_row(question: Question, item: str, values: list[Decimal], total: Decimal) -> Json:
    name = (question.company.get("Item", item) or {}).get("FullyQualifiedName", UNNAMED)
    cells = _item_cells(name, item, values, total)
    return layout.texts([(cells[0], item) if item else cells[0], *cells[1:]])


def _item_cells(name: str, item: str, values: list[Decimal], total: Decimal) -> list[str]:
    """Return the texts of a row; cost and margin only where there is a cost."""
    quantity, amount, cost = values
    share = layout.money(amount * 100 / total) + " %" if total else ""
    price = layout.money(amount / quantity) if quantity and item else ""
    margin = (
        [layout.money(cost), layout.money(amount - cost), _percent(amount - cost, amount)] if cost else ["", "", ""]
    )
    return [name, layout.money(quantity), layout.money(amount), share, price, *margin]


def _percent(part: Decimal, whole: Decimal) -> str:
    return layout.money(part * 100 / whole) + " %" if whole else ""


def _lines(question: Question) -> Iterator[tuple[int, Json, Decimal]]:
    """Give the item lines of all sales forms of the span: their sign, detail and amount."""
    items = question.filters.get("item")
    for kind, sign in SALES:
        for row in question.company.store.rows(kind):
            if question.span.first.isoformat() <= row.data["TxnDate"] <= question.span.last.isoformat():
                for line in flat(row.data.get("Line", [])):
                    detail = line.get("SalesItemLineDetail")
                    if detail is not None and (items is None or detail.get("ItemRef", {}).get("value") in items):
                        yield sign, detail, Decimal(line.get("Amount", 0))


def inventory_valuation(question: Question) -> Json:
    """Return what lies in stock and what it cost."""
    rows, total = [], ZERO
    items = sorted((row.data for row in question.company.store.rows("Item")), key=lambda one: one["FullyQualifiedName"])
    for one in items:
        if one.get("Type") == "Inventory":
            quantity, cost = Decimal(one.get("QtyOnHand", 0)), Decimal(one.get("PurchaseCost", 0))
            value = quantity * cost
            texts = (
                (one["FullyQualifiedName"], one["Id"]),
                one.get("Sku", ""),
                layout.money(quantity),
                layout.money(value),
                layout.money(cost),
            )
            rows.append(layout.texts(texts))
            total += value
    if rows:
        closing = ("TOTAL", "", "", layout.money(total), "")
        rows.append(
            {"Summary": {"ColData": [{"value": one} for one in closing]}, "type": "Section", "group": "GrandTotal"}
        )
    columns = [
        Column("", "ProductsAndService"),
        Column("SKU", "String"),
        Column("Qty"),
        Column("Asset Value"),
        Column("Calc. Avg"),
    ]
    return layout.report(question, columns, rows)


def tax_summary(question: Question) -> Json:
    """Return taxable amounts and tax by rate, from the tax lines of all sales forms."""
    found: dict[str, list[Decimal]] = {}
    for kind, sign in SALES:
        for row in question.company.store.rows(kind):
            if question.span.first.isoformat() <= row.data["TxnDate"] <= question.span.last.isoformat():
                for line in row.data.get("TxnTaxDetail", {}).get("TaxLine", []):
                    detail = line.get("TaxLineDetail", {})
                    rate = detail.get("TaxRateRef", {}).get("value", "")
                    before = found.get(rate, [ZERO, ZERO])
                    net, tax = Decimal(detail.get("NetAmountTaxable", 0)), Decimal(line.get("Amount", 0))
                    found[rate] = [before[0] + sign * net, before[1] + sign * tax]
    rows = [
        layout.data((question.company.get("TaxRate", rate) or {}).get("Name", rate), amounts, rate)
        for rate, amounts in sorted(found.items())
    ]
    if rows:
        rows.append(
            layout.summary(
                "TOTAL", [sum((one[place] for one in found.values()), ZERO) for place in (0, 1)], "GrandTotal"
            )
        )
    return layout.report(question, [Column("", "TaxRate"), Column("Taxable amount"), Column("Tax")], rows)

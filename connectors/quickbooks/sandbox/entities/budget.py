"""Budget: planned amounts for each account and month of a year (qbo-facts 7: 6490 to 6510)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, names
from connectors.quickbooks.sandbox.rules.amounts import money
from connectors.quickbooks.sandbox.rules.references import named
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DUPLICATE = "Another budget is already using this name. Please use a different name."
REFERENCES = {"CustomerRef": "Customer", "ClassRef": "Class", "DepartmentRef": "Department"}


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute a budget; raises `Refusal` 2240 when it ends before it begins, 2020, 2500 or 6240."""
    budget = dict(draft)
    if budget["StartDate"] > budget["EndDate"]:
        raise Refusal(faults.Fault("2240", "Invalid Number Range", "StartDate is after EndDate.", "StartDate"))
    budget.setdefault("Name", f"Budget {budget['StartDate']}")
    budget["BudgetType"] = budget.get("BudgetType", "ProfitAndLoss")
    budget["BudgetEntryType"] = budget.get("BudgetEntryType", "Monthly")
    budget["Active"] = budget.get("Active", True)
    names.check_unique(write, ("Budget",), "Name", budget, DUPLICATE)
    budget["BudgetDetail"] = [_detail(write, one) for one in budget.get("BudgetDetail", [])]
    return budget


def _detail(write: Write, detail: Json) -> Json:
    for name in ("BudgetDate", "AccountRef"):
        if name not in detail:
            raise Refusal(faults.missing(f"BudgetDetail.{name}"))
    completed = {**detail, "Amount": money(detail.get("Amount", 0), "Amount")}
    completed["AccountRef"] = named(write.company, detail["AccountRef"], "Account")
    return completed | {
        key: named(write.company, detail[key], kind) for key, kind in REFERENCES.items() if key in detail
    }


KIND = Kind(
    name="Budget",
    sequence="budget",
    required=("StartDate", "EndDate"),
    order=("Name", "StartDate", "EndDate", "BudgetType", "BudgetEntryType", "Active", "BudgetDetail", *frame.FRAME),
    queryable=("Id", "Name", "StartDate", "EndDate", "BudgetType", "Active", *METADATA),
    kept=("Active", "BudgetType", "BudgetEntryType"),
    operations=TRANSACTION,
    complete=complete,
    name_field="Name",
    sort_field="Name",
)

"""Term: when an invoice is due (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, names
from connectors.quickbooks.sandbox.rules.amounts import number
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LIMITS = {
    "DueDays": (0, 999),
    "DiscountDays": (0, 999),
    "DayOfMonthDue": (1, 31),
    "DueNextMonthDays": (0, 999),
    "DiscountDayOfMonth": (0, 31),
    "DiscountPercent": (0, 100),
}
DUPLICATE = "Another term is already using this name. Please use a different name."


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute a term; raises `Refusal` 2020 without DueDays and DayOfMonthDue, 2240 out of range, 6240."""
    term = dict(draft)
    term["Active"] = term.get("Active", True)
    if "DueDays" not in term and "DayOfMonthDue" not in term:
        raise Refusal(faults.missing("DueDays"))
    for name, (least, most) in LIMITS.items():
        if name in term:
            term[name] = number(term[name], name)
            if not least <= term[name] <= most:
                raise Refusal(faults.Fault("2240", "Invalid Number Range", f"Min:{least} Max:{most} supported.", name))
    term["Type"] = "STANDARD" if "DueDays" in term else "DATE_DRIVEN"
    term["Name"] = names.marked(term["Name"], active=term["Active"])
    names.check_unique(write, ("Term",), "Name", term, DUPLICATE)
    return term


KIND = Kind(
    name="Term",
    sequence="term",
    required=("Name",),
    order=("Name", "Active", "Type", "DiscountPercent", "DueDays", "DiscountDays", *frame.FRAME),
    queryable=("Id", "Name", "Active", "Type", *METADATA),
    kept=("Active",),
    complete=complete,
    name_field="Name",
    sort_field="Name",
)

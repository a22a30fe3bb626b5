"""TimeActivity: hours that an employee or vendor worked, perhaps for a customer (qbo-facts 7: 6330 to 6390)."""

from __future__ import annotations

from datetime import datetime

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.amounts import number
from connectors.quickbooks.sandbox.rules.references import named
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Fault, Refusal

WORKERS = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}
STATES = {"Billable", "NotBillable", "HasBeenBilled"}
REFERENCES = {
    "EmployeeRef": "Employee",
    "VendorRef": "Vendor",
    "CustomerRef": "Customer",
    "ItemRef": "Item",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
}
ORDER = (
    "TxnDate",
    "NameOf",
    "EmployeeRef",
    "VendorRef",
    "CustomerRef",
    "DepartmentRef",
    "ClassRef",
    "ItemRef",
    "BillableStatus",
    "Taxable",
    "HourlyRate",
    "CostRate",
    "Hours",
    "Minutes",
    "BreakHours",
    "BreakMinutes",
    "StartTime",
    "EndTime",
    "Description",
    *frame.FRAME,
)
QUERYABLE = ("Id", "TxnDate", "EmployeeRef", "VendorRef", "CustomerRef", "ItemRef", "BillableStatus", *METADATA)


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute a time activity.

    Raises:
        Refusal: 2170 for NameOf or a state, 2020 without the worker or any time, 2500, 6310 when it is billable to
            nobody, 2060 when it ends before it starts.
    """
    activity = dict(draft)
    worker = WORKERS.get(activity["NameOf"])
    if worker is None:
        raise Refusal(faults.invalid_choice("NameOf", str(activity["NameOf"])))
    if worker not in activity:
        raise Refusal(faults.missing(worker))
    activity |= {key: named(write.company, activity[key], kind) for key, kind in REFERENCES.items() if key in activity}
    _complete_time(write, activity)
    for name in ("HourlyRate", "CostRate"):
        activity[name] = number(activity.get(name, 0), name)
    activity["Taxable"] = activity.get("Taxable", False)
    _complete_billing(activity)
    return activity


def _complete_time(write: Write, activity: Json) -> None:
    """Take the hours as sent, or from the start to the end."""
    if "StartTime" in activity and "EndTime" in activity:
        start, end = clock.moment(activity["StartTime"]), clock.moment(activity["EndTime"])
        if end < start:
            raise Refusal(faults.invalid_date("EndTime", activity["EndTime"]))
        activity.setdefault("TxnDate", start.date().isoformat())
        if "Hours" not in activity and "Minutes" not in activity:
            activity["Hours"], activity["Minutes"] = _span(start, end, activity)
    elif "Hours" not in activity and "Minutes" not in activity:
        raise Refusal(faults.missing("Hours"))
    activity.setdefault("TxnDate", clock.today(write.now))
    activity.setdefault("Hours", 0)
    activity.setdefault("Minutes", 0)
    if not 0 <= activity["Minutes"] <= 59 or not 0 <= activity["Hours"] <= 8760:
        raise Refusal(Fault("2240", "Invalid Number Range", "At most 8760 hours and 59 minutes.", "Hours"))


def _span(start: datetime, end: datetime, activity: Json) -> tuple[int, int]:
    """Return hours and minutes of a span without its break."""
    minutes = int((end - start).total_seconds()) // 60
    minutes -= int(activity.get("BreakHours", 0)) * 60 + int(activity.get("BreakMinutes", 0))
    return divmod(max(0, minutes), 60)


def _complete_billing(activity: Json) -> None:
    state = activity.setdefault("BillableStatus", "NotBillable")
    if state not in STATES:
        raise Refusal(Fault("6320", "Invalid BillableStatus", f"Invalid Enumeration : {state}", "BillableStatus"))
    if state == "Billable" and "CustomerRef" not in activity:
        text = "A billable time activity needs a customer."
        raise Refusal(Fault("6310", "Billable time activity without a customer", text, "CustomerRef"))


KIND = Kind(
    name="TimeActivity",
    sequence="time_activity",
    required=("NameOf",),
    order=ORDER,
    queryable=QUERYABLE,
    kept=("BillableStatus", "TxnDate"),
    operations=TRANSACTION,
    complete=complete,
)

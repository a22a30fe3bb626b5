"""DocNumber: given by QBO or by the client, and refused when it is used (qbo-facts section 3)."""

from __future__ import annotations

import re

from connectors.quickbooks.sandbox.books.store import Json, Row
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

SALES = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt")
SEQUENCES = {"Estimate": "estimate"}  # every other sales form takes its number from one sequence
SHOWN = {
    "CreditMemo": "Credit Memo",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund Receipt",
}
ALLOW_DUPLICATES = "allowduplicatedocnum"
FIRST = "1000"  # so that the first automatic number is 1001
TRAILING_DIGITS = re.compile(r"(\d+)\Z")


def following(number: str) -> str:
    """Return the number after this one: its trailing digits + 1, at the same width (unchanged without digits)."""
    found = TRAILING_DIGITS.search(number)
    if not found:
        return number
    return number[: found.start()] + str(int(found.group(1)) + 1).zfill(len(found.group(1)))


def number_sales_form(write: Write, kind: str, draft: Json, before: Json | None) -> None:
    """Give or check the DocNumber of a sales form; raises `Refusal` 6140 when it is used.

    Automatic numbers are the last entered number + 1 and are not checked; an update leaves the counter alone.
    """
    company = write.company
    if write.template:
        draft.pop("DocNumber", None)
        return
    sequence = SEQUENCES.get(kind, "sales")
    # AutoDocNumber asks for a number even where the company numbers its own documents (qbo-facts section 3).
    automatic = draft.pop("AutoDocNumber", False) is True or draft.get("DocNumber") == "AUTO_GENERATE"
    if automatic:
        draft.pop("DocNumber", None)
    if "DocNumber" in draft:
        if before is None or before.get("DocNumber") != draft["DocNumber"]:
            spanning = company.switches.span_types and kind in SALES
            _refuse_used(write, SALES if spanning else (kind,), draft)
    elif automatic or (before is None and not company.preference("SalesFormsPrefs", "CustomTxnNumbers")):
        draft["DocNumber"] = following(company.last_numbers.get(sequence, FIRST))
    if before is None and "DocNumber" in draft:
        company.last_numbers[sequence] = draft["DocNumber"]


def number_purchase(write: Write, draft: Json, before: Json | None) -> None:
    """Check the DocNumber of a purchase; raises `Refusal` 6140. Cash and card expenses share one space of numbers."""
    if draft["PaymentType"] == "Check":
        number_check(write, draft, before)
    elif _entered(draft, before):
        rows = _numbered(write, "Purchase", draft, "Check", other=True)
        _refuse_held(write, draft, [(row, "Expense") for row in rows])


def number_check(write: Write, draft: Json, before: Json | None) -> None:
    """Check a check's number; raises `Refusal` 6140 while WarnDuplicateCheckNumber is on.

    Checks written as expenses and as bill payments share one space of numbers; card payments have none (recorded).
    """
    if draft.get("PaymentType", draft.get("PayType")) != "Check" or not _entered(draft, before):
        return
    if write.company.other_preference("WarnDuplicateCheckNumber") == "true":
        held = [(row, "Check") for row in _numbered(write, "Purchase", draft, "Check")]
        paid = [(row, "Bill Payment (Check)") for row in _numbered(write, "BillPayment", draft, "Check")]
        _refuse_held(write, draft, [*held, *paid])


def number_bill(write: Write, draft: Json, before: Json | None) -> None:
    """Check a bill's number; raises `Refusal` 6140 while WarnDuplicateBillNumber is on."""
    if _entered(draft, before) and write.company.other_preference("WarnDuplicateBillNumber") == "true":
        rows = write.company.store.find("Bill", "DocNumber", draft["DocNumber"])
        _refuse_held(write, draft, [(row, "Bill") for row in rows])


def number_order(write: Write, draft: Json, before: Json | None) -> None:
    """Number a purchase order of its own sequence (recorded: 1004 to 1010); a full update without one clears it."""
    company = write.company
    custom = company.other_preference("VendorAndPurchasesPrefs.UseCustomTxnNumbers") == "true"
    if before is None and "DocNumber" not in draft and not custom:
        draft["DocNumber"] = following(company.last_numbers.get("purchase_order", FIRST))
    if before is None and "DocNumber" in draft:
        company.last_numbers["purchase_order"] = draft["DocNumber"]


def _entered(draft: Json, before: Json | None) -> bool:
    return "DocNumber" in draft and (before is None or before.get("DocNumber") != draft["DocNumber"])


def _numbered(write: Write, kind: str, draft: Json, how: str, *, other: bool = False) -> list[Row]:
    """Return the holders of a number that are paid in this way, or in any `other` one."""
    rows = write.company.store.find(kind, "DocNumber", draft["DocNumber"])
    return [row for row in rows if (row.data.get("PaymentType", row.data.get("PayType")) == how) != other]


def _refuse_held(write: Write, draft: Json, holders: list[tuple[Row, str]]) -> None:
    if ALLOW_DUPLICATES in write.include or write.company.switches.duplicates == "allow":
        return
    for row, shown in holders:
        if row.id != draft.get("Id"):
            raise Refusal(faults.duplicate_number(draft["DocNumber"], shown, row.id))


def number_journal(write: Write, draft: Json, before: Json | None) -> None:
    """Check the DocNumber of a journal entry, which never gets one by itself (recorded); raises `Refusal` 6140."""
    if _entered(draft, before) and write.company.other_preference("WarnDuplicateJournalNumber") == "true":
        rows = write.company.store.find("JournalEntry", "DocNumber", draft["DocNumber"])
        _refuse_held(write, draft, [(row, "Journal Entry") for row in rows])


def _refuse_used(write: Write, kinds: tuple[str, ...], draft: Json) -> None:
    duplicates = write.company.switches.duplicates
    custom = write.company.preference("SalesFormsPrefs", "CustomTxnNumbers")
    if ALLOW_DUPLICATES in write.include or duplicates == "allow" or (duplicates == "custom" and not custom):
        return
    for kind in kinds:
        for row in write.company.store.find(kind, "DocNumber", draft["DocNumber"]):
            if row.id != draft.get("Id"):
                raise Refusal(faults.duplicate_number(draft["DocNumber"], SHOWN.get(kind, kind), row.id))

"""DocNumber: given by QBO or by the client, and refused when it is used (qbo-facts section 3)."""

from __future__ import annotations

import re

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

SALES = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt")
SHOWN = {"CreditMemo": "Credit Memo", "SalesReceipt": "Sales Receipt", "RefundReceipt": "Refund Receipt"}
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
    # AutoDocNumber asks for a number even where the company numbers its own documents (qbo-facts section 3).
    automatic = draft.pop("AutoDocNumber", False) is True or draft.get("DocNumber") == "AUTO_GENERATE"
    if automatic:
        draft.pop("DocNumber", None)
    if "DocNumber" in draft:
        if before is None or before.get("DocNumber") != draft["DocNumber"]:
            _refuse_used(write, SALES if company.switches.span_types else (kind,), draft)
    elif automatic or (before is None and not company.preference("SalesFormsPrefs", "CustomTxnNumbers")):
        draft["DocNumber"] = following(company.last_numbers.get("sales", FIRST))
    if before is None and "DocNumber" in draft:
        company.last_numbers["sales"] = draft["DocNumber"]


def number_purchase(write: Write, draft: Json, before: Json | None) -> None:
    """Check the DocNumber of a purchase; raises `Refusal` 6140.

    Checks are compared with checks, and only when WarnDuplicateCheckNumber is on; cash and card expenses together.
    """
    if "DocNumber" not in draft or (before is not None and before.get("DocNumber") == draft["DocNumber"]):
        return
    check = draft["PaymentType"] == "Check"
    if check and write.company.other_preference("WarnDuplicateCheckNumber") != "true":
        return
    for row in write.company.store.find("Purchase", "DocNumber", draft["DocNumber"]):
        same_space = (row.data["PaymentType"] == "Check") == check
        if same_space and row.id != draft.get("Id") and ALLOW_DUPLICATES not in write.include:
            raise Refusal(faults.duplicate_number(draft["DocNumber"], "Check" if check else "Expense", row.id))


def _refuse_used(write: Write, kinds: tuple[str, ...], draft: Json) -> None:
    duplicates = write.company.switches.duplicates
    custom = write.company.preference("SalesFormsPrefs", "CustomTxnNumbers")
    if ALLOW_DUPLICATES in write.include or duplicates == "allow" or (duplicates == "custom" and not custom):
        return
    for kind in kinds:
        for row in write.company.store.find(kind, "DocNumber", draft["DocNumber"]):
            if row.id != draft.get("Id"):
                raise Refusal(faults.duplicate_number(draft["DocNumber"], SHOWN.get(kind, kind), row.id))

"""CompanyCurrency: a foreign currency the company uses; only where several currencies are switched on."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import currencies, currency, frame
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DUPLICATE = "Another currency is already using this name. Please use a different name."


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a currency.

    Raises:
        Refusal: 6000 where there is only one currency, 2220 for an unknown code, 6240 for one listed already.
    """
    if not write.company.multi_currency:
        raise Refusal(faults.business(currency.OFF))
    code = str(before["Code"] if before else draft["Code"])
    currency.check_code(code)
    listed = [row.id for row in write.company.store.find("CompanyCurrency", "Code", code)]
    if code == write.company.home_currency or any(id_ != draft.get("Id") for id_ in listed):
        raise Refusal(faults.duplicate_name(DUPLICATE))
    name = draft.get("Name") or currencies.name_of(code)
    custom = draft.get("CustomField", [])
    return {"Code": code, "Name": name, "Active": draft.get("Active", True), "CustomField": custom}


KIND = Kind(
    name="CompanyCurrency",
    sequence="company_currency",
    required=("Code",),
    order=("Code", "Name", "Active", *frame.FRAME, "CustomField"),
    queryable=("Id", "Code", "Name", "Active", *METADATA),
    kept=("Active", "Name", "Code"),
    complete=complete,
    name_field="Name",
    sort_field="Code",
)

"""JournalCode: the journals of French companies; a short name and a sort."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, names
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

SORTS = ("Expenses", "Sales", "Bank", "Nouveaux", "Wages", "Cash", "Others")
DUPLICATE = "Another journal code is already using this name. Please use a different name."


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute a journal code; raises `Refusal` 2050 for its length, 2170 for its type, 6240."""
    code = dict(draft)
    if not 2 <= len(code["Name"]) <= 20:  # documented: 2 to 20 characters
        raise Refusal(faults.wrong_length("Name", 2, 20, len(code["Name"])))
    code.setdefault("Type", "Others")
    if code["Type"] not in SORTS:
        raise Refusal(faults.invalid_choice("Type", str(code["Type"])))
    code["Active"] = code.get("Active", True)
    names.check_unique(write, ("JournalCode",), "Name", code, DUPLICATE)
    return code


KIND = Kind(
    name="JournalCode",
    sequence="journal_code",
    required=("Name",),
    order=("Name", "Type", "Description", "Active", *frame.FRAME),
    queryable=("Id", "Name", "Type", "Active", *METADATA),
    kept=("Active", "Type"),
    complete=complete,
    name_field="Name",
    sort_field="Name",
)

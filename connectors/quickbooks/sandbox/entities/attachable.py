"""Attachable: a note or a file, alone or attached to documents and names (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.papers import links
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

ORDER = (
    "AttachableRef",
    "FileName",
    "FileAccessUri",
    "TempDownloadUri",
    "Size",
    "ContentType",
    "Category",
    "Lat",
    "Long",
    "PlaceName",
    "Note",
    "Tag",
    "ThumbnailFileAccessUri",
    "ThumbnailTempDownloadUri",
    *frame.FRAME,
)
KEPT = ("FileName", "FileAccessUri", "Size", "ContentType", "ThumbnailFileAccessUri")
CATEGORIES = {"Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"}


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Complete a note or a file; raises `Refusal` 2020 with neither, 2170 for a category, 6000 for a missing target."""
    attachable = dict(draft)
    if "FileName" not in attachable and "Note" not in attachable:
        raise Refusal(faults.missing("FileName"))
    if attachable.get("Category", "Other") not in CATEGORIES:
        raise Refusal(faults.invalid_choice("Category", str(attachable["Category"])))
    for reference in attachable.get("AttachableRef", []):
        _check_target(write.company, reference.get("EntityRef"))
    attachable |= {name: before[name] for name in KEPT if name in before and name != "FileName"} if before else {}
    return attachable


def _check_target(company: Company, reference: Json | None) -> None:
    """Raises `Refusal` 6000 with the recorded text when the document to attach to is not there."""
    if not reference:
        return
    wanted, id_ = str(reference.get("type", "")), str(reference.get("value", ""))
    kind = next((name for name in company.store.kinds() if name.lower() == wanted.lower()), None)
    if kind is None or company.get(kind, id_) is None:
        raise Refusal(faults.business(f"The entity {wanted} {id_} that you are trying to link does not exist."))


KIND = Kind(
    name="Attachable",
    sequence="attachable",
    order=ORDER,
    queryable=(
        "Id",
        "FileName",
        "Note",
        "Category",
        "ContentType",
        "PlaceName",
        "Size",
        "Tag",
        "AttachableRef.EntityRef.Type",
        "AttachableRef.EntityRef.value",
        *METADATA,
    ),
    kept=KEPT,
    operations=TRANSACTION,
    complete=complete,
    unlocked=True,
    present=links.present,
)

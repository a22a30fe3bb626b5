"""Department: see `rules/tracks`."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.tracks import complete_track


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    return complete_track(write, "Department", draft)


KIND = Kind(
    name="Department",
    sequence="department",
    required=("Name",),
    order=("Name", "SubDepartment", "ParentRef", "FullyQualifiedName", "Active", *frame.FRAME),
    queryable=("Id", "Name", "SubDepartment", "ParentRef", "FullyQualifiedName", "Active", *METADATA),
    kept=("Active",),
    complete=complete,
    name_field="Name",
    sort_field="FullyQualifiedName",
)

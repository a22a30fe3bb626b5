"""Class: see `rules/tracks`."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.tracks import complete_track


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    return complete_track(write, "Class", draft)


KIND = Kind(
    name="Class",
    sequence="class",
    required=("Name",),
    order=("Name", "SubClass", "ParentRef", "FullyQualifiedName", "Active", *frame.FRAME),
    queryable=("Id", "Name", "SubClass", "ParentRef", "FullyQualifiedName", "Active", *METADATA),
    kept=("Active",),
    complete=complete,
    name_field="Name",
    sort_field="FullyQualifiedName",
)

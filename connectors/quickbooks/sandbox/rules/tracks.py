"""Classes and departments: names by which documents are told apart, one below another (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import names

DUPLICATE = "Another {noun} is already using this name. Please use a different name."


def complete_track(write: Write, kind: str, draft: Json) -> Json:
    """Compute a class or department; raises `Refusal` 2040, 2500, 900 or 6240."""
    track = dict(draft)
    track["Active"] = track.get("Active", True)
    bare = track["Name"].removesuffix(names.DELETED)
    names.check_characters("Name", bare)
    track["Name"] = names.marked(bare, active=track["Active"])
    track["Sub" + kind] = "ParentRef" in track
    if track["Sub" + kind]:
        parent = names.parent_of(write, kind, track)
        track["ParentRef"] = {"value": parent["Id"], "name": parent["FullyQualifiedName"]}
    names.check_unique(write, (kind,), "Name", track, DUPLICATE.format(noun=kind.lower()))
    track["FullyQualifiedName"] = names.qualified(write, kind, track, track["Name"])
    return track

"""Names of list entities: unique, without colons, tabs and line breaks, and freed when their holder is inactive."""

from __future__ import annotations

from hashlib import sha256

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules.references import target
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DELETED = " (deleted)"
NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
PERSONS = ("Customer", "Vendor", "Employee")


def check_characters(field: str, name: str, forbidden: str = ":\t\n") -> None:
    """Raises `Refusal` 2040 for a character that QuickBooks keeps for itself."""
    if any(character in name for character in forbidden):
        raise Refusal(faults.invalid_text(field, name))


def marked(name: str, *, active: bool) -> str:
    """Return the name as it reads back: inactive ones end in " (deleted)" (recorded: "Fees Billed (deleted)")."""
    bare = name.removesuffix(DELETED)
    return bare if active else bare + DELETED


def check_unique(write: Write, kinds: tuple[str, ...], field: str, draft: Json, text: str) -> None:
    """Raises `Refusal` 6240 when another object of these kinds, under the same parent, holds the name."""
    parent = draft.get("ParentRef", {}).get("value")
    for kind in kinds:
        for row in write.company.store.find(kind, field, draft[field]):
            if row.id != draft.get("Id") and row.data.get("ParentRef", {}).get("value") == parent:
                raise Refusal(faults.duplicate_name(text))


def complete_person(write: Write, draft: Json, duplicate: str) -> None:
    """Fill DisplayName and PrintOnCheckName of a customer or vendor and check the shared name space.

    Raises:
        Refusal: 6080 without any name, 2040 for a forbidden character, 6240 for a name in use.
    """
    parts = " ".join(draft[part] for part in NAME_PARTS if draft.get(part))
    # An employee's CompanyName is not documented, so that it is not read as a text.
    name = str(draft.get("DisplayName") or parts or draft.get("CompanyName", ""))
    if not name:
        raise Refusal(faults.no_name())
    check_characters("DisplayName", name)
    draft["DisplayName"] = marked(name, active=draft["Active"])
    draft.setdefault("PrintOnCheckName", str(draft.get("CompanyName") or parts or name))
    rest = {key: value for key, value in draft.items() if key != "ParentRef"}
    for kind in PERSONS:
        for row in write.company.store.find(kind, "DisplayName", rest["DisplayName"]):
            if row.id != rest.get("Id"):
                raise Refusal(faults.duplicate_name(duplicate))


def pseudonym(write: Write, person: Json) -> str:
    """Return a V4IDPseudonym of the recorded form: 002098 and 32 hexadecimal digits."""
    seed = f"{write.company.realm}/{write.now.isoformat()}/{person['DisplayName']}"
    return "002098" + sha256(seed.encode()).hexdigest()[:32]


def parent_of(write: Write, kind: str, draft: Json) -> Json:
    """Return the parent an object names; raises `Refusal` 2500, or 900 when it would be its own ancestor."""
    _, parent = target(write.company, draft["ParentRef"], kind)
    above: Json | None = parent
    while above is not None:
        if above["Id"] == draft.get("Id"):
            raise Refusal(faults.Fault("900", "Parent cannot be child", f"Parent cannot be child : {above['Id']}"))
        above = write.company.get(kind, above.get("ParentRef", {}).get("value"))
    return parent


def qualified(write: Write, kind: str, draft: Json, name: str) -> str:
    """Return `Parent:Child`, the name with all its parents before it."""
    parent = write.company.get(kind, draft.get("ParentRef", {}).get("value"))
    return f"{parent['FullyQualifiedName']}:{name}" if parent else name


def level(write: Write, kind: str, draft: Json) -> int:
    """Return how many parents an object has."""
    parent = write.company.get(kind, draft.get("ParentRef", {}).get("value"))
    return 1 + level(write, kind, parent) if parent else 0

"""A company as plain JSON values: for its file, for a dump that another sandbox loads, for a seed of one's own."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from connectors.quickbooks.sandbox.books.booking import Post, rebook
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Tombstone
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.books.tracked import Tracked

# Kept elsewhere (large), derived (the ledger), or of this moment only (news, the address).
APART = ("realm", "store", "ledger", "replies", "files", "news", "address")
KEPT = tuple(one.name for one in fields(Company) if one.name not in APART)


def particulars(company: Company) -> Json:
    """Return every small part of a company: counters, last numbers, switches and whatever else its class has."""
    return {name: _plain(getattr(company, name)) for name in KEPT}


def build(realm: str, values: Mapping[str, Any]) -> Company:
    """Make a company without objects from its particulars; raises `ValueError` for values that no company has."""
    known = {name: value for name, value in values.items() if name in KEPT}
    switches = {one.name for one in fields(Switches)}
    chosen = {name: value for name, value in known.pop("switches", {}).items() if name in switches}
    return Company(realm, known.pop("seed"), switches=Switches(**chosen), **known)


def dump(company: Company) -> Json:
    """Return a company whole, its request ids and files included."""
    rows = sorted(
        (row for kind in company.store.kinds() for row in company.store.rows(kind)), key=lambda row: row.changed
    )
    return {
        "realm": company.realm,
        "company": particulars(company),
        "objects": [{"kind": row.kind, "object": row.data} for row in rows],
        "deleted": [asdict(one) for one in company.store.tombstones()],
        "replies": dict(company.replies),
        "files": {name: base64.b64encode(content).decode() for name, content in company.files.items()},
    }


def load(realm: str, dumped: Mapping[str, Any], posts: Mapping[str, Post]) -> Company:
    """Make a company from a dump, under any realm; raises `ValueError`, `KeyError` or `TypeError` for another text."""
    made = build(realm, dumped["company"])
    for place, row in enumerate(dumped["objects"], 1):
        made.store.restore(row["kind"], row["object"], place)
    made.store.restore_deleted(Tombstone(**one) for one in dumped["deleted"])
    made.replies = Tracked(dumped["replies"])
    made.files = Tracked({name: base64.b64decode(text) for name, text in dumped["files"].items()})
    rebook(made, posts)
    return made


def _plain(value: Any) -> Any:
    return dict(vars(value)) if isinstance(value, Switches) else value

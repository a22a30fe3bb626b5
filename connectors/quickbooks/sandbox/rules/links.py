"""LinkedTxn of a whole document: kept by QBO itself, shown right before the lines, absent without links.

An invoice alone shows an empty list; its sources (estimate, time, charges) stand before its payments, the newest
payment first (recorded: invoices_2026).
"""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json

SETTLING = ("Payment", "CreditMemo")


def keep(form: Json, before: Json | None) -> None:
    """Keep the links a document has; what the client sends as LinkedTxn cannot change them."""
    form.pop("LinkedTxn", None)
    if before is not None and before.get("LinkedTxn"):
        form["LinkedTxn"] = before["LinkedTxn"]


def show(form: Json, links: list[Json]) -> None:
    """Give a document these links before it is stored; without any the member is absent."""
    form.pop("LinkedTxn", None)
    if links:
        form["LinkedTxn"] = links


def linked(data: Json, txn_type: str) -> list[str]:
    """Return the Ids of the transactions of a type that a document shows."""
    return [str(link["TxnId"]) for link in data.get("LinkedTxn", ()) if link.get("TxnType") == txn_type]


def with_link(data: Json, txn_type: str, id_: str, *, present: bool) -> list[Json]:
    """Return a document's links with this one present or absent."""
    link = {"TxnId": id_, "TxnType": txn_type}
    others = [one for one in data.get("LinkedTxn", ()) if one != link]
    if not present:
        return others
    sources = [one for one in others if one["TxnType"] not in SETTLING]
    return [*sources, link, *(one for one in others if one["TxnType"] in SETTLING)]


def put(company: Company, kind: str, data: Json, links: list[Json]) -> None:
    """Store a document with these links."""
    rest = {name: value for name, value in data.items() if name != "LinkedTxn"}
    company.put(kind, _inserted(rest, links) if links or kind == "Invoice" else rest)


def _inserted(data: Json, links: list[Json]) -> Json:
    shown: Json = {}
    for name, value in data.items():
        if name == "Line":
            shown["LinkedTxn"] = links
        shown[name] = value
    return {**shown, "LinkedTxn": links}

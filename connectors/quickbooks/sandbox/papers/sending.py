"""A document sent by e-mail: nothing leaves this machine, but QuickBooks' marks are set (qbo-facts 2.4)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.api.operations import read
from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

SENDABLE = {"Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt", "PurchaseOrder", "Payment"}
ADDRESS = {"PurchaseOrder": "POEmail"}


def send(asked: Asked, kind: Kind, id_: str) -> tuple[int, Json]:
    """Mark a document as sent; raises `Refusal` 500, 610, 6190, 2210, or 6420 without any address."""
    if kind.name not in SENDABLE:
        raise asked.unsupported()
    before = read(asked.company, kind, id_)
    if not asked.company.writable:
        raise Refusal(faults.subscription_ended())
    field = ADDRESS.get(kind.name, "BillEmail")
    wanted = asked.request.query.get("sendTo", "")
    address = wanted or before.get(field, {}).get("Address", "")
    if not address:
        raise Refusal(faults.Fault("6420", "Email address is required", "Email address is required", field))
    if "@" not in address or "." not in address:
        raise Refusal(faults.invalid_email(address))
    return 200, {kind.wrapper: _marked(asked, kind, before, field, address)}


def _marked(asked: Asked, kind: Kind, before: Json, field: str, address: str) -> Json:
    company = asked.company
    company.news.append(Change(kind.name, before["Id"], "Emailed", asked.now))
    company.sent.append({"time": clock.stamp(asked.now), "kind": kind.name, "id": before["Id"], "to": address})
    if kind.name == "Payment":
        return before  # a payment shows no sign of having been sent
    marks: Json = {"EmailStatus": "EmailSent", field: {**before.get(field, {}), "Address": address}}
    if kind.name != "PurchaseOrder":
        marks["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": clock.stamp(asked.now)}
    after = frame.ordered({**frame.touched(before, asked.now, token=True), **marks}, kind.order)
    company.put(kind.name, after)
    return _older(after)


def _older(form: Json) -> Json:
    """Return a form as this one call still answers it: without the members of 2025 (recorded: send_invoice_2026)."""
    shown = {name: value for name, value in form.items() if name not in ("FreeFormAddress", "ShipFromAddr")}
    shown["MetaData"] = {name: value for name, value in form["MetaData"].items() if name != "LastModifiedByRef"}
    if "Line" in form:
        shown["Line"] = [_older_line(line) for line in form["Line"]]
    return shown


def _older_line(line: Json) -> Json:
    detail = line.get("SalesItemLineDetail")
    if not isinstance(detail, dict):
        return line
    return {**line, "SalesItemLineDetail": {name: detail[name] for name in detail if name != "ItemAccountRef"}}

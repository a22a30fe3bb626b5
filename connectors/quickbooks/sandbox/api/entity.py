"""One entity asked for: /invoice, /invoice/{id}, and what hangs on a document (/invoice/{id}/pdf)."""

from __future__ import annotations

from collections.abc import Callable

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api import replay
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.api.calls import includes
from connectors.quickbooks.sandbox.api.operations import read, write_object
from connectors.quickbooks.sandbox.api.replay import RequestId
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, View, Write, as_sent, shown
from connectors.quickbooks.sandbox.messages import Response
from connectors.quickbooks.sandbox.papers import sending
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Attached = Callable[[Asked, Kind, str], tuple[int, Json] | Response]
SINGLE = "single"  # the sequence of entities of which a company has one: Preferences, CompanyInfo


def _pdf(asked: Asked, kind: Kind, id_: str) -> Response:
    # The drawing library takes a third of a second to load, and few clients ask for it.
    from connectors.quickbooks.sandbox.papers import pdf  # noqa: PLC0415

    return pdf.document(asked, kind, id_)


ATTACHED: dict[tuple[str, str], Attached] = {("GET", "pdf"): _pdf, ("POST", "send"): sending.send}


def answer(asked: Asked, kind: Kind) -> tuple[int, Json] | Response:
    """Answer a read or a write; raises `Refusal` 500 for a path or verb that the entity does not have."""
    id_, _, attached = asked.call.rest.removeprefix("/").partition("/")
    if attached:
        handler = ATTACHED.get((asked.request.method, attached))
        if handler is None:
            raise asked.unsupported()
        return handler(asked, kind, id_)
    if asked.request.method == "GET":
        return 200, {kind.wrapper: _shown(asked, kind, _read(asked, kind, id_), "read")}
    if asked.request.method == "POST" and not id_:
        return _write(asked, kind)
    raise asked.unsupported()


def _read(asked: Asked, kind: Kind, id_: str) -> Json:
    if kind.sequence == SINGLE and id_ in ("", asked.company.realm):
        id_ = "1"
    if not id_:
        raise asked.unsupported()
    return read(asked.company, kind, id_)


def _write(asked: Asked, kind: Kind) -> tuple[int, Json]:
    def run() -> tuple[int, Json]:
        time = clock.envelope_time(asked.now)
        try:
            write = Write(asked.company, asked.now, includes(asked.request))
            written = write_object(write, kind, _operation(asked, kind), asked.body)
        except Refusal as refusal:
            if not refusal.timed:
                raise
            return 400, {**refusal.body(), "time": time}
        return 200, {kind.wrapper: _shown(asked, kind, written, "written"), "time": time}

    request_id = asked.request.query.get("requestid", "")
    sent = f"{asked.request.path} {asked.call.operation} {asked.request.body!r}" if request_id else ""
    return replay.once(asked.company, RequestId(request_id, sent, asked.now), run)


def _shown(asked: Asked, kind: Kind, data: Json, view: View) -> Json:
    if "status" in data:
        return data
    present = data if kind.present is None else kind.present(asked.company, data, asked.now, includes(asked.request))
    return shown(kind, present, view)


def _operation(asked: Asked, kind: Kind) -> str:
    """Return the write asked for; an entity that is never created (Preferences) is updated without an Id."""
    operation = asked.call.operation
    if kind.unwrap is not as_sent and operation in ("create", "update"):
        operation = "update" if kind.unwrap(asked.body).get("Id") else "create"
    if operation not in ("create", "update", "delete", "void"):
        raise Refusal(faults.unsupported_operation(operation))
    return "update" if operation == "create" and kind.sequence == SINGLE else operation

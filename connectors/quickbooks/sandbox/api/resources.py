"""What stands after /v3/company/{realm}/: every resource and who answers it. All other names are entities."""

from __future__ import annotations

from connectors.quickbooks.sandbox.api import batch, entity
from connectors.quickbooks.sandbox.api.asked import Asked, Resource
from connectors.quickbooks.sandbox.api.calls import statement
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.registry import BY_PATH
from connectors.quickbooks.sandbox.messages import Response
from connectors.quickbooks.sandbox.papers import files
from connectors.quickbooks.sandbox.query import select


def dispatch(asked: Asked) -> tuple[int, Json] | Response:
    """Answer a call; raises `Refusal` 500 for a path that no resource has (recorded: 400, not 404)."""
    resource = RESOURCES.get(asked.call.resource)
    if resource is not None:
        return resource(asked)
    kind = BY_PATH.get(asked.call.resource)
    if kind is None:
        raise asked.unsupported()
    return entity.answer(asked, kind)


def _query(asked: Asked) -> tuple[int, Json]:
    if asked.call.rest:
        raise asked.unsupported()
    return 200, {"QueryResponse": select.run(asked.company, statement(asked.request), asked.now)}


def _batch(asked: Asked) -> tuple[int, Json]:
    if asked.call.rest or asked.request.method != "POST":
        raise asked.unsupported()
    request_id = asked.request.query.get("requestid", "")
    return 200, {"BatchItemResponse": batch.run(asked.company, asked.body, request_id, asked.now)}


RESOURCES: dict[str, Resource] = {
    "batch": _batch,
    "download": files.download,
    "query": _query,
    "upload": files.upload,
}

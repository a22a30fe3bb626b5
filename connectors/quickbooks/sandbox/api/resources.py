"""What stands after /v3/company/{realm}/: every resource and who answers it. All other names are entities."""

from __future__ import annotations

from connectors.quickbooks.sandbox.api import batch, cdc, entity, exchange_rates, tax_service
from connectors.quickbooks.sandbox.api.asked import Asked, Resource
from connectors.quickbooks.sandbox.api.calls import includes, statement
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.registry import BY_PATH
from connectors.quickbooks.sandbox.messages import Response
from connectors.quickbooks.sandbox.papers import files
from connectors.quickbooks.sandbox.query import select
from connectors.quickbooks.sandbox.reports import registry as reports


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
    return 200, {
        "QueryResponse": select.run(asked.company, statement(asked.request), asked.now, includes(asked.request))
    }


RESOURCES: dict[str, Resource] = {
    "batch": batch.answer,
    "cdc": cdc.answer,
    "download": files.download,
    "exchangerate": exchange_rates.answer,
    "query": _query,
    "taxservice": tax_service.answer,
    "reports": reports.answer,
    "upload": files.upload,
}

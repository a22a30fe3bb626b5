"""QuickBooks tells us that something changed: kept, answered at once, taken in by the ordinary tick."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from errors.language import _
from worker.api import telling
from worker.api.desk import Counter
from worker.api.entrance import MayHear, Shared
from worker.api.problems import NotSoError, documented
from worker.api.shapes import WebhookEvent
from worker.api.telling import NotUnderstoodError
from worker.state import news, wishes
from worker.state.database import reading
from worker.state.news import Event

BY = "(webhook)"
SIGNATURE = "intuit-signature"

router = APIRouter()
_log = structlog.get_logger("cuadre.webhooks")

SENT = {
    "requestBody": {
        "required": True,
        "description": "CloudEvents, or the older eventNotifications (docs/webhooks.md).",
        "content": {"application/json": {"schema": {"oneOf": [{"type": "array"}, {"type": "object"}]}}},
    },
    "parameters": [
        {
            "name": SIGNATURE,
            "in": "header",
            "required": True,
            "description": "base64(HMAC-SHA256(verifier token, raw body))",
            "schema": {"type": "string"},
        }
    ],
}


@router.post(
    "/webhooks/quickbooks",
    summary="Where Intuit sends its webhooks",
    tags=["webhooks"],
    responses=documented(400, 401, 404, 413),
    openapi_extra=SENT,
    response_class=Response,
    response_description="Kept",
)
async def receive(request: Request, counter: Shared) -> Response:
    """Kept before it is answered. What was told before, or is about companies that we do not have, changes nothing."""
    tokens = counter.desk.config.webhooks.verifier_token.get_secret_value().split()
    if not tokens:
        raise NotSoError(404, "not-found", _("webhooks.verifier_token is not configured."))
    body = await request.body()
    if not telling.genuine(body, request.headers.get(SIGNATURE, ""), tokens):
        raise NotSoError(401, "unauthorized", _("The signature does not fit the body and the verifier token."))
    try:
        events, strange = telling.read(body)
    except NotUnderstoodError as error:
        raise NotSoError(400, "bad-request", _("It is no webhook of QuickBooks.")) from error
    if strange:
        _log.warning("events not understood", count=strange)
    await run_in_threadpool(_keep, counter, events)
    return Response(status_code=200)


@router.get(
    "/api/v1/webhooks/events",
    summary="What QuickBooks told us, the latest first",
    tags=["webhooks"],
    responses=documented(401, 403, 422, 429),
)
def events(
    counter: Shared,
    _key: MayHear,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[WebhookEvent]:
    with reading(counter.desk.engine) as connection:
        rows = news.latest(connection, limit, offset)
    return [WebhookEvent.model_validate(dict(row)) for row in rows]


def _keep(counter: Counter, told: list[Event]) -> None:
    now = counter.desk.clock.now()
    with counter.desk.engine.begin() as connection:
        companies = news.companies_of(connection, {event.realm_id for event in told})
        new = news.keep(connection, [event for event in told if event.realm_id in companies], now)
        for realm in {event.realm_id for event in new}:
            for company in companies[realm]:
                wishes.want(connection, company, by=BY, now=now)
    unknown = len([event for event in told if event.realm_id not in companies])
    _log.info("webhook", events=len(told), new=len(new), unknown_realms=unknown)

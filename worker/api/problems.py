"""Every answer that is no success: RFC 9457 problem+json, with sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from errors.kinds import Verb
from errors.language import _, fix, say, sentence
from errors.problem import Problem, ProblemError

MEDIA_TYPE = "application/problem+json"
MOST_SHOWN = 20  # mistakes of one request
SOON = 30  # seconds

_log = structlog.get_logger("cuadre.api")


class Mistake(BaseModel):
    """One part of the request that is not as it must be."""

    where: str = Field(examples=["query.limit"])
    detail: str = Field(examples=["at most 200"])


class RefusedError(BaseModel):
    """One error for which the order cannot be."""

    id: int | None
    reason: str = Field(examples=["It is skipped; unskip it first."])


class ProblemDetails(BaseModel):
    """Why a request was not fulfilled (RFC 9457). `type` is for programs, `title` and `detail` for people."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    type: str = Field(examples=["urn:cuadre:problem:not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(default="", examples=["There is no error 17 here."])
    mistakes: list[Mistake] = Field(default=[], description="Which parts of the request are wrong.")
    refused: list[RefusedError] = Field(default=[], description="For which errors the order cannot be.")
    kind: str = Field(default="", description="What keeps QuickBooks from answering: a kind of docs/errors.md.")
    fix: str = Field(default="", description="What a person can do about it.")


class NotSoError(Exception):
    """A request that cannot be fulfilled; `more` goes into the answer."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers, self.more = status, code, detail, headers or {}, more


def titles() -> Mapping[str, str]:
    """What each kind of refusal is called."""
    return {
        "bad-request": _("The request is not understood"),
        "unauthorized": _("A valid API key is needed"),
        "forbidden": _("This API key may not do that"),
        "not-found": _("Not found"),
        "method-not-allowed": _("This cannot be done here"),
        "conflict": _("It cannot be done now"),
        "too-large": _("The request is too large"),
        "unsupported-media-type": _("The request must be JSON"),
        "invalid": _("Parts of the request are not valid"),
        "too-many-requests": _("Too many requests"),
        "failed": _("Something went wrong here"),
        "unavailable": _("It cannot be answered at the moment"),
    }


CODES = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    500: "failed",
    503: "unavailable",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These answers, for the description of the API; 500 and 503 are possible everywhere."""
    words = {401: "No valid API key", 403: "The key lacks the scope", 404: "Not found", 409: "It cannot be done now"}
    words |= {400: "Not understood", 413: "Too large", 422: "Parts are not valid", 429: "Too many requests"}
    words |= {405: "Not here", 415: "Not JSON", 500: "It failed here; the log says why", 503: "Not at the moment"}
    wait = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {
        status: {
            "description": words[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
            **({"headers": wait} if status in {429, 503} else {}),
        }
        for status in (*statuses, 500, 503)
    }


def answer(
    status: int, code: str = "", detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    code = code or CODES.get(status, "failed" if status >= 500 else "bad-request")
    body = {
        "type": f"urn:cuadre:problem:{code}",
        "title": titles()[code],
        "status": status,
        "detail": detail,
        **more,
    }
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Whatever goes wrong behind this application becomes an answer of this shape."""
    app.add_exception_handler(NotSoError, _not_so)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ProblemError, _moment)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(Exception, _failed)


def _not_so(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NotSoError)
    return answer(error.status, error.code, error.detail, error.headers, **error.more)


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(error.status_code, headers=error.headers)


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    mistakes = [
        {"where": ".".join(str(part)[:100] for part in each["loc"]), "detail": _mistake(each)}
        for each in error.errors()[:MOST_SHOWN]
    ]
    unreadable = any(each["type"] == "json_invalid" for each in error.errors())
    status = 400 if unreadable else 422
    return answer(status, detail=_("See which parts under mistakes."), mistakes=mistakes)


def _moment(_request: Request, error: Exception) -> JSONResponse:
    """QuickBooks or the local books cannot be asked now; a problem that a person must mend is no moment."""
    assert isinstance(error, ProblemError)
    return of_problem(error.problem)


def of_problem(problem: Problem) -> JSONResponse:
    passing = problem.verb in {Verb.WAIT, Verb.RETRY}
    headers = {"Retry-After": str(SOON)} if passing else {}
    more = {"kind": problem.kind.code, "fix": fix(problem)}
    return answer(503 if passing else 409, detail=sentence(problem), headers=headers, **more)


def _database(request: Request, error: Exception) -> JSONResponse:
    _log.error("state database", path=request.url.path, detail=str(error))
    if isinstance(error, OperationalError):
        return answer(503, detail=_("The state database does not answer"), headers={"Retry-After": str(SOON)})
    return answer(500, detail=_("The log of the service says what."))


def _failed(request: Request, error: Exception) -> JSONResponse:
    _log.error("request failed", path=request.url.path, exc_info=error)
    return answer(500, detail=_("The log of the service says what."))


def _mistake(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors in our words; what was sent is not repeated."""
    kind, context = str(error["type"]), error.get("ctx", {})
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "string_too_long": "max_length"}
    limits |= {"string_too_short": "min_length", "too_long": "max_length", "too_short": "min_length"}
    if kind == "missing":
        return _("missing")
    if kind == "extra_forbidden":
        return _("unknown; see the description of this call")
    if kind in {"enum", "literal_error"}:
        return say("one of: {values}", values=str(context.get("expected", "")).replace("'", ""))
    if kind in limits:
        limit = str(context.get(limits[kind], ""))
        least = kind.startswith("greater") or kind.endswith("short")
        return say("at least {limit}", limit=limit) if least else say("at most {limit}", limit=limit)
    return _("not valid; see the description of this call")

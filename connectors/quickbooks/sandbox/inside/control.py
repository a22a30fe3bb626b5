"""The control API under /sandbox/: look inside, make companies, set preferences, move the clock, order trouble.

It answers JSON (and a page, for a browser), and asks for no token; nothing like it exists at Intuit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.inside import companies, happenings, page
from connectors.quickbooks.sandbox.inside.route import Asked, Route
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.webhooks import control as webhooks
from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

ROOT = "/sandbox"


def answer(sandbox: Sandbox, request: Request) -> Response:
    """Answer a control request: 400 with a sentence for a wrong value, 404 for an unknown path or company."""
    path = request.path.rstrip("/")
    if path in ("", ROOT) and request.method == "GET" and page.wanted(request):
        return page.answer(sandbox, request)
    try:
        return _json(200, _answered(sandbox, request, path, _body(request)))
    except LookupError as error:
        return _json(404, {"error": f"not found: {error.args[0] if error.args else request.path}"})
    except (ValueError, TypeError, RecursionError) as error:
        return _json(400, {"error": str(error)})


def _answered(sandbox: Sandbox, request: Request, path: str, body: Json) -> Any:
    for route in ROUTES:
        named = route.names(request.method, path)
        if named is not None:
            return route.answer(Asked(sandbox, named, request.query, body))
    raise LookupError(f"{request.method} {request.path}")


def _help(_asked: Asked) -> Json:
    return {"routes": [route.help() for route in ROUTES]}


def _body(request: Request) -> Json:
    body = request.json if request.body else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - a wrong value, not a wrong type of ours
    return body


def _json(status: int, body: Any) -> Response:
    return Response(status, {"Content-Type": "application/json;charset=utf-8"}, jsontext.dumps(body).encode())


ROUTES = (Route("GET", f"{ROOT}/help", "This list.", _help), *happenings.ROUTES, *companies.ROUTES, *webhooks.ROUTES)

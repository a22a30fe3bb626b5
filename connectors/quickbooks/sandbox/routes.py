"""Which part of the sandbox answers a path: the accounting API, the sign-in, or the control API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox.api import company_api
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.inside import control, page
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.papers import files
from connectors.quickbooks.sandbox.signin import oauth
from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox


def answer(sandbox: Sandbox, request: Request, call: Call) -> Response:
    """Answer a request; 404 where Intuit's gateway would not know the route either."""
    if call.realm:
        return company_api.answer(sandbox, request, call)
    if request.path.startswith("/sandbox") or (request.path == "/" and page.wanted(request)):
        return control.answer(sandbox, request)
    file = files.content(sandbox, request)
    if file is not None:
        return file
    signed_in = oauth.answer(sandbox, request)
    if signed_in is not None:
        return signed_in
    return Response(404, {"Content-Type": "application/json"}, jsontext.dumps({"error": "not found"}).encode())

"""JSON or XML: what an answer shall be written in.

XML is the answer for `Accept: */*` and for none, as at Intuit; a JSON client says `application/json`.
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.wire import jsontext, xmltext

JSON_TYPE = "application/json"
XML_TYPE = "application/xml"
CHARSET = ";charset=utf-8"


def wants_xml(request: Request) -> bool:
    """Say whether the answer is XML; a format in the query string wins over the header."""
    asked = request.query.get("format", "").lower() or request.header("Accept").lower()
    return "json" not in asked and ("xml" in asked or not asked or "*/*" in asked or "application/*" in asked)


def answer(request: Request, status: int, body: Json, headers: Mapping[str, str] | None = None) -> Response:
    """Write a body in the dialect that the client reads; successes carry the charset, faults do not (recorded)."""
    xml = wants_xml(request)
    sort = XML_TYPE if xml else JSON_TYPE
    text = xmltext.dumps(body) if xml else jsontext.dumps(body)
    content_type = sort + (CHARSET if status == 200 else "")
    return Response(status, {"Content-Type": content_type, **(headers or {})}, text.encode())

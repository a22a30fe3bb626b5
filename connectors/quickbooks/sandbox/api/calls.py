"""What a request asks for, read from its path before anything runs: company, entity, operation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.quickbooks.sandbox.messages import Request

COMPANY_PATH = re.compile(r"/v3/company/(?P<realm>[^/]+)(?:/(?P<resource>[^/]+)(?P<rest>/.*)?)?\Z", re.DOTALL)
QUERIED = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """One call: `resource` is what the path names, `entity` what it is about ("invoice", also for a query of it).

    `operation` is one of read, query, create, update, delete, void, batch, other.
    """

    realm: str = ""
    entity: str = ""
    operation: str = "other"
    rest: str = ""
    resource: str = ""


def classify(request: Request) -> Call:
    found = COMPANY_PATH.match(request.path.rstrip("/"))
    if found is None:
        return Call(entity=request.path.strip("/").partition("/")[0])
    realm, resource, rest = found["realm"], (found["resource"] or "").lower(), found["rest"] or ""
    if resource == "query":
        queried = QUERIED.search(statement(request))
        return Call(realm, queried.group(1).lower() if queried else "", "query", rest, resource)
    if resource == "batch":
        return Call(realm, "batch", "batch", rest, resource)
    return Call(realm, resource, _operation(request), rest, resource)


def statement(request: Request) -> str:
    """Return a query's text, from the query string or from the body (`application/text`)."""
    if "query" in request.query:
        return request.query["query"]
    return request.body.decode("utf-8", errors="replace")


def includes(request: Request) -> frozenset[str]:
    return options(request.query.get("include", ""))


def options(text: str) -> frozenset[str]:
    """Read a comma-separated list of options."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _operation(request: Request) -> str:
    if request.method != "POST":
        return "read"
    asked = request.query.get("operation", "")
    if asked in ("", "update") and "void" in includes(request):
        return "void"  # clients in the field also send include=void alone
    if asked:
        return asked
    try:
        body = request.json
    except (ValueError, RecursionError):
        return "create"
    return "update" if isinstance(body, dict) and body.get("Id") not in (None, "") else "create"

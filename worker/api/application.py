"""The HTTP API as one application of its own, described by itself (OpenAPI)."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from worker.api import audit, companies, customers, documents, errors, health, mending, problems, sides, webhooks
from worker.api.desk import Counter, Desk
from worker.api.problems import ProblemDetails

VERSION = "1"
NAMES = {
    "errors__tables__State": "ErrorState",
    "State-Input": "ErrorState",
    "worker__state__machine__State": "DocumentState",
}
ABOUT = """\
Ask Cuadre whether a number is free, how a document stands and what is wrong, and order what a person may order.

- Every call needs an API key (`cuadre keys add`), sent as `Authorization: Bearer KEY`.
- Sentences come in the language that `Accept-Language` asks for: en, es.
- What is no success is `application/problem+json` (RFC 9457).
"""


class Api(FastAPI):
    """Describes what it answers when it refuses, too."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = get_openapi(title=self.title, version=self.version, description=ABOUT, routes=self.routes)
            shape = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
            parts = schema["components"]["schemas"]
            parts.update(shape.pop("$defs", {}))
            parts["ProblemDetails"] = shape
            self.openapi_schema = _renamed(schema)
        return self.openapi_schema


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Two enumerations of ours are called State; who generates a client from the description wants names that tell."""
    text = json.dumps(schema)
    for ours, told in NAMES.items():
        text = text.replace(f'"#/components/schemas/{ours}"', f'"#/components/schemas/{told}"')
    described: dict[str, Any] = json.loads(text)
    parts = described["components"]["schemas"]
    for ours, told in NAMES.items():
        if ours in parts:
            parts[told] = parts.pop(ours) | {"title": told}
    return described


def create_api(desk: Desk) -> FastAPI:
    """Everything under /api/, /webhooks/, /healthz, /readyz and /metrics."""
    api = Api(
        title="Cuadre",
        version=VERSION,
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.counter = Counter(desk)
    for part in (companies, documents, sides, mending, customers, errors, audit, webhooks, health):
        api.include_router(part.router)
    problems.add_handlers(api)
    return api

"""A call as it leaves a process, read from its bytes: what is written, under which id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from connectors.quickbooks.encoding import decode, encode
from connectors.quickbooks.notes import marker_of

NO_ENTITY = {"bId", "operation", "optionsData", "include", "Query", "CDCQuery"}


@dataclass(frozen=True)
class Write:
    """One object that a call wants to write. `bid` is "" when it travels alone."""

    entity: str
    request_id: str
    bid: str
    operation: str
    body: str

    @property
    def repeatable(self) -> bool:
        """Looked for first, so that no item stands for it: made by its name, or made active again."""
        again = decode(self.body).get("Active") is True and self.entity in {"item", "customer"}
        return self.entity in {"vendor", "paymentmethod"} or again

    @property
    def marker(self) -> str:
        return marker_of(str(decode(self.body).get("PrivateNote", "")))


@dataclass(frozen=True)
class Call:
    """`resource` is the last part of the path that names something: invoice, query, batch, bearer ..."""

    process: str
    method: str
    resource: str
    params: Mapping[str, str]
    body: str
    token: str
    writes: tuple[Write, ...]

    @property
    def is_batch(self) -> bool:
        return self.resource == "batch"

    @property
    def is_renewal(self) -> bool:
        return self.resource == "bearer"

    @property
    def is_api(self) -> bool:
        return self.resource not in {"bearer", "revoke", "openid_sandbox_configuration", "openid_configuration"}

    def told(self) -> str:
        request_id = self.params.get("requestid", "")
        what = self.body if self.resource == "query" else ""
        bodies = " ".join(f"{one.operation}:{one.entity}:{one.bid}:{one.body}" for one in self.writes)
        return f"{self.method} {self.resource} {request_id} {what}{bodies}".rstrip()


def read_call(process: str, request: requests.PreparedRequest) -> Call:
    parts = urlsplit(request.url or "")
    params = {name: values[0] for name, values in parse_qs(parts.query).items()}
    path = [part for part in parts.path.split("/") if part]
    api = path[:2] == ["v3", "company"]
    resource = path[3].lower() if api and len(path) > 3 else path[-1] if path else ""
    raw = request.body or b""
    body = raw.decode() if isinstance(raw, bytes) else str(raw)
    posted = api and request.method == "POST" and resource != "query"
    return Call(
        process=process,
        method=request.method or "GET",
        resource=resource,
        params=params,
        body=body if api else "",
        token=(request.headers.get("Authorization") or "").removeprefix("Bearer "),
        writes=tuple(_writes(resource, params, body)) if posted else (),
    )


def _writes(resource: str, params: Mapping[str, str], body: str) -> Iterator[Write]:
    request_id = params.get("requestid", "")
    if resource != "batch":
        operation = params.get("operation") or params.get("include") or "write"
        yield Write(resource, request_id, "", operation, body)
        return
    for item in decode(body)["BatchItemRequest"]:
        entity = next((name for name in item if name not in NO_ENTITY), None)
        if entity is not None:
            said = f"{item.get('operation', '')}{item.get('optionsData', '')}"
            yield Write(entity.lower(), request_id, str(item["bId"]), said, _text(item[entity]))


def _text(entity: Any) -> str:
    return encode(entity)

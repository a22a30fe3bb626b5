"""Requests that nobody in their right mind sends: bodies bent at random, half statements, broken XML, odd paths.

Deterministic by seed: the same seed and number give the same requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from connectors.quickbooks.sandbox import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.api.resources import RESOURCES
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.reports.registry import REPORTS
from connectors.quickbooks.sandbox.schema import shapes
from connectors.quickbooks.sandbox.wire import jsontext

ROOT = f"/v3/company/{FIRST_REALM}"
EXPECTED = frozenset({200, 400, 401, 403, 404, 405, 413, 429})
ODD: tuple[Any, ...] = (
    None, "", " ", "x" * 5000, "ünï \u0000 \ud83d\ude00", "'; drop table", 0, -1, 1.5, 1e300, -(10**30), True, [], {},
    [[]], [None], {"value": None}, {"value": {"value": "1"}}, {"value": []}, "1", "999999", "2026-02-30", "0001-01-01",
    "2026-03-02T10:00:00", "NaN", "Infinity", "true", {"a": {"b": {"c": [1, 2, {"d": None}]}}}, "TAX", "NON",
    "USD", "EUR",
)  # fmt: skip
WORDS = (
    "select", "*", "from", "Invoice", "Customer", "where", "Id", "=", "'1'", "and", "or", "not", "in", "(", ")", ",",
    "like", "'%a%'", "orderby", "order by", "TotalAmt", "desc", "startposition", "1", "maxresults", "0", "1001",
    "count(*)",     "'", "\\'", "MetaData.CreateTime", ">", "<=", "!=", "between", "'2026-01-01'",
    "CURRENT_DATE", ";", "Line", "\n", "é",
)  # fmt: skip
PARAMETERS = (
    "operation",
    "include",
    "requestid",
    "minorversion",
    "format",
    "sendTo",
    "query",
    "start_date",
    "date_macro",
)
VALUES = (
    "delete",
    "void",
    "update",
    "allowduplicatedocnum",
    "r1",
    "75",
    "-1",
    "xml",
    "json",
    "a@b.c",
    "",
    "2026-99-99",
)


@dataclass
class Fuzz:
    """A sandbox under bent requests; `make` gives the sandbox, so that a run can be repeated."""

    seed: int

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.moment = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self.sandbox = Sandbox(self._now, random_hex=lambda size: f"{self.dice.getrandbits(8 * size):0{2 * size}x}")
        self.sandbox.connect(FIRST_REALM, access_token="t", refresh_token="r")
        self.company = self.sandbox.company(FIRST_REALM)
        self.kinds = sorted(BY_NAME)

    def _now(self) -> datetime:
        self.moment += timedelta(milliseconds=20)
        return self.moment

    def requests(self, number: int) -> Iterator[Request]:
        for _ in range(number):
            yield self.request()

    def request(self) -> Request:
        """Make the next request."""
        choose: tuple[Callable[[], Request], ...] = (
            self._write, self._write, self._write, self._edit, self._edit, self._query, self._read,
            self._batch, self._odd,
        )  # fmt: skip
        return self.dice.choice(choose)()

    def send(self, request: Request) -> Response:
        return self.sandbox.handle(request)

    def _sent(self, method: str, path: str, body: Any = b"", content_type: str = "application/json") -> Request:
        accept = self.dice.choice(("application/json", "application/json", "application/xml", "*/*"))
        headers = {"Host": "x", "Authorization": "Bearer t", "Accept": accept, "Content-Type": content_type}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", errors="surrogatepass")
        return Request.of(method, path + self._parameters(), headers, raw)

    def _parameters(self) -> str:
        if self.dice.random() < 0.6:
            return ""
        pairs = (f"{self.dice.choice(PARAMETERS)}={self.dice.choice(VALUES)}" for _ in range(self.dice.randint(1, 3)))
        return "?" + "&".join(pairs)

    def _write(self) -> Request:
        kind = self.dice.choice(self.kinds)
        return self._sent("POST", f"{ROOT}/{kind.lower()}", self._bent(self._plausible(kind)))

    def _edit(self) -> Request:
        """Post a stored object back, bent."""
        kind = self.dice.choice(self.kinds)
        rows = list(self.company.store.rows(kind))
        if not rows:
            return self._write()
        body = json.loads(jsontext.dumps(self.dice.choice(rows).data))
        operation = self.dice.choice(("", "?operation=delete", "?operation=void", "?operation=update&include=void"))
        request = self._sent("POST", f"{ROOT}/{kind.lower()}", self._bent(body))
        return (
            request
            if not operation
            else Request.of("POST", f"{ROOT}/{kind.lower()}{operation}", request.headers, request.body)
        )

    def _query(self) -> Request:
        text = " ".join(self.dice.choice(WORDS) for _ in range(self.dice.randint(1, 14)))
        if self.dice.random() < 0.5:
            text = f"select * from {self.dice.choice(self.kinds)} where {text}"
        return self._sent("POST", f"{ROOT}/query", text.encode(), "application/text")

    def _read(self) -> Request:
        tail = self.dice.choice(
            ("1", "35", "130", "0", "-1", "1.5", "abc", "9" * 40, "1/pdf", "130/pdf", "130/send", "")
        )
        name = self.dice.choice([*self.kinds, *RESOURCES, *(f"reports/{one}" for one in REPORTS)])
        path = f"{ROOT}/{name if '/' in name else name.lower()}/{tail}".rstrip("/")
        return self._sent(self.dice.choice(("GET", "GET", "POST", "DELETE", "PUT")), path)

    def _batch(self) -> Request:
        items = [self._item() for _ in range(self.dice.randint(0, 6))]
        return self._sent("POST", f"{ROOT}/batch", self._bent({"BatchItemRequest": items}))

    def _item(self) -> Any:
        kind = self.dice.choice(self.kinds)
        operation = self.dice.choice(("create", "update", "delete", "void", "", None, 7))
        return {"bId": deepcopy(self.dice.choice(ODD)), "operation": operation, kind: self._bent(self._plausible(kind))}

    def _odd(self) -> Request:
        bodies = (b"", b"{", b"[1]", b"\xff\xfe", b"<x", b"<a><b/></a>", b"null", b'"text"', b"[" * 2000, b"{}" * 3)
        name = self.dice.choice([*self.kinds, *RESOURCES])
        content_type = self.dice.choice(("application/json", "application/xml", "multipart/form-data; boundary=B", ""))
        return self._sent("POST", f"{ROOT}/{name.lower()}", self.dice.choice(bodies), content_type)

    def _plausible(self, kind: str) -> Any:
        """Return a body with some of the documented members, most of them well shaped."""
        try:
            return self._object(shapes.shape(kind), 0)
        except KeyError:
            return {}

    def _object(self, shape: shapes.Shape, depth: int) -> dict[str, Any]:
        chosen = [one for one in shape.members.values() if one.required or self.dice.random() < 0.3]
        return {one.name: self._value(one, depth) for one in chosen}

    def _value(self, member: shapes.Member, depth: int) -> Any:
        if self.dice.random() < 0.05:
            return deepcopy(self.dice.choice(ODD))
        if member.many:
            return [self._single(member, depth) for _ in range(self.dice.randint(0, 2))]
        return self._single(member, depth)

    def _single(self, member: shapes.Member, depth: int) -> Any:
        if member.sort == shapes.OBJECT and depth < 4:
            if member.types and shapes.class_name(member.types[0]) == shapes.REFERENCE:
                return {"value": str(self.dice.choice((1, 2, 3, 4, 8, 10, 33, 35, 41, 42, 79, 84, 99999)))}
            return self._object(shapes.shape_of(member.types), depth + 1)
        plain = {
            shapes.NUMBER: (0, 1, 2.5, 100, "3.10", -4),
            shapes.BOOLEAN: (True, False, "true"),
            shapes.DATE: ("2026-03-02", "2026-01-31", "2026-03-02-08:00"),
            shapes.MOMENT: ("2026-03-02T10:00:00-08:00",),
        }
        details = ("SalesItemLineDetail", "AccountBasedExpenseLineDetail", "DescriptionOnly", "DiscountLineDetail")
        named = {"DetailType": (*details, "JournalEntryLineDetail", "DepositLineDetail", "ItemBasedExpenseLineDetail")}
        named |= {
            "PostingType": ("Debit", "Credit"),
            "PaymentType": ("Cash", "Check", "CreditCard"),
            "TxnId": ("130", "1"),
        }
        named |= {
            "TxnType": ("Invoice", "Bill", "Payment", "Estimate"),
            "PayType": ("Check", "CreditCard"),
            "Type": ("Service",),
        }
        return self.dice.choice(
            named.get(member.name) or plain.get(member.sort) or ("a", "Bank", "1", "x@y.z", "Ünder")
        )

    def _bent(self, body: Any) -> Any:
        """Bend a body in up to three places: take away, put something odd, or repeat."""
        for _ in range(self.dice.choice((0, 0, 1, 1, 2, 3))):
            self._bend(body)
        return body

    def _bend(self, body: Any) -> None:
        if isinstance(body, dict) and body:
            key = self.dice.choice(sorted(body))
            action = self.dice.random()
            if action < 0.3:
                del body[key]
            elif action < 0.6:
                body[key] = deepcopy(self.dice.choice(ODD))
            elif action < 0.7:
                body["Unheard" + key] = body[key]
            else:
                self._bend(body[key])
        elif isinstance(body, list) and body:
            self._bend(self.dice.choice(body))

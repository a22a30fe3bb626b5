"""Fixtures of the sandbox's tests: a company with Intuit's demo lists and a client that speaks to it in-process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.wire import jsontext

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Books:
    """A connected client: answers are parsed with `Decimal`, faults come back as (status, errors)."""

    def __init__(self, session: requests.Session, root: str, realm: str = FIRST_REALM) -> None:
        self.session = session
        self.root = root
        self.url = f"{root}/v3/company/{realm}"

    def post(self, path: str, body: Any, **params: str) -> requests.Response:
        return self.session.post(f"{self.url}/{path}", data=jsontext.dumps(body).encode(), params=params)

    def get(self, path: str, **params: str) -> requests.Response:
        return self.session.get(f"{self.url}/{path}", params=params)

    def write(self, entity: str, body: Any, **params: str) -> dict[str, Any]:
        """Post and return the object; the test fails when QuickBooks refuses."""
        answer = self.post(entity.lower(), body, **params)
        assert answer.status_code == 200, answer.text
        return parsed(answer)[entity]

    def refusal(self, entity: str, body: Any, **params: str) -> dict[str, Any]:
        """Post and return the first error; the test fails when QuickBooks accepts."""
        answer = self.post(entity.lower(), body, **params)
        assert answer.status_code == 400, answer.text
        return parsed(answer)["Fault"]["Error"][0]

    def read(self, entity: str, id_: str) -> dict[str, Any]:
        answer = self.get(f"{entity.lower()}/{id_}")
        assert answer.status_code == 200, answer.text
        return parsed(answer)[entity]

    def query(self, statement: str) -> dict[str, Any]:
        answer = self.get("query", query=statement)
        assert answer.status_code == 200, answer.text
        return parsed(answer)["QueryResponse"]

    def query_refusal(self, statement: str) -> dict[str, Any]:
        answer = self.get("query", query=statement)
        assert answer.status_code == 400, answer.text
        return parsed(answer)["Fault"]["Error"][0]

    def control(self, path: str, body: Any) -> Any:
        answer = self.session.post(f"{self.root}/sandbox{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def preferences(self, **values: Any) -> None:
        self.control(f"/realms/{FIRST_REALM}/preferences", values)

    def invoice(self, amount: Any = 100, customer: str = "1", **more: Any) -> dict[str, Any]:
        return self.write("Invoice", invoice_body(amount, customer, **more))

    def payment(self, amount: Any, *invoices: tuple[str, Any], customer: str = "1") -> dict[str, Any]:
        return self.write("Payment", payment_body(amount, *invoices, customer=customer))


def parsed(answer: requests.Response) -> Any:
    return jsontext.loads(answer.content)


def sales_line(amount: Any, item: str = "1", **detail: Any) -> dict[str, Any]:
    detail = {"ItemRef": {"value": item}, **detail}
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def invoice_body(amount: Any = 100, customer: str = "1", **more: Any) -> dict[str, Any]:
    return {"CustomerRef": {"value": customer}, "Line": [sales_line(amount)], **more}


def payment_body(amount: Any, *invoices: tuple[str, Any], customer: str = "1") -> dict[str, Any]:
    lines = [{"Amount": part, "LinkedTxn": [{"TxnId": id_, "TxnType": "Invoice"}]} for id_, part in invoices]
    return {"CustomerRef": {"value": customer}, "TotalAmt": amount, "Line": lines}


def purchase_body(amount: Any = Decimal("3.20"), **more: Any) -> dict[str, Any]:
    detail = {"AccountRef": {"value": "8"}}
    line = {"Amount": amount, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    return {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "Line": [line], **more}


class Bodies:
    """The request bodies above, as one fixture (test folders hold no packages to import from)."""

    invoice = staticmethod(invoice_body)
    payment = staticmethod(payment_body)
    purchase = staticmethod(purchase_body)
    line = staticmethod(sales_line)
    parsed = staticmethod(parsed)
    client = Books

    @staticmethod
    def connected(sandbox: Sandbox) -> Books:
        """A client of a sandbox that accepts the fixed token."""
        session = requests.Session()
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer fixed-access", "Accept": "application/json"})
        return Books(session, SANDBOX_URL)


def ticking(start: datetime = START) -> Any:
    """Return a clock that moves one second at each look, so that changes have an order."""
    seconds = count()
    return lambda: start + timedelta(seconds=next(seconds))


@pytest.fixture
def bodies() -> type[Bodies]:
    return Bodies


@pytest.fixture
def sandbox() -> Sandbox:
    numbers = count(1)
    made = Sandbox(ticking(), seed="lists", random_hex=lambda size: f"{next(numbers):0{2 * size}x}")
    made.connect(FIRST_REALM, access_token="fixed-access", refresh_token="fixed-refresh")
    return made


@pytest.fixture
def books(sandbox: Sandbox) -> Iterator[Books]:
    with requests.Session() as session:
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer fixed-access", "Accept": "application/json"})
        yield Books(session, SANDBOX_URL)

"""The plain way, for comparison: python-quickbooks' own objects and client, one document after the other.

For each invoice: find the customer, find the items, find the number, save. For each payment: find the invoice, save.
Nothing is remembered between two documents and nothing survives a death in between; that is what most programs do. One
query finds all items of an invoice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.payment import Payment, PaymentLine
from requests.adapters import BaseAdapter
from sqlalchemy import Engine, text

INVOICES = """
    SELECT i.id, i.number, i.date, c.name AS customer, s.name AS service, l.description, l.quantity, l.unit_price
    FROM invoices i JOIN customers c ON c.id = i.customer_id
    JOIN invoice_lines l ON l.invoice_id = i.id JOIN services s ON s.id = l.service_id
    ORDER BY i.id, l.position
"""
PAYMENTS = """
    SELECT p.id, p.date, p.total, p.reference, i.number AS invoice, a.amount
    FROM payments p JOIN payment_allocations a ON a.payment_id = p.id JOIN invoices i ON i.id = a.invoice_id
    ORDER BY p.id
"""


@contextmanager
def client(url: str, realm: str, token: str, adapter: BaseAdapter | None = None) -> Iterator[QuickBooks]:
    """The library's client as its README makes it, at another address."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http to this machine

    class Local(QuickBooks):  # type: ignore[misc]  # the library has no types
        api_url_v3 = sandbox_api_url_v3 = f"{url}/v3"

    auth = AuthClient.__new__(AuthClient)  # its constructor asks the network for the addresses of the sign-in
    auth.client_id, auth.environment = "benchmark", "production"
    auth.access_token = auth.refresh_token = token
    made = Local(auth_client=auth, refresh_token=token, company_id=realm, minorversion=75)
    if adapter is not None:
        made.session.mount(url, adapter)
    yield made
    made.session.close()


def post(books: Engine, quickbooks: QuickBooks) -> int:
    """Everything in the books; the number of documents posted."""
    with books.connect() as connection:
        invoices = connection.execute(text(INVOICES)).mappings().all()
        payments = connection.execute(text(PAYMENTS)).mappings().all()
    posted = 0
    for _, lines in groupby(invoices, key=lambda line: line["id"]):
        _invoice(list(lines), quickbooks)
        posted += 1
    for payment in payments:
        _payment(payment, quickbooks)
    return posted + len(payments)


def _invoice(lines: list[Any], quickbooks: QuickBooks) -> None:
    head = lines[0]
    customer = Customer.filter(DisplayName=head["customer"], qb=quickbooks)[0]
    items = {item.Name: item for item in Item.choose([line["service"] for line in lines], field="Name", qb=quickbooks)}
    if Invoice.filter(DocNumber=head["number"], qb=quickbooks):
        raise AssertionError(f"the number {head['number']} is taken")
    invoice = Invoice()
    invoice.CustomerRef = customer.to_ref()
    invoice.DocNumber = head["number"]
    invoice.TxnDate = str(head["date"])
    invoice.Line = [_line(line, items[line["service"]]) for line in lines]
    invoice.save(qb=quickbooks)


def _line(row: Any, item: Item) -> SalesItemLine:
    line = SalesItemLine()
    line.Amount = round(row["quantity"] * row["unit_price"], 2)
    line.Description = row["description"]
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = item.to_ref()
    line.SalesItemLineDetail.Qty = row["quantity"]
    line.SalesItemLineDetail.UnitPrice = row["unit_price"]
    return line


def _payment(row: Any, quickbooks: QuickBooks) -> None:
    invoice = Invoice.filter(DocNumber=row["invoice"], qb=quickbooks)[0]
    line = PaymentLine()
    line.Amount = row["amount"]
    line.LinkedTxn.append(invoice.to_linked_txn())
    payment = Payment()
    payment.CustomerRef = invoice.CustomerRef
    payment.TotalAmt = row["total"]
    payment.TxnDate = str(row["date"])
    payment.PaymentRefNum = row["reference"]
    payment.Line.append(line)
    payment.save(qb=quickbooks)

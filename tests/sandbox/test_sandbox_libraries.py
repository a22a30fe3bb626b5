"""The two libraries that most Python programs use for QuickBooks work against the sandbox, over real HTTP."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks, batch
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import Address, CustomerMemo, EmailAddress, PhoneNumber, Ref
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.purchase import Purchase
from quickbooks.objects.refundreceipt import RefundReceipt
from quickbooks.objects.vendor import Vendor

from connectors.quickbooks.sandbox import FIRST_REALM, serve


@pytest.fixture
def server(sandbox):
    with serve(sandbox) as running:
        yield running


@pytest.fixture
def signed_in(server):
    auth = AuthClient("app", "secret", "http://localhost/callback", f"{server.url}/.well-known/openid_configuration")
    page = auth.get_authorization_url([Scopes.ACCOUNTING], state_token="s")
    form = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    clicked = form | {"action": "connect", "realmId": FIRST_REALM}
    back = requests.post(page.partition("?")[0], data=clicked, allow_redirects=False, timeout=30)
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    auth.get_bearer_token(code, realm_id=FIRST_REALM)
    yield auth
    auth.close()


@pytest.fixture
def client(server, signed_in, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")

    class Local(QuickBooks):
        api_url_v3 = f"{server.url}/v3"
        sandbox_api_url_v3 = f"{server.url}/v3"

    made = Local(auth_client=signed_in, refresh_token=signed_in.refresh_token, company_id=FIRST_REALM, minorversion=75)
    yield made
    made.session.close()


def ref(value, type_=""):
    reference = Ref()
    reference.value, reference.type = value, type_
    return reference


def invoice_of(customer, item, amount):
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = item.to_ref()
    invoice = Invoice()
    invoice.CustomerRef = customer.to_ref()
    invoice.Line.append(line)
    return invoice


def test_signing_in_refreshing_and_revoking(signed_in):
    first = signed_in.access_token
    signed_in.refresh()
    assert signed_in.access_token != first
    assert signed_in.revoke(token=signed_in.refresh_token)
    with pytest.raises(AuthClientError, match="invalid_grant"):
        signed_in.refresh()


def test_a_whole_sale_is_saved_paid_and_refunded(client):
    customer = Customer()
    customer.DisplayName = "Library Test"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "library@example.com"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "555"
    customer.BillAddr = Address()
    customer.BillAddr.Line1 = "1 Main St"
    customer = customer.save(qb=client)
    item = Item()
    item.Name, item.Type = "Hour of work", "Service"
    item.IncomeAccountRef = ref("79")
    item = item.save(qb=client)

    invoice = invoice_of(customer, item, 100)
    invoice.CustomerMemo = CustomerMemo()
    invoice.CustomerMemo.value = "Thank you"
    invoice = invoice.save(qb=client, request_id="library-1")
    assert (invoice.TotalAmt, invoice.Balance) == (100, 100)
    assert invoice.BillAddr.Line1 == "1 Main St"

    line = PaymentLine()
    line.Amount = 100
    line.LinkedTxn.append(invoice.to_linked_txn())
    payment = Payment()
    payment.TotalAmt = 100
    payment.CustomerRef = customer.to_ref()
    payment.Line.append(line)
    assert payment.save(qb=client).UnappliedAmt == 0
    assert Invoice.get(invoice.Id, qb=client).Balance == 0

    refund = RefundReceipt()
    refund.CustomerRef = customer.to_ref()
    refund.DepositToAccountRef = ref("35")
    refund.Line = invoice_of(customer, item, 40).Line
    assert refund.save(qb=client).TotalAmt == 40


def test_a_fee_is_saved_as_a_purchase(client):
    vendor = Vendor()
    vendor.DisplayName = "Card Processor"
    vendor = vendor.save(qb=client)
    line = AccountBasedExpenseLine()
    line.Amount = 3.2
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = ref("8")
    purchase = Purchase()
    purchase.PaymentType = "Cash"
    purchase.AccountRef = ref("35")
    purchase.EntityRef = ref(vendor.Id, "Vendor")
    purchase.Line.append(line)
    assert purchase.save(qb=client).TotalAmt == 3.2


def test_reading_filtering_updating_voiding_and_deleting(client):
    customer = Customer.filter(DisplayName="Amy's Bird Sanctuary", qb=client)[0]
    item = Item.get(1, qb=client)
    assert {one.Id for one in Customer.choose(["1", "2"], field="Id", qb=client)} == {"1", "2"}
    assert len(Account.all(max_results=50, qb=client)) == 50
    assert Customer.count(qb=client) == 29
    first, second = (invoice_of(customer, item, amount).save(qb=client) for amount in (10, 20))
    first.PrivateNote = "changed"
    assert first.save(qb=client).SyncToken == "1"
    Invoice.get(first.Id, qb=client).void(qb=client)
    assert Invoice.get(first.Id, qb=client).TotalAmt == 0
    second.delete(qb=client)
    with pytest.raises(ObjectNotFoundException):
        Invoice.get(second.Id, qb=client)


def test_a_payment_is_voided(client):
    payment = Payment()
    payment.TotalAmt = 10
    payment.CustomerRef = ref("1")
    payment = payment.save(qb=client)
    payment.void(qb=client)
    assert Payment.get(payment.Id, qb=client).TotalAmt == 0


def test_a_batch_creates_many_and_reports_each_fault(client):
    customer, item = Customer.get(1, qb=client), Item.get(1, qb=client)
    invoices = [invoice_of(customer, item, amount) for amount in (1, 2, 3)]
    invoices[1].DocNumber = invoices[2].DocNumber = "SAME"
    results = batch.batch_create(invoices, qb=client)
    assert (len(results.successes), len(results.faults)) == (2, 1)
    assert results.faults[0].Error[0].code == "6140"


def test_a_duplicate_name_raises_with_its_code(client):
    customer = Customer()
    customer.DisplayName = "Cool Cars"
    with pytest.raises(QuickbooksException) as raised:
        customer.save(qb=client)
    assert raised.value.error_code == 6240


def test_decimals_sent_as_strings_are_accepted(client):
    client.use_decimal = True
    customer, item = Customer.get(1, qb=client), Item.get(1, qb=client)
    assert invoice_of(customer, item, Decimal("100.10")).save(qb=client).TotalAmt == Decimal("100.10")

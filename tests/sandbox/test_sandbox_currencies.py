"""Several currencies: rates, names with a currency, foreign documents, gains and losses, accounts by currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM

EURO = {"value": "EUR"}


@pytest.fixture
def several(books):
    books.preferences(MultiCurrencyEnabled=True)
    return books


@pytest.fixture
def customer(several):
    return several.write("Customer", {"DisplayName": "Häuser GmbH", "CurrencyRef": EURO})["Id"]


def account(books, name):
    return books.query(f"select * from Account where Name = '{name}'")["Account"][0]


def test_a_rate_is_read_by_currency_and_day(books, bodies):
    answer = bodies.parsed(books.get("exchangerate", sourcecurrencycode="CAD", asofdate="2026-02-01"))
    rate = answer["ExchangeRate"]
    assert list(rate) == ["SourceCurrencyCode", "TargetCurrencyCode", "Rate", "AsOfDate", "MetaData"]
    assert (rate["Rate"], rate["TargetCurrencyCode"], rate["AsOfDate"]) == (Decimal("0.714095"), "USD", "2026-02-01")
    assert list(rate["MetaData"]) == ["LastUpdatedTime"]


def test_a_set_rate_counts_for_its_day(books, bodies):
    sent = {"SourceCurrencyCode": "EUR", "TargetCurrencyCode": "USD", "Rate": "1.25", "AsOfDate": "2026-02-01"}
    assert books.write("ExchangeRate", sent)["Rate"] == Decimal("1.25")
    other = bodies.parsed(books.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-02-02"))
    assert other["ExchangeRate"]["Rate"] == Decimal("1.1674")
    found = books.query(
        "select * from ExchangeRate where SourceCurrencyCode in ('EUR','GBP') and AsOfDate='2026-02-01'"
    )
    assert {one["SourceCurrencyCode"]: one["Rate"] for one in found["ExchangeRate"]} == {
        "EUR": Decimal("1.25"),
        "GBP": Decimal("1.3391"),
    }


def test_an_unknown_currency_and_a_bad_rate_are_refused(books):
    assert books.get("exchangerate", sourcecurrencycode="XXX").status_code == 400
    assert books.get("exchangerate").status_code == 400
    assert books.refusal("ExchangeRate", {"SourceCurrencyCode": "EUR", "Rate": 0})["code"] == "2090"


def test_one_currency_refuses_or_ignores_another(books, bodies):
    body = bodies.invoice(CurrencyRef=EURO, ExchangeRate=1)
    refusal = books.refusal("Invoice", body)
    assert (refusal["code"], "Multi Currency should be enabled" in refusal["Detail"]) == ("6000", True)
    books.preferences(single_currency="ignore")
    assert books.write("Invoice", body)["CurrencyRef"]["value"] == "USD"


def test_a_name_brings_its_currency_into_the_list(several, customer):
    assert several.read("Customer", customer)["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    assert [one["Code"] for one in several.query("select * from CompanyCurrency")["CompanyCurrency"]] == ["EUR"]
    assert several.refusal("CompanyCurrency", {"Code": "EUR"})["code"] == "6240"
    assert several.write("CompanyCurrency", {"Code": "JPY"})["Name"] == "Japanese Yen"


def test_a_switch_says_whose_currency_counts(several):
    several.preferences(name_currency="customers")
    assert several.write("Vendor", {"DisplayName": "V", "CurrencyRef": EURO})["CurrencyRef"]["value"] == "USD"
    assert several.write("Customer", {"DisplayName": "C", "CurrencyRef": EURO})["CurrencyRef"]["value"] == "EUR"


def test_a_foreign_document_needs_a_rate(several, customer, bodies):
    refusal = several.refusal("Invoice", bodies.invoice(100, customer))
    assert (refusal["code"], refusal["Message"]) == ("2410", "Curreny, ExchangeRate is missing.")
    several.preferences(missing_rate="one")
    assert several.write("Invoice", bodies.invoice(100, customer))["HomeTotalAmt"] == 100


def test_a_document_has_its_customers_currency(several, customer, bodies):
    refusal = several.refusal("Invoice", bodies.invoice(1, customer, CurrencyRef={"value": "USD"}))
    assert (refusal["code"], "one foreign currency" in refusal["Detail"]) == ("6000", True)


def test_sums_stand_in_both_currencies(several, customer, bodies):
    made = several.write("Invoice", bodies.invoice(100, customer, ExchangeRate=Decimal("1.10")))
    assert (made["CurrencyRef"]["value"], made["ExchangeRate"]) == ("EUR", Decimal("1.1"))
    assert [made[one] for one in ("TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance")] == [100, 110, 100, 110]
    assert several.read("Customer", customer)["Balance"] == 100
    receivable = account(several, "Accounts Receivable (A/R) - EUR")
    assert (receivable["CurrencyRef"]["value"], receivable["CurrentBalance"]) == ("EUR", 100)


@pytest.mark.parametrize(("rate", "gain"), [("1.20", "-10"), ("1.05", "5"), ("1.10", "0")])
def test_a_payment_at_another_rate_realises_a_gain_or_loss(several, sandbox, customer, bodies, rate, gain):
    invoice = several.write("Invoice", bodies.invoice(100, customer, ExchangeRate=Decimal("1.10")))
    paid = {**bodies.payment(100, (invoice["Id"], 100), customer=customer), "ExchangeRate": Decimal(rate)}
    payment = several.write("Payment", paid)
    assert payment["HomeTotalAmt"] == 100 * Decimal(rate)
    ledger = sandbox.company(FIRST_REALM).ledger
    found = several.query("select * from Account where Name = 'Exchange Gain or Loss'").get("Account", [])
    assert sum((ledger.accounts[one["Id"]] for one in found), Decimal(0)) == Decimal(gain)
    assert account(several, "Accounts Receivable (A/R) - EUR")["CurrentBalance"] == 0
    settled = several.read("Invoice", invoice["Id"])
    assert (settled["Balance"], settled["HomeBalance"]) == (0, 0)
    assert sum(one.amount for one in ledger.entries["Payment", payment["Id"]].postings) == 0


def test_a_bill_is_paid_at_another_rate(several, sandbox):
    vendor = several.write("Vendor", {"DisplayName": "Usine SA", "CurrencyRef": EURO})["Id"]
    detail = {"AccountRef": {"value": "8"}}
    line = {"Amount": 200, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    bill = several.write("Bill", {"VendorRef": {"value": vendor}, "Line": [line], "ExchangeRate": 1})
    assert several.read("Vendor", vendor)["Balance"] == 200
    link = {"Amount": 200, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    several.write("BillPayment", {
        "VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": 200, "Line": [link],
        "CheckPayment": {"BankAccountRef": {"value": "35"}}, "ExchangeRate": Decimal("1.5"),
    })  # fmt: skip
    gains = account(several, "Exchange Gain or Loss")["Id"]
    assert sandbox.company(FIRST_REALM).ledger.accounts[gains] == 100
    assert several.read("Vendor", vendor)["Balance"] == several.read("Bill", bill["Id"])["HomeBalance"] == 0


def test_home_currency_documents_show_the_rate_one(several, bodies):
    made = several.write("Invoice", bodies.invoice(100))
    assert (made["ExchangeRate"], made["HomeTotalAmt"]) == (1, 100)


def test_switched_on_several_currencies_stay_on(several):
    preferences = several.query("select * from Preferences")["Preferences"][0]
    off = {**preferences, "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "CAD"}}}
    stored = several.write("Preferences", off)["CurrencyPrefs"]
    assert stored == {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}

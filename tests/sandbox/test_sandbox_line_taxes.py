"""Taxes outside the US: a code on each line, a TaxLine for each rate, input tax on purchases."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
import requests
from hypothesis import HealthCheck, given, settings, strategies as st

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter

CENT = Decimal("0.01")
PROVINCES = {
    "HST ON": ("13",),
    "HST NB": ("15",),
    "HST NL": ("15",),
    "HST NS": ("14",),
    "HST PE": ("15",),
    "GST": ("5",),
    "GST/PST BC": ("5", "7"),
    "GST/PST SK": ("5", "6"),
    "GST/RST MB": ("5", "7"),
    "GST/QST QC": ("5", "9.975"),
}
MISSING = "Make sure all your transactions have a GST/HST rate before you save."


@pytest.fixture
def connected(sandbox, bodies):
    """Return a function that makes a company of a country and a client for it."""

    def connect(country):
        sandbox.add_company(FIRST_REALM, seed="lists", country=country)
        session = requests.Session()
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer fixed-access", "Accept": "application/json"})
        return bodies.client(session, SANDBOX_URL)

    return connect


@pytest.fixture
def canada(connected):
    return connected("CA")


def codes(books):
    return {one["Name"]: one["Id"] for one in books.query("select * from TaxCode maxresults 1000")["TaxCode"]}


def form(bodies, *lines, mode="TaxExcluded", **more):
    sent = [bodies.line(Decimal(amount), TaxCodeRef={"value": code}) for amount, code in lines]
    return {"CustomerRef": {"value": "2"}, "Line": sent, "GlobalTaxCalculation": mode, **more}


def rounded(amount):
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def balance(books, name):
    return books.query(f"select * from Account where Name = '{name}'")["Account"][0]["CurrentBalance"]


def test_the_first_canadian_codes_have_intuits_ids(canada):
    named = codes(canada)
    assert [named[one] for one in ("Exempt", "Zero-rated", "GST/HST Adjustment", "HST ON", "Out of Scope")] == [
        "2", "3", "4", "5", "6",
    ]  # fmt: skip
    assert "TAX" not in named


@pytest.mark.parametrize("code", PROVINCES)
@pytest.mark.parametrize("amount", ["100.00", "33.33", "0.10", "1234.57"])
def test_each_province_is_taxed_to_the_cent(canada, bodies, code, amount):
    taxed = canada.write("Invoice", form(bodies, (amount, codes(canada)[code])))
    expected = [rounded(Decimal(amount) * Decimal(rate) / 100) for rate in PROVINCES[code]]
    lines = taxed["TxnTaxDetail"]["TaxLine"]
    assert [line["Amount"] for line in lines] == expected
    assert [str(line["TaxLineDetail"]["TaxPercent"]) for line in lines] == list(PROVINCES[code])
    assert taxed["TotalAmt"] == Decimal(amount) + sum(expected)
    assert taxed["GlobalTaxCalculation"] == "TaxExcluded"


def test_nova_scotia_had_another_rate_before_april_2025(canada, bodies):
    old = canada.write("Invoice", form(bodies, ("100", codes(canada)["HST NS"]), TxnDate="2025-03-31"))
    assert old["TotalAmt"] == 115


def test_a_line_without_a_code_is_refused_with_the_known_sentence(canada, bodies):
    refusal = canada.refusal("Invoice", {"CustomerRef": {"value": "2"}, "Line": [bodies.line(10)]})
    assert (refusal["code"], MISSING in refusal["Detail"]) == ("6000", True)


@pytest.mark.parametrize(("code", "fault"), [("NON", "6100"), ("TAX", "6100"), ("99", "2500")])
def test_a_wrong_code_is_refused(canada, bodies, code, fault):
    assert canada.refusal("Invoice", form(bodies, ("1", code)))["code"] == fault


def test_not_applicable_needs_no_codes_and_takes_no_detail(canada, bodies):
    body = {"CustomerRef": {"value": "2"}, "Line": [bodies.line(10)], "GlobalTaxCalculation": "NotApplicable"}
    assert canada.write("Invoice", body)["TotalAmt"] == 10
    assert canada.refusal("Invoice", {**body, "TxnTaxDetail": {"TotalTax": 1}})["code"] == "6170"
    assert canada.refusal("Invoice", {**body, "GlobalTaxCalculation": "Sometimes"})["code"] == "2170"


def test_inclusive_amounts_hold_their_tax_line_by_line(canada, bodies):
    taxed = canada.write("Invoice", form(bodies, ("10.00", "5"), ("10.00", "5"), ("10.00", "5"), mode="TaxInclusive"))
    assert [line["Amount"] for line in taxed["Line"][:3]] == [Decimal("8.85")] * 3
    assert taxed["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 10
    assert (taxed["TotalAmt"], taxed["TxnTaxDetail"]["TotalTax"]) == (30, Decimal("3.45"))


def test_an_inclusive_form_can_be_sent_back_as_it_was_read(canada, bodies):
    line = bodies.line(30, TaxCodeRef={"value": "5"}, Qty=3, UnitPrice=10)
    body = {"CustomerRef": {"value": "2"}, "Line": [line], "GlobalTaxCalculation": "TaxInclusive"}
    taxed = canada.write("Invoice", body)
    assert canada.write("Invoice", taxed) == taxed


def test_an_override_names_every_rate_or_is_ignored(canada, bodies):
    code = codes(canada)["GST/PST BC"]
    computed = canada.write("Invoice", form(bodies, ("100", code)))["TxnTaxDetail"]
    sent = [{**line, "Amount": line["Amount"] + CENT} for line in computed["TaxLine"]]
    whole = {"TotalTax": Decimal("12.02"), "TaxLine": sent}
    assert canada.write("Invoice", form(bodies, ("100", code), TxnTaxDetail=whole))["TotalAmt"] == Decimal("112.02")
    part = {"TotalTax": Decimal("5.01"), "TaxLine": sent[:1]}
    assert canada.write("Invoice", form(bodies, ("100", code), TxnTaxDetail=part))["TotalAmt"] == 112


def test_input_tax_is_got_back_and_provincial_tax_is_an_expense(canada, bodies):
    code = codes(canada)["GST/PST BC"]
    detail = {"AccountRef": {"value": "8"}, "TaxCodeRef": {"value": code}}
    line = {"Amount": 100, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    bought = canada.write("Purchase", {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "Line": [line]})
    assert (bought["TotalAmt"], bought["TxnTaxDetail"]["TotalTax"]) == (112, 12)
    assert balance(canada, "GST/HST Payable") == 5
    bill = canada.write("Bill", {"VendorRef": {"value": "56"}, "Line": [line]})
    assert (bill["TotalAmt"], bill["Balance"]) == (112, 112)
    assert balance(canada, "GST/HST Payable") == 10
    assert canada.query("select * from Account where Name = 'British Columbia Ministry of Finance Expense'")["Account"]


def test_a_purchase_without_a_code_is_refused_too(canada, bodies):
    assert MISSING in canada.refusal("Purchase", bodies.purchase())["Detail"]


@pytest.mark.parametrize(("country", "code", "total"), [("GB", "20.0% S", 120), ("GB", "5.0% R", 105),
    ("GB", "0.0% Z", 100), ("GB", "Exempt", 100), ("GB", "No VAT", 100), ("MX", "IVA 16%", 116), ("MX", "IVA 8%", 108),
    ("MX", "IVA 0%", 100), ("MX", "Exento", 100)])  # fmt: skip
def test_value_added_tax_of_britain_and_mexico(connected, bodies, country, code, total):
    books = connected(country)
    assert books.write("Invoice", form(bodies, ("100", codes(books)[code])))["TotalAmt"] == total


amounts = st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2)
lines = st.lists(st.tuples(amounts, st.sampled_from(["2", "3", "5", "7", "11", "12", "15"])), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=lines, percent=st.integers(0, 100), mode=st.sampled_from(["TaxExcluded", "TaxInclusive"]))
def test_tax_lines_totals_and_the_ledger_always_agree(canada, sandbox, bodies, lines, percent, mode):
    body = form(bodies, *lines, mode=mode)
    if percent:
        detail = {"PercentBased": True, "DiscountPercent": percent}
        body["Line"].append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    taxed = canada.write("Invoice", body)
    detail = taxed["TxnTaxDetail"]
    assert sum((line["Amount"] for line in detail.get("TaxLine", [])), Decimal(0)) == detail["TotalTax"]
    net = sum(line["Amount"] for line in taxed["Line"] if line["DetailType"] == "SalesItemLineDetail")
    discount = sum(line["Amount"] for line in taxed["Line"] if line["DetailType"] == "DiscountLineDetail")
    assert taxed["TotalAmt"] == net + detail["TotalTax"] - discount
    if mode == "TaxInclusive" and not percent:
        assert taxed["TotalAmt"] == sum(amount for amount, _ in lines)
    postings = sandbox.company(FIRST_REALM).ledger.entries["Invoice", taxed["Id"]].postings
    assert sum(one.amount for one in postings) == 0


def test_a_new_canadian_company_speaks_for_itself(sandbox):
    made = Sandbox(sandbox.clock.now, seed="empty", country="CA").company("77")
    assert (made.country, made.home_currency) == ("CA", "CAD")
    assert made.preferences["TaxPrefs"] == {"UsingSalesTax": True}

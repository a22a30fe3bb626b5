"""Sales tax of a US company: the code of the form or the customer, TAX and NON lines, one TaxLine per rate."""

from __future__ import annotations

from decimal import Decimal

import pytest

CALIFORNIA, TUCSON = {"value": "2"}, {"value": "3"}
TAXED = {"TaxCodeRef": {"value": "TAX"}}


@pytest.fixture
def invoice(books, bodies):
    """Post an invoice of (amount, TAX or NON) lines."""

    def post(*lines, code=CALIFORNIA, customer="2", **more):
        detail = {"TxnTaxDetail": {"TxnTaxCodeRef": code}} if code else {}
        sent = [bodies.line(Decimal(amount), TaxCodeRef={"value": kind}) for amount, kind in lines]
        return books.write("Invoice", {"CustomerRef": {"value": customer}, "Line": sent, **detail, **more})

    return post


def balance(books, name):
    return books.query(f"select * from Account where Name = '{name}'")["Account"][0]["CurrentBalance"]


def test_the_recorded_invoice_is_taxed_to_the_cent(invoice):
    taxed = invoice(("275", "TAX"), ("12.75", "TAX"), ("47.50", "TAX"))
    detail = {
        "TaxRateRef": {"value": "3"},
        "PercentBased": True,
        "TaxPercent": 8,
        "NetAmountTaxable": Decimal("335.25"),
    }
    line = {"Amount": Decimal("26.82"), "DetailType": "TaxLineDetail", "TaxLineDetail": detail}
    assert taxed["TxnTaxDetail"] == {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": Decimal("26.82"), "TaxLine": [line]}
    assert list(taxed["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]) == list(detail)
    assert taxed["TotalAmt"] == taxed["Balance"] == Decimal("362.07")


def test_two_rates_are_rounded_each_on_the_sum(invoice):
    taxed = invoice(("422", "TAX"), code=TUCSON)
    assert [line["Amount"] for line in taxed["TxnTaxDetail"]["TaxLine"]] == [Decimal("29.96"), Decimal("8.44")]
    assert taxed["TotalAmt"] == Decimal("460.40")


def test_lines_marked_non_are_not_taxed(invoice):
    taxed = invoice(("100", "NON"), ("50", "TAX"))
    assert taxed["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 50
    assert taxed["TotalAmt"] == 154


def test_without_a_code_a_taxable_customers_own_counts(books, invoice):
    customer = books.write("Customer", {"DisplayName": "Taxed", "DefaultTaxCodeRef": TUCSON, "Taxable": True})
    assert invoice(("100", "TAX"), code=None, customer=customer["Id"])["TotalAmt"] == Decimal("109.10")


def test_an_exempt_customer_pays_no_tax(invoice):
    taxed = invoice(("100", "TAX"), code=None)
    assert (taxed["TotalAmt"], taxed["TxnTaxDetail"]) == (100, {"TotalTax": 0})


def test_a_line_names_tax_or_non_and_nothing_else(books, bodies):
    refusal = books.refusal("Invoice", bodies.invoice(Line=[bodies.line(1, TaxCodeRef={"value": "2"})]))
    assert (refusal["code"], refusal["Message"]) == ("6100", "Invalid Line TaxCode in the request")


def test_a_code_that_is_not_there_is_refused(books, bodies):
    body = bodies.invoice(TxnTaxDetail={"TxnTaxCodeRef": {"value": "77"}})
    assert books.refusal("Invoice", body)["code"] == "2500"
    body = bodies.invoice(TxnTaxDetail={"TxnTaxCodeRef": {"value": "CustomSalesTax"}})
    assert books.refusal("Invoice", body)["code"] == "6160"


@pytest.mark.parametrize(("after", "tax"), [(False, "8.00"), (True, "7.20")])
def test_a_discount_comes_before_or_after_the_tax(books, bodies, after, tax):
    discount = {"PercentBased": True, "DiscountPercent": 10}
    lines = [bodies.line(100, **TAXED), {"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount}]
    taxed = books.write(
        "Invoice",
        {
            "CustomerRef": {"value": "2"},
            "Line": lines,
            "ApplyTaxAfterDiscount": after,
            "TxnTaxDetail": {"TxnTaxCodeRef": CALIFORNIA},
        },
    )
    assert taxed["TxnTaxDetail"]["TotalTax"] == Decimal(tax)
    assert taxed["TotalAmt"] == 90 + Decimal(tax)


def test_a_sent_total_overrides_the_computed_tax(books, bodies):
    detail = {"TxnTaxCodeRef": TUCSON, "TotalTax": Decimal("10.00")}
    taxed = books.write("Invoice", bodies.invoice(Line=[bodies.line(100, **TAXED)], TxnTaxDetail=detail))
    assert taxed["TotalAmt"] == 110
    assert sum(line["Amount"] for line in taxed["TxnTaxDetail"]["TaxLine"]) == 10


def test_sent_tax_lines_override_the_computed_tax_rate_by_rate(books, bodies):
    line = {
        "Amount": Decimal("5.55"),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {"TaxRateRef": {"value": "3"}, "PercentBased": True},
    }
    detail = {"TxnTaxCodeRef": CALIFORNIA, "TotalTax": Decimal("5.55"), "TaxLine": [line]}
    taxed = books.write("Invoice", bodies.invoice(Line=[bodies.line(100, **TAXED)], TxnTaxDetail=detail))
    assert taxed["TotalAmt"] == Decimal("105.55")
    assert taxed["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 100


def test_automated_sales_tax_computes_anew_where_the_switch_says_so(books, bodies):
    books.preferences(automated_tax_override="recompute", PartnerTaxEnabled=True)
    detail = {"TxnTaxCodeRef": CALIFORNIA, "TotalTax": 1}
    taxed = books.write("Invoice", bodies.invoice(Line=[bodies.line(100, **TAXED)], TxnTaxDetail=detail))
    assert taxed["TotalAmt"] == 108


def test_a_company_without_sales_tax_ignores_it(books, invoice):
    books.preferences(UsingSalesTax=False)
    taxed = invoice(("100", "TAX"))
    assert (taxed["TotalAmt"], taxed["TxnTaxDetail"]) == (100, {"TotalTax": 0})


def test_changed_lines_are_taxed_anew_and_a_sent_back_form_stays(books, invoice, bodies):
    taxed = invoice(("100", "TAX"))
    same = books.write("Invoice", taxed)
    assert same["SyncToken"] == "0"
    change = {"Id": taxed["Id"], "SyncToken": "0", "sparse": True, "Line": [bodies.line(200, **TAXED)]}
    assert books.write("Invoice", change)["TotalAmt"] == 216


def test_tax_stands_on_the_agencys_account_until_the_void(books, invoice):
    before = balance(books, "Board of Equalization Payable")
    taxed = invoice(("100", "TAX"))
    assert balance(books, "Board of Equalization Payable") == before - 8
    voided = books.write("Invoice", {"Id": taxed["Id"], "SyncToken": "0"}, operation="void")
    assert (voided["TotalAmt"], voided["TxnTaxDetail"]) == (0, {"TotalTax": 0})
    assert balance(books, "Board of Equalization Payable") == before


def test_refunds_and_credit_memos_take_the_tax_back(books, bodies, invoice):
    before = balance(books, "Board of Equalization Payable")
    invoice(("100", "TAX"))
    form = {
        "CustomerRef": {"value": "2"},
        "Line": [bodies.line(100, **TAXED)],
        "TxnTaxDetail": {"TxnTaxCodeRef": CALIFORNIA},
    }
    assert books.write("CreditMemo", form)["TotalAmt"] == 108
    assert balance(books, "Board of Equalization Payable") == before
    assert books.write("RefundReceipt", {**form, "DepositToAccountRef": {"value": "35"}})["TotalAmt"] == 108
    assert balance(books, "Board of Equalization Payable") == before + 8

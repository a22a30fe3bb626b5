"""Tax codes, rates and agencies: how they are asked for, and TaxService, which makes them."""

from __future__ import annotations

from decimal import Decimal


def order(name="Austin", **more):
    detail = {"TaxRateName": f"{name} rate", "RateValue": "8.25", "TaxAgencyId": "2", **more}
    return {"TaxCode": name, "TaxRateDetails": [detail]}


def test_a_page_of_one_tax_code_has_four_rows(books):
    page = books.query("select * from TaxCode maxresults 1")
    assert [one["Id"] for one in page["TaxCode"]][:3] == ["TAX", "NON", "CustomSalesTax"]
    assert len(page["TaxCode"]) == 4
    assert not {"domain", "sparse", "SyncToken"} & page["TaxCode"][0].keys()


def test_a_condition_counts_for_the_pseudo_codes_too(books):
    found = books.query("select * from TaxCode where Name = 'California'")["TaxCode"]
    assert [one["Id"] for one in found] == ["2"]


def test_a_code_and_its_rates_are_made_together_and_answered_bare(books, bodies):
    answer = books.post("taxservice/taxcode", order())
    assert answer.status_code == 200
    assert answer.text.startswith('{"TaxCode":"Austin","TaxCodeId":"')
    made = bodies.parsed(answer)
    assert made["TaxRateDetails"][0]["RateValue"] == Decimal("8.25")
    code = books.read("TaxCode", made["TaxCodeId"])
    rate = books.read("TaxRate", made["TaxRateDetails"][0]["TaxRateId"])
    assert code["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"] == {"value": rate["Id"], "name": "Austin rate"}
    assert rate["AgencyRef"] == {"value": "2"}


def test_a_made_code_taxes_an_invoice(books, bodies):
    code = bodies.parsed(books.post("taxservice/taxcode", order()))["TaxCodeId"]
    line = bodies.line(100, TaxCodeRef={"value": "TAX"})
    taxed = books.write("Invoice", bodies.invoice(Line=[line], TxnTaxDetail={"TxnTaxCodeRef": {"value": code}}))
    assert taxed["TotalAmt"] == Decimal("108.25")


def test_a_code_may_take_a_rate_that_exists(books, bodies):
    made = bodies.parsed(
        books.post(
            "taxservice/taxcode", {"TaxCode": "Both", "TaxRateDetails": [{"TaxRateId": "1"}, {"TaxRateId": "3"}]}
        )
    )
    assert [one["TaxRateName"] for one in made["TaxRateDetails"]] == ["AZ State tax", "California"]


def test_a_used_rate_name_is_refused_and_nothing_is_made(books):
    books.post("taxservice/taxcode", order())
    refusal = books.refusal("taxservice/taxcode", {**order(), "TaxCode": "Another"})
    assert (refusal["code"], refusal["element"]) == ("6240", "")
    assert refusal["Detail"].startswith("The name supplied already exists. : Another tax rate is already using this")
    assert "Another" not in {one["Name"] for one in books.query("select * from TaxCode")["TaxCode"]}


def test_what_is_missing_or_wrong_is_named(books):
    assert books.refusal("taxservice/taxcode", {"TaxCode": "x"})["element"] == "TaxRateDetails"
    assert books.refusal("taxservice/taxcode", order(TaxAgencyId="99"))["code"] == "2500"
    assert books.refusal("taxservice/taxcode", order(RateValue="much"))["code"] == "2090"
    assert books.refusal("taxservice/taxcode", order(RateValue=101))["code"] == "2240"
    assert books.refusal("taxservice/taxcode", order(TaxApplicableOn="Rent"))["code"] == "2170"


def test_a_repeated_requestid_makes_one_code(books):
    first = books.post("taxservice/taxcode", order(), requestid="once")
    assert books.post("taxservice/taxcode", order(), requestid="once").text == first.text


def test_an_agency_is_made_with_its_account(books):
    made = books.write("TaxAgency", {"DisplayName": "Texas Comptroller"})
    assert list(made)[:2] == ["TaxTrackedOnPurchases", "TaxTrackedOnSales"]
    account = books.query("select * from Account where Name = 'Texas Comptroller Payable'")["Account"][0]
    assert account["AccountSubType"] == "GlobalTaxPayable"
    assert books.refusal("TaxAgency", {"DisplayName": "texas comptroller"})["code"] == "6240"


def test_codes_and_rates_are_not_written_directly(books):
    assert books.refusal("TaxCode", {"Name": "x"})["code"] == "500"
    assert books.refusal("TaxRate", {"Name": "x"})["code"] == "500"

"""Every fault code has a kind, and every recorded answer is read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from connectors.documents import DocumentKind
from connectors.quickbooks.answers import Answer, Entry, read_answer
from connectors.quickbooks.faults import Context, holder_id, problems_of
from errors import kinds
from errors.kinds import Kind
from errors.language import fix, sentence
from errors.problem import Name
from tests.support.quickbooks_desk import RECORDED

CODES: dict[type[Kind], str] = {
    kinds.ConnectionLost: "100 110 120 401 3200 3202",
    kinds.AppRefused: "3100",
    kinds.QuickBooksUnavailable: "130 140 150",
    kinds.Throttled: "3001",
    kinds.SubscriptionEnded: "6190",
    kinds.CompanyReset: "10200",
    kinds.PeriodClosed: "6200 6210",
    kinds.NotPermitted: "5020 5030",
    kinds.AccountRefused: "6430",
    kinds.InactiveReference: "610 2500 6250",
    kinds.DuplicateNumber: "6140",
    kinds.CustomerNameTaken: "6240",
    kinds.ChangedInQuickBooks: "5010",
    kinds.LinkRefused: "620",
    kinds.Deposited: "6540",
    kinds.MatchedWithBank: "6480",
    kinds.SettledByQuickBooksPayments: "6110 6120 6450",
    kinds.CurrencyRefused: "2220 2410",
    kinds.TaxCodeMissing: "2280 6100 6160 6170 6230 6470",
    kinds.FieldRefused: (
        "2020 2040 2050 2060 2080 2090 2160 2200 2210 2240 2250 2290 6070 6080 6270 6420 6440 6520 6530"
    ),
    kinds.QuickBooksFailed: "600 1000 1010 1020 4002 10000",
    kinds.NotUnderstood: "500 1040 2000 2010 2030 2130 2170 4000 4001 5000 10100",
    kinds.RefusedByQuickBooks: (
        "630 700 800 900 2300 3000 6000 6010 6020 6030 6040 6041 6050 6090 6130 6150 6180 6220 6280 6290 6300 6310 "
        "6320 6330 6390 6400 6460 6490 6510 9999"
    ),
}
PAIRS = [(code, kind) for kind, codes in CODES.items() for code in codes.split()]
TEXTS = [
    ("You can only add or edit one name at a time. Please try again.", kinds.NameListBusy),
    ("You can only add or edit one product or service at a time.", kinds.NameListBusy),
    ("Make sure all your transactions have a GST/HST rate before you save.", kinds.TaxCodeMissing),
    ("You can only use one foreign currency per transaction.", kinds.CurrencyRefused),
    ("The transaction needs to be in the same currency as the A/R and A/P accounts", kinds.CurrencyRefused),
    ("The entity Estimate 75 that you are trying to link does not exist.", kinds.LinkRefused),
    ("Amount applied is greater than payment or refund amount", kinds.LinkRefused),
    ("Unexpected Internal Error. (-30000)", kinds.QuickBooksFailed),
    ("you need to activate this item before updating the quantity", kinds.InactiveReference),
    ("Select a payment method that is a credit card.", kinds.PaymentMethodNotCreditCard),
    ("Une erreur de validation", kinds.RefusedByQuickBooks),
]
INVOICE = Context(
    company="shop",
    kind=DocumentKind.INVOICE,
    local_id="17",
    name=Name("invoice", "1042"),
    body={"DocNumber": "1042", "TxnDate": "2026-03-02", "CustomerRef": {"value": "58"}},
    closing_date=date(2026, 3, 31),
)


def _answer(*entries: Entry, status: int = 400) -> Answer:
    return Answer(status=status, body={}, entries=entries, trace_id="1-tid")


@pytest.mark.parametrize(("code", "kind"), PAIRS)
@pytest.mark.parametrize("context", [INVOICE, Context(company="shop")], ids=["a write", "a read"])
def test_each_code_has_its_kind_and_a_sentence(code: str, kind: type[Kind], context: Context) -> None:
    (problem,) = problems_of(_answer(Entry(code=code, message="Message", detail="Ihre Angaben sind falsch")), context)
    assert problem.kind is kind
    assert problem.fault.code == code
    assert problem.fault.trace_id == "1-tid"
    assert problem.fault.status == 400
    for language in ("en", "es"):
        assert "{" not in sentence(problem, language) + fix(problem, language)


@pytest.mark.parametrize(("text", "kind"), TEXTS)
def test_a_business_validation_text_with_a_deed_of_its_own_is_told_apart(text: str, kind: type[Kind]) -> None:
    (problem,) = problems_of(_answer(Entry(code="6000", detail=f"Business Validation Error: {text}")), INVOICE)
    assert problem.kind is kind


def test_a_taken_name_of_a_service_is_about_services() -> None:
    context = Context(company="shop", kind=DocumentKind.SERVICE, local_id="s1", body={"Name": "Tree care"})
    (problem,) = problems_of(_answer(Entry(code="6240")), context)
    assert problem.kind is kinds.ServiceNameTaken
    assert problem.facts["name"] == "Tree care"


def test_all_errors_of_an_answer_are_kept_most_telling_first() -> None:
    found = problems_of(_answer(Entry(code="6000", detail="?"), Entry(code="2020"), Entry(code="6140")), INVOICE)
    assert [problem.fault.code for problem in found] == ["6140", "2020", "6000"]


@pytest.mark.parametrize(
    ("entry", "subject"),
    [
        (Entry(code="6210"), "books of shop closed to 2026-03-31"),
        (Entry(code="2500", detail="Invalid Reference Id : Names element id 75 not found"), "reference Names 75"),
        (Entry(code="2500", detail="made inactive"), "invoice 17"),
        (Entry(code="6250"), "reference customer 58"),
        (Entry(code="5020"), "permission shop invoice"),
        (Entry(code="6190"), "company shop"),
        (Entry(code="2020", element="Line"), "invoice 17"),
    ],
)
def test_equal_causes_have_equal_subjects(entry: Entry, subject: str) -> None:
    assert problems_of(_answer(entry), INVOICE)[0].subject == subject


def test_a_french_duplicate_number_still_names_its_holder() -> None:
    detail = "Numéro de document en double : DocNumber=INV-0002 is assigned to TxnType=Facture with TxnId=2137"
    entry = Entry(code="6140", detail=detail)
    assert holder_id([entry]) == "2137"
    assert problems_of(_answer(entry), INVOICE)[0].facts["holder"] == "Facture (Id 2137)"


def test_a_401_without_a_known_code_is_a_lost_connection() -> None:
    assert problems_of(Answer(status=401), INVOICE)[0].kind is kinds.ConnectionLost


EXPECTED: dict[str, tuple[type[Kind], ...]] = {
    "100_general_authentication_error_xml": (kinds.ConnectionLost,),
    "2010_unrecognized_property": (kinds.NotUnderstood,),
    "2020_required_param_item_name": (kinds.FieldRefused,),
    "2020_required_param_line_detailtype": (kinds.FieldRefused,),
    "2500_invalid_reference_json": (kinds.InactiveReference,),
    "3001_throttle_403_xml": (kinds.Throttled,),
    "3001_throttle_429_2017_xml": (kinds.Throttled,),
    "3001_throttle_429_xml": (kinds.Throttled,),
    "3001_throttle_json_client_got_xml": (kinds.Throttled,),
    "3100_authorization_failed": (kinds.AppRefused,),
    "3200_authentication_detail_null": (kinds.ConnectionLost,),
    "3200_authentication_malformed_token": (kinds.ConnectionLost,),
    "4000_query_parser_error": (kinds.NotUnderstood,),
    "4001_invalid_query_unknown_entity": (kinds.NotUnderstood,),
    "4001_query_validation_xml": (kinds.NotUnderstood,),
    "4002_query_processing_error": (kinds.QuickBooksFailed,),
    "500_unsupported_operation_bad_path": (kinds.NotUnderstood,),
    "5010_stale_object": (kinds.ChangedInQuickBooks,),
    "6070_amount_not_unitprice_times_qty_xml": (kinds.FieldRefused,),
    "610_object_not_found": (kinds.InactiveReference,),
    "6140_duplicate_docnumber": (kinds.DuplicateNumber,),
    "6240_duplicate_name_customer": (kinds.CustomerNameTaken,),
    "6240_duplicate_name_xml": (kinds.CustomerNameTaken,),
    "fault_xml": (kinds.FieldRefused, kinds.FieldRefused),
    "generic_error_xml": (kinds.QuickBooksFailed,),
}
NOT_ANSWERS = {  # texts as a library prints them, and the token endpoint (test_quickbooks_oauth.py)
    "2010_unrecognized_property_detail_text",
    "6000_batch_requestid_too_long_text",
    "oauth_invalid_grant",
}
FILES = sorted((RECORDED / "faults").glob("*.json"))


@pytest.mark.skipif(not FILES, reason="the recorded answers are not beside the repository")
def test_every_recorded_fault_is_covered_here() -> None:
    assert {file.stem for file in FILES} == EXPECTED.keys() | NOT_ANSWERS


@pytest.mark.parametrize("file", [file for file in FILES if file.stem in EXPECTED], ids=lambda file: file.stem)
def test_a_recorded_fault_is_read(file: Any) -> None:
    response = json.loads(file.read_text(encoding="utf-8"))["response"]
    body = response["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    answer = read_answer(response["status"], response.get("headers", {}), text)
    assert tuple(problem.kind for problem in problems_of(answer, INVOICE)) == EXPECTED[file.stem]
    tid = {name.lower(): value for name, value in response.get("headers", {}).items()}.get("intuit-tid", "")
    assert answer.trace_id == tid
    assert not answer.ok


@pytest.mark.parametrize("text", ["", "<html>502 Bad Gateway</html>", "[]", "null", '"text"', '{"Fault": {}}', "{"])
def test_an_answer_that_says_nothing_is_read_without_a_fuss(text: str) -> None:
    answer = read_answer(502, {}, text)
    assert answer.entries == ()
    assert not answer.ok


def test_a_gateway_code_is_read_from_its_message_without_leading_zeros() -> None:
    text = '{"fault":{"error":[{"message":"message=ThrottleExceeded; errorCode=003001; statusCode=403"}]}}'
    answer = read_answer(403, {}, text)
    assert answer.has("3001")
    assert answer.throttled


def test_amounts_are_read_as_decimals() -> None:
    answer = read_answer(200, {"INTUIT_TID": "x"}, '{"Invoice": {"TotalAmt": 0.10, "Balance": 0}}')
    assert answer.body is not None
    assert str(answer.body["Invoice"]["TotalAmt"]) == "0.10"
    assert answer.trace_id == "x"

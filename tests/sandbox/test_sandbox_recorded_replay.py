"""Every recorded query, read and create replayed against the sample company: members, order, types, values, numbers.

What differs is listed in `DIFFERENT` with its reason; a difference that is not listed is a failure.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.wire import jsontext

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "recorded"
ROOT = f"{SANDBOX_URL}/v3/company/{FIRST_REALM}"
# The sample company was recorded on this day; a clock that stands there leaves its dates as they were.
RECORDED_ON = datetime(2026, 5, 4, 19, 0, tzinfo=UTC)
WIRE = "wire bytes"  # recordings whose number text is the wire's own
VOLATILE = re.compile(
    r"(Id|SyncToken|CreateTime|LastUpdatedTime|time|DocNumber|V4IDPseudonym|LastModifiedByRef\.value)\Z"
)
MOMENTS = "Id|SyncToken|CreateTime|LastUpdatedTime|time|DocNumber"
VOLATILE = re.compile(rf"({MOMENTS}|V4IDPseudonym|LastModifiedByRef\.value)\Z")
NEWER = (
    (
        r".*\.(IsProject|ClientEntityId|V4IDPseudonym|Organization|BillRate|FreeFormAddress|ShipFromAddr|LastModifiedByRef"
        r"|CustomExtensions|ItemAccountRef) more"
    ),
    "members that answers have had since 2025",
)
RENAMED = (r".*\.(Name|FullyQualifiedName|DisplayName|name) value", "item, account and customer 1 had been renamed")
OWED = (r".*\.(Balance|BalanceWithJobs|CurrentBalance|CurrentBalanceWithSubAccounts) value", "test documents moved it")
NOTED = (r".*\.PrivateNote missing", "a note written by a test")
ONLINE = (r".*\.(AllowOnline\w+ value|InvoiceLink missing)", "online payments were switched on")
DATED = (r".*\.(TxnDate|DueDate|InvStartDate|HiredDate) value", "another year, or the day of the call")
CREW = (r".*\.CustomField length", "the company of 2020 had a custom field")
SENT = (r".*\.(DeliveryInfo missing|EmailStatus value|DeliveryTime value)", "the moment at which a test had mailed it")
DIFFERENT: dict[str, tuple[tuple[str, str], ...]] = {
    "accounts_2026": (RENAMED, OWED),
    "bills_2026": (NOTED,),
    "credit_memos_2026": (
        RENAMED,
        NOTED,
        DATED,
        (
            (
                r"\.(BillAddr\.\w+|BillEmail|CustomerMemo|ShipFromAddr|Line\.Description"
                r"|Line\.SalesItemLineDetail\.(Qty|UnitPrice)) (missing|more|value)"
            ),
            "credit memo 73 had been updated in full",
        ),
    ),
    "customer_by_displayname_escaped_quote": (NEWER, OWED),
    "customers_2026": (RENAMED, OWED),
    "customers_where_id_in_page1": (NEWER,),
    "customers_where_id_in_page3": (NEWER,),
    "employees_active_in_true_false": (NEWER, DATED, (r"\.(Active|DisplayName) value", "employee 55 was inactive")),
    "invoices_2026": (RENAMED, NOTED, ONLINE, SENT),
    "items_2017": (DATED, (r"\.Description value", "a test had described item 5")),
    "items_2026": (RENAMED,),
    "query_entities_2026": (OWED,),
    "salesreceipts_all": (CREW, NOTED, DATED),
    "vendor_by_name_ampersand": (NEWER,),
    "vendors_2026": (OWED,),
    "vendors_last_page": (NEWER,),
    "vendors_page_of_5": (NEWER, OWED, (r"\.TaxIdentifier missing", "entered for vendor 31 by hand")),
    "create_credit_memo_2026": (RENAMED, DATED),
    "create_invoice_2026": (RENAMED, ONLINE),
    "create_payment_2026": (RENAMED, DATED),
    "customer_create_minimal_2020": (NEWER,),
    "customer_get_2020": (NEWER,),
    "employee_deactivate_2020": (NEWER,),
    "get_account_2026": (RENAMED,),
    "get_customer_2026": (RENAMED, OWED, (r".*Addr\.(Lat|Long) more", "its addresses had been written by the API")),
    "get_invoice_2026": (ONLINE, NOTED),
    "invoice_create_minimal_2020": (NEWER, CREW, DATED),
    "salesreceipt_update_2020": (NEWER, CREW, DATED),
    "send_invoice_2026": (SENT,),
}
UNKNOWN = "the object it speaks of is not in the sample company; the tests of shapes make one"
NO_REQUEST = "a body without its request, of an older year"
NOT_REPLAYED: dict[str, str] = {
    "account_rows_2019": NO_REQUEST,
    "attachable_delete_2020": UNKNOWN,
    "companyinfo_documentation_sample": NO_REQUEST,
    "credit_memos_rows_2023": NO_REQUEST,
    "customer_full_update_2020": UNKNOWN,
    "deposits_rows_2023": NO_REQUEST,
    "estimates_rows_2023": NO_REQUEST,
    "exchangerate_rows_2019": NO_REQUEST,
    "get_credit_memo_2026": UNKNOWN,
    "get_item_2026": UNKNOWN,
    "get_payment_2026": UNKNOWN,
    "invoice_delete_2020": UNKNOWN,
    "invoice_void_2022": UNKNOWN,
    "item_inventory_create_2017": NO_REQUEST,
    "preferences_get_2017": NO_REQUEST,
    "preferences_multicurrency_2019": NO_REQUEST,
    "preferences_update_2017": NO_REQUEST,
    "refund_receipts_rows_2023": NO_REQUEST,
    "tax_agencies_rows_2023": NO_REQUEST,
    "tax_codes_rows_2023": NO_REQUEST,
    "tax_rates_rows_2023": NO_REQUEST,
    "terms_rows_2023": NO_REQUEST,
}

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this repository")


def numbers(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def recorded(path):
    whole = numbers(path.read_text(encoding="utf-8"))
    body = whole["response"]["body"]
    return whole, numbers(body) if isinstance(body, str) else body


def differences(theirs, ours, *, wire, path=""):
    """Give each difference as a path without positions and what differs."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        yield from ((f"{path}.{name}", "missing") for name in theirs if name not in ours)
        yield from ((f"{path}.{name}", "more") for name in ours if name not in theirs)
        shared = [name for name in theirs if name in ours]
        if shared != [name for name in ours if name in theirs]:
            yield path, "order"
        for name in shared:
            yield from differences(theirs[name], ours[name], wire=wire, path=f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield path, "length"
        for one, other in zip(theirs, ours, strict=False):
            yield from differences(one, other, wire=wire, path=path)
    elif type(theirs) is not type(ours):
        yield path, "type"
    elif theirs != ours and not VOLATILE.search(path):
        yield path, "value"
    elif wire and isinstance(theirs, Decimal) and str(theirs) != str(ours):
        yield path, "number"


def files(folder):
    return sorted(RECORDED.glob(f"{folder}/*.json")) if RECORDED.is_dir() else []


@pytest.fixture
def sample():
    seconds, hexes = count(), count(1)
    sandbox = Sandbox(
        lambda: RECORDED_ON + timedelta(seconds=next(seconds)),
        random_hex=lambda size: f"{next(hexes):0{2 * size}x}",
    )
    sandbox.connect(FIRST_REALM, access_token="t")
    with requests.Session() as session:
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer t", "Accept": "application/json"})
        yield session


def unexplained(name, found):
    """Return the differences that no pattern of the table explains."""
    patterns = [re.compile(pattern) for pattern, _why in DIFFERENT.get(name, ())]
    told = (f"{path} {what}" for path, what in found)
    return sorted({one for one in told if not any(pattern.fullmatch(one) for pattern in patterns)})


@pytest.mark.parametrize("path", files("queries"), ids=lambda path: path.stem)
def test_the_rows_of_a_recorded_list_are_ours(sample, path):
    whole, body = recorded(path)
    response = body["QueryResponse"]
    entity = next((name for name in response if isinstance(response[name], list)), None)
    if entity is None:
        statement = whole["request"]["query"]["query"]
        ours = numbers(sample.get(f"{ROOT}/query", params={"query": statement}).content)
        assert list(ours["QueryResponse"]) == list(response)
        return
    statement = f"select * from {entity} where Active in (true, false) maxresults 1000"
    if entity not in ("Customer", "Vendor", "Item", "Account", "Employee"):
        statement = f"select * from {entity} maxresults 1000"
    answer = numbers(sample.get(f"{ROOT}/query", params={"query": statement}).content)["QueryResponse"]
    assert list(answer) == list(response)
    ours = {row["Id"]: row for row in answer[entity]}
    common = [row for row in response[entity] if row["Id"] in ours]
    assert common, "none of the recorded rows is in the sample company"
    wire = WIRE in whole["kind"]
    found = [one for row in common for one in differences(row, ours[row["Id"]], wire=wire)]
    assert unexplained(path.stem, found) == []


@pytest.mark.parametrize("path", files("entities"), ids=lambda path: path.stem)
def test_a_recorded_read_or_create_comes_out_the_same(sample, path):
    whole, body = recorded(path)
    if path.stem in NOT_REPLAYED:
        pytest.skip(NOT_REPLAYED[path.stem])
    request = whole["request"]
    resource = request["path"].partition("{realm}/")[2] or request["path"].rpartition("/v3/")[2]
    if request["method"] == "GET":
        answer = sample.get(f"{ROOT}/{resource}")
    else:
        body_sent = dict(request.get("body") or {})
        if "Id" in body_sent:  # the token of the recorded object is not that of ours
            present = jsontext.loads(sample.get(f"{ROOT}/{resource}/{body_sent['Id']}").content)
            body_sent["SyncToken"] = next(iter(present.values()))["SyncToken"]
        sent = jsontext.dumps(body_sent).encode()
        answer = sample.post(f"{ROOT}/{resource}", data=sent, params=request.get("query"))
    assert answer.status_code == 200, answer.text
    found = list(differences(body, numbers(answer.content), wire=WIRE in whole["kind"]))
    assert unexplained(path.stem, found) == []


def test_the_table_speaks_of_recordings_that_exist():
    names = {path.stem for folder in ("queries", "entities") for path in files(folder)}
    assert names >= DIFFERENT.keys() | NOT_REPLAYED.keys()

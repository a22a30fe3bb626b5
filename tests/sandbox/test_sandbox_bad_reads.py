"""Whatever a batch, a change query or a statement holds, the answer is QuickBooks' own: 200 or 400 with a fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from hypothesis import given, settings, strategies as st

from connectors.quickbooks.sandbox import FIRST_REALM, Request, Sandbox
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.wire import jsontext

ROOT = f"http://quickbooks.sandbox/v3/company/{FIRST_REALM}"
JSON = {"Authorization": "Bearer fixed", "Accept": "application/json", "Content-Type": "application/json"}

scalars = st.none() | st.booleans() | st.integers(-5, 10**12) | st.text(max_size=8) | st.just("2026-03-02")
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))
statements = (
    st.sampled_from(["select * from Invoice", "select", "select * from X", "select count(*) from Term"]) | values
)
entities = st.sampled_from([*BY_NAME, "Unicorn"])
operations = st.sampled_from(["create", "update", "delete", "void", "DELETE", "send", ""]) | values
changes = st.dictionaries(st.sampled_from(["Entities", "ChangedSince"]), st.just("Invoice") | scalars) | values


@st.composite
def items(draw):
    item = draw(st.dictionaries(st.sampled_from(["bId", "optionsData", "include"]), values))
    item |= draw(st.dictionaries(st.just("operation"), operations))
    item |= draw(st.dictionaries(st.just("Query"), statements, max_size=1))
    item |= draw(st.dictionaries(st.just("CDCQuery"), changes, max_size=1))
    body = st.fixed_dictionaries({"Id": st.just("1"), "SyncToken": st.just("0")}) | values
    return item | draw(st.dictionaries(entities, body, max_size=2))


def company():
    sandbox = Sandbox(lambda: datetime(2026, 3, 2, 12, 0, tzinfo=UTC), seed="empty")
    sandbox.connect(FIRST_REALM, access_token="fixed")
    return sandbox


SANDBOX = company()


def answered(method, url, body=b""):
    answer = SANDBOX.handle(Request.of(method, url, JSON, body))
    assert answer.status in (200, 400), answer
    parsed = json.loads(answer.body)
    assert ("Fault" in parsed) == (answer.status == 400)
    return parsed


@settings(max_examples=80, deadline=None)
@given(st.lists(items() | values, max_size=4) | values, st.sampled_from(["", "r", "r" * 45, "r" * 60]))
def test_any_batch_is_answered(body, request_id):
    sent = jsontext.dumps({"BatchItemRequest": body}).encode(errors="surrogatepass")
    parsed = answered("POST", f"{ROOT}/batch?requestid={request_id}", sent)
    for item in parsed.get("BatchItemResponse", ()):
        assert set(item) - {"bId"}


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["entities", "changedSince", "CHANGEDSINCE"]),
        st.sampled_from(["Invoice", "a,b,,", "Term,term", "2026", "2026-03-02T00:00", "24:00", "0001-01-01T00:00:00Z"])
        | st.text(alphabet="Invoice,2026-:TZ+ ", max_size=12),
    )
)
def test_any_change_query_is_answered(params):
    answered("GET", f"{ROOT}/cdc?{urlencode(params)}")


@settings(max_examples=80, deadline=None)
@given(
    entities,
    st.sampled_from(["Id", "MetaData.CreateTime", "TxnDate", "Active", "Balance", "DocNumber", "Name", "Line.Id"]),
    st.sampled_from(["=", "<", ">=", "!=", "LIKE", "CONTAINS", "IN", "BETWEEN"]),
    st.sampled_from(["1", "", " ", "0001-01-01", "9999-12-31T23:59:59-08:00", "1e400", "-1", "true", "²", "%", "NaN"]),
    st.sampled_from(
        ["", "orderby Balance desc", "orderby MetaData.LastUpdatedTime", "maxresults 99999999999999999999"]
    ),
)
def test_any_condition_is_answered(entity, field, operator, value, rest):
    texts = {"IN": f"('{value}', '{value}')", "BETWEEN": f"'{value}' AND '{value}'"}
    statement = f"select * from {entity} where {field} {operator} {texts.get(operator, repr(value))} {rest}"
    answered("GET", f"{ROOT}/query?{urlencode({'query': statement})}")

"""Queries through the indices answer what a plain scan answers: random rows, random statements."""

from __future__ import annotations

import contextlib
import operator
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.clock import PACIFIC
from connectors.quickbooks.sandbox.entities.kind import shown
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.query import select
from connectors.quickbooks.sandbox.wire.faults import Refusal

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = ["", "A", "a", "a1", "A10", "Ä", "PG&E", "Pam", "100%", "o'Neil", "back\\slash", "x_y", "\U0010ffff"]
DAYS = ["2026-01-05", "2026-02-28", "2026-03-01", "2026-03-02"]
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}

amounts = st.integers(-3, 6).map(lambda cents: Decimal(cents) / 2)
seconds = st.integers(0, 6)
invoices = st.fixed_dictionaries(
    {"TxnDate": st.sampled_from(DAYS), "TotalAmt": amounts, "seconds": seconds},
    optional={
        "DocNumber": st.sampled_from(TEXTS[1:]),
        "CustomerRef": st.sampled_from(["1", "2", "10"]).map(lambda id_: {"value": id_, "name": f"Name {id_}"}),
    },
)
customers = st.fixed_dictionaries(
    {"DisplayName": st.sampled_from(TEXTS[1:]), "Active": st.booleans(), "Balance": amounts, "seconds": seconds},
    optional={
        "GivenName": st.sampled_from(TEXTS[1:]),
        "PrimaryEmailAddr": st.sampled_from(["a@b.c", "A@B.C", "z@b.c"]).map(lambda text: {"Address": text}),
        "Job": st.booleans(),
    },
)
# Each property with how a plain reader reads it and the values to ask for.
PROPERTIES = {
    "Invoice": {
        "DocNumber": ("text", TEXTS),
        "TxnDate": ("text", DAYS),
        "TotalAmt": ("number", ["-1.5", "0", "0.50", "2", "3"]),
        "CustomerRef": ("text", ["1", "2", "10", ""]),
        "CustomerRef.name": ("text", ["name 1", "Name 10"]),
        "MetaData.LastUpdatedTime": ("time", ["2026-01-01T00:00:03Z", "2025-12-31T16:00:02-08:00", "2026-01-01"]),
    },
    "Customer": {
        "DisplayName": ("text", TEXTS),
        "GivenName": ("text", TEXTS),
        "Balance": ("number", ["-1", "0", "0.5", "2.5"]),
        "Job": ("flag", ["true", "false"]),
        "Active": ("flag", ["true", "false"]),
        "PrimaryEmailAddr": ("text", ["a@b.c", "Z@b.c", " "]),
    },
}


def stored(kind, number, values):
    time = (EPOCH + timedelta(seconds=values["seconds"])).astimezone(PACIFIC)
    stamp = time.isoformat(timespec="seconds")
    frame = {"Id": str(number), "SyncToken": "0", "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp}}
    more = {"FullyQualifiedName": values["DisplayName"]} if kind == "Customer" else {}
    return {**{key: value for key, value in values.items() if key != "seconds"}, **more, **frame}


@st.composite
def conditions(draw, kind):
    sort = draw(st.sampled_from(["compare"] * 6 + ["in", "like", "between", "id", "not", "or"]))
    if sort == "not":
        return ("not", draw(conditions(kind)))
    if sort == "or":
        return ("or", draw(conditions(kind)), draw(conditions(kind)))
    if sort == "id":
        return ("in", "Id", draw(st.lists(st.sampled_from(["1", "2", "3", "9", "77"]), min_size=1, max_size=3)))
    name = draw(st.sampled_from(sorted(PROPERTIES[kind])))
    values = st.sampled_from(PROPERTIES[kind][name][1])
    if sort == "in":
        return ("in", name, draw(st.lists(values, min_size=1, max_size=3)))
    if sort == "between":
        return ("between", name, draw(values), draw(values))
    if sort == "like":
        texts = [one for one, (of, _) in PROPERTIES[kind].items() if of == "text"]
        return ("like", draw(st.sampled_from(texts)), draw(st.sampled_from(["a%", "%", "%1%", "100%", "x_%", "p%m"])))
    flag = PROPERTIES[kind][name][0] == "flag"
    return ("compare", name, draw(st.sampled_from(["=", "!="] if flag else sorted(COMPARE))), draw(values))


@st.composite
def statements(draw, kind):
    parts = draw(st.lists(conditions(kind), max_size=3))
    names = st.sampled_from(sorted({*PROPERTIES[kind], "Id"}))
    orders = draw(st.lists(st.tuples(names, st.booleans()), max_size=2, unique_by=lambda one: one[0]))
    return parts, orders, draw(st.integers(1, 5)), draw(st.integers(1, 6))


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def written(condition):
    sort, *rest = condition
    if sort == "not":
        return f"NOT {written(rest[0])}"
    if sort == "or":
        return f"({written(rest[0])} OR {written(rest[1])})"
    if sort == "in":
        return f"{rest[0]} in ({', '.join(map(quoted, rest[1]))})"
    if sort == "like":
        return f"{rest[0]} LIKE {quoted(rest[1])}"
    if sort == "between":
        return f"{rest[0]} Between {quoted(rest[1])} and {quoted(rest[2])}"
    return f"{rest[0]} {rest[1]} {quoted(rest[2])}"


def text_of(kind, parts, orders):
    where = f" where {' and '.join(map(written, parts))}" if parts else ""
    keys = ", ".join(f"{name}{' desc' if down else ''}" for name, down in orders)
    return f"from {kind}{where}" + (f" orderby {keys}" if orders else "")


# The plain reference


def plain(data, name):
    first, _, inside = name.partition(".")
    value = data.get(first)
    if first == "MetaData":
        return datetime.fromisoformat(value[inside])
    if isinstance(value, dict):
        return value[inside] if inside else value.get("value", value.get("Address"))
    return value


def asked(sort, text):
    if sort == "number":
        return Decimal(text)
    if sort == "flag":
        return text == "true"
    if sort == "time":
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
    return text.casefold()


def compared(kind, data, name, sign, text):
    value, sort = plain(data, name), PROPERTIES[kind][name][0]
    if sign == "!=":
        return not compared(kind, data, name, "=", text)
    if not text.strip():
        return sign == "=" and value is None
    if value is None:
        return False
    return COMPARE[sign](value.casefold() if isinstance(value, str) else value, asked(sort, text))


def holds(kind, condition, data):
    sort, *rest = condition
    if sort == "not":
        return not holds(kind, rest[0], data)
    if sort == "or":
        return any(holds(kind, one, data) for one in rest)
    if sort == "in" and rest[0] == "Id":
        return data["Id"] in rest[1]
    if sort == "in":
        return any(compared(kind, data, rest[0], "=", text) for text in rest[1])
    if sort == "between":
        if not (rest[1].strip() and rest[2].strip()):
            return False
        low, high = (compared(kind, data, rest[0], sign, text) for sign, text in ((">=", rest[1]), ("<=", rest[2])))
        return low and high
    if sort == "like":
        value = plain(data, rest[0])
        pattern = "".join(".*" if one == "%" else re.escape(one) for one in rest[1].casefold())
        return value is not None and re.fullmatch(pattern, value.casefold(), re.DOTALL) is not None
    return compared(kind, data, *rest)


def mentions_active(condition):
    return "Active" in condition or any(mentions_active(one) for one in condition if isinstance(one, tuple))


def arranged(kind, rows, orders):
    rows = sorted(rows, key=lambda data: int(data["Id"]))
    if not orders and kind == "Customer":
        return sorted(rows, key=lambda data: data["FullyQualifiedName"].encode("utf-8", "surrogatepass"))
    if not orders:
        return sorted(rows, key=lambda data: (plain(data, "MetaData.LastUpdatedTime"), int(data["Id"])), reverse=True)
    for name, down in reversed(orders):

        def key(data, name=name):
            value = int(data["Id"]) if name == "Id" else plain(data, name)
            return (value is not None, value if value is not None else 0)

        rows = sorted(rows, key=key, reverse=down)
    return rows


def expected(kind, rows, parts, orders):
    found = [data for data in rows if all(holds(kind, part, data) for part in parts)]
    if kind == "Customer" and not any(mentions_active(part) for part in parts):
        found = [data for data in found if data["Active"]]
    return arranged(kind, found, orders)


def check(kind, rows, changed, asked_for, *, whole=False):
    company = Company("1", "empty", switches=Switches(total_count="all" if whole else "page"))
    current = {}
    for number, values in enumerate(rows, 1):
        current[str(number)] = stored(kind, number, values)
        company.put(kind, current[str(number)])
    for parts, orders, start, most in asked_for:
        text = text_of(kind, parts, orders)
        found = expected(kind, list(current.values()), parts, orders)
        page = [shown(BY_NAME[kind], one, "listed") for one in found[start - 1 : start - 1 + most]]
        answer = select.run(company, f"select * {text} startposition {start} maxresults {most}", NOW)
        assert answer.get(kind, []) == page, text
        assert select.run(company, f"select count(*) {text}", NOW) == {"totalCount": len(found)}, text
        if page and kind == "Invoice":
            assert answer["totalCount"] == (len(found) if whole else len(page))
        # The indices that this statement made follow what changes now.
        for number, values in changed[:1]:
            current[number] = stored(kind, int(number), values)
            current = {key: value for key, value in current.items() if key != number} | {number: current[number]}
            if kind == "Invoice":
                current[number]["MetaData"]["LastUpdatedTime"] = "2026-02-01T00:00:00-08:00"
            company.put(kind, current[number])
        changed = changed[1:]


numbers = st.sampled_from(["1", "2", "3", "4"])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(invoices, max_size=9),
    st.lists(st.tuples(numbers, invoices), max_size=1),
    st.lists(statements("Invoice"), min_size=1, max_size=4),
    st.booleans(),
)
def test_invoices_are_found_as_a_plain_reader_would_find_them(rows, changed, asked_for, whole):
    check("Invoice", rows, changed, asked_for, whole=whole)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(customers, max_size=9),
    st.lists(st.tuples(numbers, customers), max_size=4),
    st.lists(statements("Customer"), min_size=1, max_size=4),
)
def test_customers_are_found_as_a_plain_reader_would_find_them(rows, changed, asked_for):
    check("Customer", rows, changed, asked_for)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="select*fromwhreInvoiceDocNumber' =<>!(),;\\%1.\n\0é☕", max_size=60))
def test_any_text_is_answered_or_refused(text):
    company = Company("1", "empty")
    for statement in (text, f"select * from Invoice where {text}", f"select * from Invoice {text}"):
        with contextlib.suppress(Refusal):
            select.run(company, statement, NOW)

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM
from connectors.quickbooks.sandbox.query.language import Order, parse

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "recorded"
AFTER_A_VALUE = (
    "Was expecting one of:\n    <EOF> \n    <AND> ...\n"
    '    "iterator" ...\n    "maxresults" ...\n    <OR> ...\n    "order" ...\n    "orderby" ...\n'
    '    "startposition" ...\n    '
)


def detail(books, statement):
    error = books.query_refusal(statement)
    assert (error["code"], error["Message"], "element" in error) == ("4000", "Error parsing query", False)
    return error["Detail"]


def ids(answer, entity="Customer"):
    return [row["Id"] for row in answer.get(entity, [])]


# Complaints, as recorded


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this repository")
def test_the_recorded_parser_error_is_answered_word_for_word(books):
    recorded = json.loads((RECORDED / "faults" / "4000_query_parser_error.json").read_text(encoding="utf-8"))
    assert books.query_refusal("SELECT * FROM NULL") == recorded["response"]["body"]["Fault"]["Error"][0]


def test_what_may_follow_a_value_is_listed_as_recorded(books):
    told = detail(books, "select * from Vendor where DisplayName = 'Cutlery 'R Us'")
    assert told == f'QueryParserError: Encountered " <IDENTIFIER> "R "" at line 1, column 52.\n{AFTER_A_VALUE}'


def test_an_empty_statement_ends_at_line_zero_as_recorded(books):
    expected = 'Encountered "<EOF>" at line 0, column 0.\nWas expecting:\n    "select" ...\n    '
    assert detail(books, "") == f"QueryParserError: {expected}"


@pytest.mark.parametrize(
    ("statement", "met"),
    [
        ("select * from Customer %3D", 'line 1, column 24.  Encountered: "%" (37), after : ""'),
        ("select *\nfrom Customer –", 'line 2, column 15.  Encountered: "\\u2013" (8211), after : ""'),
        ("select * from Customer where Id = 'a\\'", "line 1, column 35.  Encountered: <EOF> after : \"'a\\'\""),
    ],
)
def test_a_character_that_begins_nothing_is_a_lexical_error_as_recorded(books, statement, met):
    assert detail(books, statement) == f"QueryParserError: Invalid content. Lexical error at {met}"


def test_the_end_of_a_statement_has_a_line_and_a_column(books):
    assert detail(books, "select *\nfrom ").startswith('QueryParserError: Encountered "<EOF>" at line 2, column 4.')


# The grammar


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM Customer WHERE Id = '1' MAXRESULTS 5 STARTPOSITION 1 ORDERBY Id",
        "select * from customer where id='1' orderby id startposition 1 maxresults 5;",
        "Select *\n\tFrom CUSTOMER\r\nWhere ID = '1'  Order  By ID Asc\nStartPosition 1 MaxResults 5 ; ",
        "select *, DisplayName from Customer where Id in ('1')",
        "select * from Customer where Id = 1",
    ],
)
def test_case_spaces_lines_order_of_clauses_and_a_semicolon_make_no_difference(books, statement):
    assert ids(books.query(statement)) == ["1"]


def test_a_parsed_statement_is_kept():
    assert parse("select * from Customer where Id = '1'") is parse("select * from Customer where Id = '1'")


def test_several_sort_keys_are_read_in_order():
    orders = parse("select * from A orderby x desc, MetaData.y, z ASC").orders
    assert orders == (Order("x", descending=True), Order("MetaData.y"), Order("z"))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DisplayName BETWEEN 'Amy' AND 'Bill'", ["1", "23"]),
        ("NOT Job = true AND DisplayName LIKE 'a%'", ["1"]),
        ("DisplayName NOT LIKE '%s%' AND DisplayName NOT IN ('x') AND DisplayName LIKE 'k%'", ["14"]),
        ("DisplayName CONTAINS 'bird'", ["1"]),
        ("(Id = '1' OR Id = '2') AND Active = true", ["1", "2"]),
        ("Id = '1' OR DisplayName = 'bill\\'s windsurf shop'", ["1", "2"]),
    ],
)
def test_operators_that_only_the_parser_knows_work(books, where, found):
    assert sorted(ids(books.query(f"select * from Customer where {where}"))) == found


@pytest.mark.parametrize(
    ("where", "token"),
    [
        ("DisplayName BETWEEN 'a' AND 'b'", '"between" "BETWEEN "'),
        ("NOT Job = true", '<NOT> "NOT "'),
        ("Job NOT IN (true)", '<NOT> "NOT "'),
        ("Id = '1' or Id = '2'", '<OR> "or "'),
        ("DisplayName contains 'x'", '"contains" "contains "'),
        ("(Id = '1')", '"(" "( "'),
    ],
)
def test_they_are_parser_errors_when_the_switch_follows_the_documentation(books, where, token):
    books.preferences(undocumented_query="refuse")
    assert f'Encountered " {token}"' in detail(books, f"select * from Customer where {where}")
    assert ids(books.query("select * from Customer where Id IN ('1') and DisplayName != 'x'")) == ["1"]
    assert "totalCount" in books.query("select count(*) from Customer")


def test_quotes_and_backslashes_are_escaped_with_a_backslash(books):
    made = books.write("Customer", {"DisplayName": "Back\\slash o'Neil"})
    for text in ("Back\\\\slash o\\'Neil", "Back\\slash o\\'Neil"):
        assert ids(books.query(f"select * from Customer where DisplayName = '{text}'")) == [made["Id"]]


# Values


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("TxnDate = '2026-02-03'", True),
        ("TxnDate = '2026-02-03T23:00:00-08:00'", True),
        ("TxnDate >= '2026-02-03Z' AND TxnDate <= '2026-02-03+05:00'", True),
        ("TxnDate > 2026-02-03", False),
        ("TxnDate < CURRENT_DATE", True),
        ("TxnDate BETWEEN '2026-2-1' AND '2026-2-28'", True),
        ("DueDate = null", False),
        ("PrivateNote = null", None),
        ("CustomerRef = '2' AND CustomerRef.value = 2 AND CustomerRef.name = \"x\"", None),
        ("CustomerRef.name = 'BILL\\'S WINDSURF SHOP' AND CustomerRef.value = '2'", True),
        ("MetaData.CreateTime >= '2026-03-02T12:00:00Z' AND Metadata.CreateTime < '2026-03-03'", True),
        ("MetaData.CreateTime >= '2026-03-02T12:00:00 00:00' AND MetaData.CreateTime < '2026-03-03'", True),
        ("TotalAmt = 77.50 AND TotalAmt = '77.5' AND Balance > 0", True),
    ],
)
def test_values_are_read_as_their_property_is(books, where, found):
    made = books.invoice("77.50", customer="2", TxnDate="2026-02-03")
    statement = f"select * from Invoice where DocNumber = '{made['DocNumber']}' and {where}"
    if found is None:
        assert books.query_refusal(statement)["code"] in ("4000", "4001")
    else:
        assert (ids(books.query(statement), "Invoice") == [made["Id"]]) is found


@pytest.mark.parametrize(
    "where",
    ["TxnDate > 'soon'", "TotalAmt > 'much'", "TotalAmt > 'NaN'", "MetaData.CreateTime > '2026-13-01'", "Id > '1'"],
)
def test_a_value_that_does_not_fit_its_property_is_invalid(books, where):
    assert books.query_refusal(f"select * from Invoice where {where}")["code"] == "4001"


def test_one_name_in_any_case_finds_an_account(books):
    assert ids(books.query("select * from Account where Name = 'checking'"), "Account") == ["35"]


# Pages, columns, entities


def test_start_position_zero_and_more_than_a_thousand_rows_follow_their_switches(books):
    assert books.query("select * from Term startposition 0")["startPosition"] == 1
    books.preferences(start_position_0="refuse")
    small = books.query_refusal("select * from Term startposition 0")
    assert small["Detail"] == "QueryValidationError: value 0 is too small. Min allowed value is 1"
    large = books.query_refusal("select * from Term maxresults 1500")
    assert large["Detail"] == "QueryValidationError: value 1500 is too large. Max allowed value is 1000"
    books.preferences(over_1000_rows="clamp")
    assert books.query("select * from Term maxresults 1500")["maxResults"] == 5


def test_only_the_columns_asked_for_are_answered(books):
    (row,) = books.query("select Id, synctoken, MetaData.CreateTime from Customer where Id = '1'")["Customer"]
    assert list(row) == ["domain", "sparse", "Id", "SyncToken", "MetaData"]
    assert (row["sparse"], list(row["MetaData"])) == (True, ["CreateTime"])
    (row,) = books.query("select MetaData.* from Customer where Id = '1'")["Customer"]
    assert "CreateTime" in row["MetaData"]
    assert "Nope" in books.query_refusal("select Nope from Customer")["Detail"]


def test_an_entity_of_the_schema_that_is_not_served_has_no_metadata(books):
    error = books.query_refusal("select * from taxservice")
    assert error["Detail"] == "QueryValidationError: Metadata not found for Entity: TaxService"


def test_company_info_answers_max_results_alone_as_recorded(books):
    assert list(books.query("select * from CompanyInfo")) == ["CompanyInfo", "maxResults"]


def test_the_first_transaction_date_is_an_option_of_the_query(books):
    books.invoice(TxnDate="2001-02-03")
    answer = books.get("query", query="select * from CompanyInfo", include="firsttxndate").json()
    values = answer["QueryResponse"]["CompanyInfo"][0]["NameValue"]
    assert {"Name": "firsttxndate", "Value": "2001-02-03"} in values


@pytest.mark.parametrize("content_type", ["application/text", "text/plain", "application/text; charset=utf-8"])
def test_a_statement_is_posted_as_text_and_may_be_answered_in_xml(books, content_type):
    headers = {"Content-Type": content_type, "Accept": "application/xml"}
    text = "select * from Customer where DisplayName = 'Amy\\'s Bird Sanctuary'"
    answer = books.session.post(f"{books.url}/query", data=text.encode(), headers=headers)
    assert '<QueryResponse startPosition="1" maxResults="1"><Customer' in answer.text
    headers["Accept"] = "application/json"
    answer = books.session.post(f"{books.url}/query", data=text.encode(), headers=headers)
    assert ids(answer.json()["QueryResponse"]) == ["1"]


def test_total_count_beside_rows_counts_the_page_or_all_by_switch(books):
    for _ in range(3):
        books.invoice()
        books.payment(1)
    assert books.query("select * from Invoice maxresults 2")["totalCount"] == 2
    books.preferences(total_count="all")
    assert books.query("select * from Invoice maxresults 2")["totalCount"] > 2
    assert "totalCount" not in books.query("select * from Payment maxresults 2")


# Order


def test_several_keys_sort_and_equal_rows_come_by_id(books):
    made = [
        books.invoice(amount, DueDate=day) for amount, day in ((5, "2026-05-01"), (7, "2026-05-01"), (5, "2026-05-02"))
    ]
    numbers = ", ".join(f"'{one['DocNumber']}'" for one in made)
    where = f"select * from Invoice where DocNumber in ({numbers})"
    assert ids(books.query(f"{where} orderby DueDate desc, TotalAmt desc"), "Invoice") == [
        made[index]["Id"] for index in (2, 1, 0)
    ]
    assert ids(books.query(f"{where} order by TotalAmt"), "Invoice") == [made[index]["Id"] for index in (0, 2, 1)]


def test_a_page_of_large_books_looks_at_that_page_only(sandbox, books):
    company = sandbox.companies[FIRST_REALM]
    time = {"CreateTime": "2026-03-03T00:00:00-08:00", "LastUpdatedTime": "2026-03-03T00:00:00-08:00"}
    for number in range(3000):
        company.put(
            "Invoice", {"Id": str(10**6 + number), "DocNumber": f"N{number}", "TotalAmt": number, "MetaData": time}
        )
    for statement, most in (
        ("select * from Invoice maxresults 10", 10),
        ("select * from Invoice orderby TotalAmt desc startposition 2001 maxresults 10", 10),
        ("select * from Invoice where DocNumber = 'n77'", 1),
        ("select * from Invoice where DocNumber like 'N29%' maxresults 5", 111),
        ("select * from Invoice where TotalAmt >= 100 orderby TotalAmt maxresults 10", 10),
        ("select count(*) from Invoice where TotalAmt > '5'", 0),
    ):
        before = company.store.examined
        books.query(statement)
        assert company.store.examined - before <= most, statement

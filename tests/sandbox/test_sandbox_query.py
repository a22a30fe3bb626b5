from __future__ import annotations

import pytest

NAMES = "select DisplayName from Customer"


def names(answer):
    return [row["DisplayName"] for row in answer.get("Customer", [])]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DisplayName = 'Amy\\'s Bird Sanctuary'", 1),
        ("displayname = 'AMY\\'S BIRD SANCTUARY'", 1),
        ("DisplayName LIKE '%bird%'", 1),
        ("DisplayName LIKE 'S%' AND FamilyName LIKE '%n'", 1),
        ("Id IN ('1', '2','999')", 2),
        ("Id = '3'", 1),
        ("Active = false", 0),
        ("Active IN ( true, false )", 29),
        ("Balance > '0'", 0),
        ("Balance <= 0", 29),
        ("Job = true", 3),
        ("DisplayName != 'Cool Cars'", 28),
        ("PrimaryEmailAddr = 'Surf@Intuit.com'", 1),
        ("MetaData.CreateTime >= '2026-03-31T17:25:00-07:00'", 4),
        ("Metadata.CreateTime < '2026-03-31'", 0),
        ("CompanyName = ' '", 9),
    ],
)
def test_a_where_clause_finds_its_rows(books, where, found):
    assert len(names(books.query(f"SELECT * FROM customer WHERE {where}"))) == found


@pytest.mark.parametrize("order", ["orderby DisplayName desc", "ORDER BY DisplayName DESC"])
def test_both_spellings_of_order_by_sort(books, order):
    assert names(books.query(f"{NAMES} {order} maxresults 2")) == ["Weiskopf Consulting", "Wedding Planning by Whitney"]


def test_pages_start_at_one_in_either_order_of_clauses(books):
    first = books.query("select * from Vendor startposition 1 maxresults 5")
    again = books.query("select * from Vendor MAXRESULTS 5 STARTPOSITION 0")
    assert first["Vendor"] == again["Vendor"]
    assert (first["startPosition"], first["maxResults"]) == (1, 5)
    last = books.query("select * from Vendor startposition 26 maxresults 5")
    assert (last["startPosition"], last["maxResults"], len(last["Vendor"])) == (26, 1, 1)
    assert books.query("select * from Vendor startposition 27") == {}


def test_lists_come_by_name_bytewise_and_transactions_by_last_change(books):
    vendors = [row["DisplayName"] for row in books.query("select * from Vendor")["Vendor"]]
    assert vendors.index("PG&E") < vendors.index("Pam Seitz")
    first, second = books.invoice(), books.invoice()
    assert [row["Id"] for row in books.query("select * from Invoice")["Invoice"]] == [second["Id"], first["Id"]]
    books.write("Invoice", {"Id": first["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    assert [row["Id"] for row in books.query("select * from Invoice")["Invoice"]] == [first["Id"], second["Id"]]


def test_document_numbers_sort_as_text(books):
    for number in ("999", "1000", "PS2", "PS10"):
        books.invoice(DocNumber=number)
    rows = books.query("select DocNumber from Invoice orderby DocNumber")["Invoice"]
    assert [row["DocNumber"] for row in rows] == ["1000", "999", "PS10", "PS2"]


def test_many_numbers_are_looked_up_at_once(books):
    books.invoice(DocNumber="A1")
    books.invoice(DocNumber="A2")
    answer = books.query("select Id, DocNumber from Invoice where DocNumber in ('A1', 'A2', 'A3')")
    assert {row["DocNumber"] for row in answer["Invoice"]} == {"A1", "A2"}
    assert "Line" not in answer["Invoice"][0]
    assert answer["totalCount"] == 2


def test_invoices_are_found_by_customer_total_and_balance(books):
    books.invoice(100)
    books.invoice(250, customer="2")
    assert len(books.query("select * from Invoice where CustomerRef = '2'")["Invoice"]) == 1
    assert len(books.query("select * from Invoice where TotalAmt > '100.00' and Balance > 0")["Invoice"]) == 1
    assert len(books.query("select * from Invoice where TxnDate = CURRENT_DATE")["Invoice"]) == 2


def test_count_answers_only_the_count(books):
    assert books.query("select count(*) from Customer") == {"totalCount": 29}


def test_a_statement_can_be_posted_as_text(books):
    headers = {"Content-Type": "application/text"}
    answer = books.session.post(
        f"{books.url}/query", data="select * from Item where Name = 'services'", headers=headers
    )
    assert answer.json()["QueryResponse"]["Item"][0]["Id"] == "1"


def test_an_ampersand_and_an_emoji_can_be_asked_for(books):
    books.write("Customer", {"DisplayName": "Tea ☕"})
    assert names(books.query("select * from Customer where DisplayName = 'Tea ☕'")) == ["Tea ☕"]
    assert len(books.query("select * from Vendor where DisplayName = 'Robertson & Associates'")["Vendor"]) == 1


def test_company_and_preferences_can_be_queried(books):
    assert books.query("select * from CompanyInfo")["CompanyInfo"][0]["Id"] == "1"
    assert books.query("select * from Preferences")["Preferences"][0]["CurrencyPrefs"]["HomeCurrency"] == {
        "value": "USD"
    }


@pytest.mark.parametrize(
    ("statement", "code", "detail"),
    [
        ("select * from Custmoer", "4001", "QueryValidationError: invalid context declaration: Custmoer"),
        (
            "select * from Customer where Nope = '1'",
            "4001",
            "QueryValidationError: Property Nope not found for Entity Customer",
        ),
        (
            "select * from Invoice where PrivateNote = 'x'",
            "4001",
            "QueryValidationError: property 'PrivateNote' is not queryable",
        ),
        (
            "select * from Customer maxresults 0",
            "4001",
            "QueryValidationError: value 0 is too small. Min allowed value is 1",
        ),
    ],
)
def test_an_invalid_query_says_why(books, statement, code, detail):
    error = books.query_refusal(statement)
    assert (error["code"], error["Message"], error["Detail"]) == (code, "Invalid query", detail)
    assert "element" not in error


@pytest.mark.parametrize(
    "statement",
    [
        "select",
        "select * from",
        "selct * from Customer",
        "select * from Customer where DisplayName = Amy",
        "select * from Customer where DisplayName = 'Amy's'",
        "select * from Customer where DisplayName = 'x' limit 5",
        "select * from Customer where Id in ('1'",
    ],
)
def test_a_statement_outside_the_grammar_is_a_parser_error(books, statement):
    error = books.query_refusal(statement)
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"].startswith('QueryParserError: Encountered "')


@pytest.mark.parametrize("value", ["", "abc"])
def test_an_id_that_is_no_number_is_a_fault(books, value):
    error = books.query_refusal(f"select * from Customer where Id = '{value}'")
    assert (error["code"], error["element"]) == ("2030", "Id")

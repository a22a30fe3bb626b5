"""Journal entries balance, name customers and vendors on A/R and A/P, and can be paid and used as credits."""

from __future__ import annotations

import pytest

RECEIVABLE, PAYABLE, INCOME, CHECKING = "84", "33", "79", "35"


def line(side, account, amount, person="", **more):
    detail = {"PostingType": side, "AccountRef": {"value": account}}
    if person:
        kind, id_ = person.split()
        detail["Entity"] = {"Type": kind, "EntityRef": {"value": id_}}
    return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail, **more}


def journal(books, *lines, **more):
    return books.write("JournalEntry", {"Line": list(lines), **more})


def payment(amount, *links):
    lines = [{"Amount": part, "LinkedTxn": [{"TxnId": one["Id"], "TxnType": kind}]} for kind, one, part in links]
    return {"CustomerRef": {"value": "1"}, "TotalAmt": amount, "Line": lines}


def customer_balance(books):
    return books.read("Customer", "1")["Balance"]


def test_lines_count_from_zero_and_the_total_is_zero(books):
    made = journal(books, line("Debit", CHECKING, 100), line("Credit", INCOME, 100))
    assert [one["Id"] for one in made["Line"]] == ["0", "1"]
    assert (made["TotalAmt"], made["Adjustment"], "DocNumber" in made) == (0, False, False)
    assert books.read("Account", CHECKING)["CurrentBalance"] == 100
    found = books.query("select * from JournalEntry where TotalAmt = '0'")
    assert (found["totalCount"], found["JournalEntry"][0]["Id"]) == (1, made["Id"])


def test_debits_must_equal_credits(books):
    body = {"Line": [line("Debit", CHECKING, 100), line("Credit", INCOME, 99)]}
    assert books.refusal("JournalEntry", body)["code"] == "2300"
    assert books.read("Account", CHECKING)["CurrentBalance"] == 0


@pytest.mark.parametrize(
    ("account", "person", "text"),
    [
        (RECEIVABLE, "", "Accounts Receivable, you must choose a customer"),
        (RECEIVABLE, "Vendor 56", "Accounts Receivable, you must choose a customer"),
        (PAYABLE, "Customer 1", "Accounts Payable, you must choose a vendor"),
    ],
)
def test_a_line_on_receivables_or_payables_needs_a_name(books, account, person, text):
    body = {"Line": [line("Debit", account, 10, person), line("Credit", INCOME, 10)]}
    error = books.refusal("JournalEntry", body)
    assert error["code"] == "6000"
    assert text in error["Detail"]


def test_names_move_balances_of_customers_and_vendors(books):
    made = journal(books, line("Debit", RECEIVABLE, 10, "Customer 1"), line("Credit", PAYABLE, 10, "Vendor 56"))
    assert made["Line"][0]["JournalEntryLineDetail"]["Entity"] == {
        "Type": "Customer",
        "EntityRef": {"value": "1", "name": "Amy's Bird Sanctuary"},
    }
    assert (customer_balance(books), books.read("Vendor", "56")["Balance"]) == (10, 10)


def test_a_credit_on_receivables_pays_an_invoice_by_a_payment_of_zero(books):
    invoice = books.invoice(100)
    credit = journal(books, line("Credit", RECEIVABLE, 30, "Customer 1"), line("Debit", INCOME, 30))
    made = books.write("Payment", payment(0, ("Invoice", invoice, 30), ("JournalEntry", credit, 30)))
    assert "DepositToAccountRef" not in made
    assert books.read("Invoice", invoice["Id"])["Balance"] == 70
    assert books.read("JournalEntry", credit["Id"])["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Payment"}]
    assert customer_balance(books) == 70
    again = payment(0, ("Invoice", invoice, 1), ("JournalEntry", credit, 1))
    assert books.refusal("Payment", again)["code"] == "6000"


def test_a_debit_on_receivables_is_paid_like_an_invoice(books):
    charge = journal(books, line("Debit", RECEIVABLE, 40, "Customer 1"), line("Credit", INCOME, 40))
    made = books.write("Payment", payment(50, ("JournalEntry", charge, 40)))
    assert made["UnappliedAmt"] == 10
    assert customer_balance(books) == -10


def test_deleting_a_journal_gives_back_what_it_had_paid(books):
    charge = journal(books, line("Debit", RECEIVABLE, 40, "Customer 1"), line("Credit", INCOME, 40))
    made = books.write("Payment", payment(40, ("JournalEntry", charge, 40)))
    books.write("JournalEntry", {"Id": charge["Id"], "SyncToken": "0"}, operation="delete")
    left = books.read("Payment", made["Id"])
    assert (left["UnappliedAmt"], left["Line"], customer_balance(books)) == (40, [], -40)


def test_a_number_may_repeat_unless_the_company_warns(books, bodies):
    body = {"DocNumber": "JE-001", "Line": [line("Debit", CHECKING, 1), line("Credit", INCOME, 1)]}
    first = books.write("JournalEntry", body)
    books.write("JournalEntry", body)
    renamed = {"Id": first["Id"], "SyncToken": "0", "sparse": True, "DocNumber": "NewNumber"}
    assert books.write("JournalEntry", renamed)["DocNumber"] == "NewNumber"


def test_an_incomplete_line_is_refused(books):
    other = line("Credit", INCOME, 1)
    for broken in ({"Amount": 1}, {"DetailType": "JournalEntryLineDetail"}, line("Debit", CHECKING, None)):
        assert books.refusal("JournalEntry", {"Line": [broken, other]})["code"] == "2020"
    assert books.refusal("JournalEntry", {"Line": [line("Left", CHECKING, 1), other]})["code"] == "2170"

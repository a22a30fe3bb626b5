"""Estimates book nothing, count their own numbers, and are closed by the invoice made from them."""

from __future__ import annotations


def estimate(books, bodies, amount=100, customer="1", **more):
    return books.write("Estimate", bodies.invoice(amount, customer) | more)


def from_estimate(made):
    return {"LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Estimate"}]}


def test_an_estimate_is_pending_and_books_nothing(books, bodies):
    made = estimate(books, bodies)
    assert (made["TxnStatus"], made["TotalAmt"]) == ("Pending", 100)
    assert "Balance" not in made
    assert "LinkedTxn" not in made
    assert books.read("Customer", "1")["Balance"] == 0


def test_estimates_count_their_own_numbers(books, bodies):
    invoice = books.invoice()
    first, second = estimate(books, bodies), estimate(books, bodies)
    assert int(second["DocNumber"]) == int(first["DocNumber"]) + 1
    assert int(books.invoice()["DocNumber"]) == int(invoice["DocNumber"]) + 1
    assert estimate(books, bodies, DocNumber=invoice["DocNumber"])["DocNumber"] == invoice["DocNumber"]


def test_an_invoice_from_an_estimate_closes_it_and_each_shows_the_other(books, bodies):
    made = estimate(books, bodies)
    lines = [bodies.line(100), bodies.line(5, item="4")]
    invoice = books.write("Invoice", {"CustomerRef": {"value": "1"}, "Line": lines} | from_estimate(made))
    link = from_estimate(made)["LinkedTxn"]
    assert invoice["LinkedTxn"] == link
    assert [one.get("LinkedTxn") for one in invoice["Line"]] == [link, None, None]
    assert list(invoice["Line"][0]).index("LinkedTxn") == list(invoice["Line"][0]).index("Amount") + 1
    closed = books.read("Estimate", made["Id"])
    assert closed["TxnStatus"] == "Closed"
    assert closed["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    assert list(closed).index("LinkedTxn") == list(closed).index("TxnStatus") + 1
    assert closed["SyncToken"] == made["SyncToken"]
    assert closed["MetaData"]["LastUpdatedTime"] == invoice["MetaData"]["LastUpdatedTime"]


def test_a_payment_stands_after_the_estimate_and_the_link_survives_updates(books, bodies):
    made = estimate(books, bodies)
    invoice = books.invoice(100, **from_estimate(made))
    payment = books.payment(100, (invoice["Id"], 100))
    note = {"Id": invoice["Id"], "SyncToken": "1", "sparse": True, "PrivateNote": "x"}
    shown = books.write("Invoice", note)["LinkedTxn"]
    assert [one["TxnType"] for one in shown] == ["Estimate", "Payment"]
    full = bodies.invoice() | {"Id": invoice["Id"], "SyncToken": "2", "LinkedTxn": shown}
    assert books.write("Invoice", full)["LinkedTxn"] == shown
    assert books.read("Payment", payment["Id"])["UnappliedAmt"] == 0


def test_unlinking_voiding_or_deleting_the_invoice_opens_the_estimate(books, bodies):
    for params, more in (({}, {"LinkedTxn": []}), ({"operation": "void"}, {}), ({"operation": "delete"}, {})):
        made = estimate(books, bodies)
        invoice = books.invoice(100, **from_estimate(made))
        books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True} | more, **params)
        opened = books.read("Estimate", made["Id"])
        assert (opened["TxnStatus"], "LinkedTxn" in opened) == ("Pending", False)
        if not params:
            assert "LinkedTxn" not in books.read("Invoice", invoice["Id"])["Line"][0]


def test_deleting_the_estimate_takes_it_out_of_the_invoice(books, bodies):
    made = estimate(books, bodies)
    invoice = books.invoice(100, **from_estimate(made))
    books.write("Estimate", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    shown = books.read("Invoice", invoice["Id"])
    assert (shown["LinkedTxn"], "LinkedTxn" in shown["Line"][0]) == ([], False)


def test_one_invoice_per_estimate_of_the_same_customer(books, bodies):
    made = estimate(books, bodies)
    books.invoice(100, **from_estimate(made))
    assert books.refusal("Invoice", bodies.invoice() | from_estimate(made))["code"] == "620"
    other = estimate(books, bodies, customer="2")
    assert books.refusal("Invoice", bodies.invoice() | from_estimate(other))["code"] == "620"
    assert books.refusal("Invoice", bodies.invoice() | from_estimate({"Id": "99999"}))["code"] == "610"
    strange = {"LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Deposit"}]}
    assert books.refusal("Invoice", bodies.invoice() | strange)["code"] == "620"


def test_a_client_may_accept_or_reject_an_estimate(books, bodies):
    made = estimate(books, bodies, ExpirationDate="2026-04-01")
    accepted = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "TxnStatus": "Accepted", "AcceptedBy": "Amy"}
    assert books.write("Estimate", accepted)["TxnStatus"] == "Accepted"
    unknown = {"Id": made["Id"], "SyncToken": "1", "sparse": True, "TxnStatus": "Perhaps"}
    assert books.refusal("Estimate", unknown)["code"] == "2170"
    found = books.query("select * from Estimate where TxnStatus = 'Accepted'")
    assert [row["Id"] for row in found["Estimate"]] == [made["Id"]]
    assert "totalCount" not in found

"""Whatever is done in whatever order: the ledger balances, and every balance shown is what the documents say."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import requests
from hypothesis import HealthCheck, given, settings, strategies as st

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.wire import jsontext

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CUSTOMERS = ("1", "7", "8")
FAMILIES = {"1": "1", "7": "7", "8": "7"}  # 8 is a job of 7
UNDEPOSITED, CHECKING, RECEIVABLE, INCOME = "4", "35", "84", "79"
KINDS = ("Invoice", "CreditMemo", "Payment", "SalesReceipt", "RefundReceipt", "Deposit", "JournalEntry", "Transfer")
CREATE = (*KINDS, "Estimate", "Invoice", "Payment", "Payment")
numbers = st.integers(min_value=0, max_value=9)
amounts = st.sampled_from([0, 5, 20, Decimal("33.33"), 100])
picks = st.lists(numbers, min_size=0, max_size=2)
made = st.tuples(st.just("create"), st.sampled_from(CREATE), amounts, picks, numbers)
paid = st.tuples(st.just("create"), st.just("Payment"), amounts, st.lists(numbers, min_size=1, max_size=2), numbers)
later = st.sampled_from(["void", "delete", "change"])
changed = st.tuples(later, st.sampled_from(CREATE), amounts, st.just([]), numbers)
operations = st.one_of(made, paid, changed)


class Company:
    """A fresh company, written to over the API; refusals are expected, an HTTP 500 never."""

    def __init__(self, session: requests.Session, *, auto: bool, lenient: bool) -> None:
        self.session = session
        self.url = f"{SANDBOX_URL}/v3/company/{FIRST_REALM}"
        reading = {"over_application": "unapplied", "delete_paid_invoice": "unlink"} if lenient else {}
        reading["AutoApplyCredit"] = auto
        session.post(f"{SANDBOX_URL}/sandbox/realms/{FIRST_REALM}/preferences", json=reading)

    def post(self, kind, body, **params):
        answer = self.session.post(f"{self.url}/{kind.lower()}", data=jsontext.dumps(body).encode(), params=params)
        assert answer.status_code in (200, 400), answer.text
        assert answer.status_code == 400 or "Fault" not in answer.text

    def rows(self, kind):
        answer = self.session.get(f"{self.url}/query", params={"query": f"select * from {kind} orderby Id"})
        return jsontext.loads(answer.content)["QueryResponse"].get(kind, [])

    def read(self, kind, id_):
        return jsontext.loads(self.session.get(f"{self.url}/{kind.lower()}/{id_}").content)[kind]

    def some(self, kind, number):
        rows = self.rows(kind)
        return rows[number % len(rows)] if rows else None

    def run(self, operation, kind, amount, picks, number):
        if operation == "create":
            self.post(kind, self.body(kind, amount, picks, number))
            return
        row = self.some(kind, number)
        if row is None:
            return
        named = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
        if operation == "change":
            self.post(kind, named | self.body(kind, amount, [], number))
        elif kind in ("Payment", "SalesReceipt"):
            params = {"operation": "update", "include": "void"} if operation == "void" else {"operation": "delete"}
            self.post(kind, named, **params)
        else:
            self.post(kind, named, operation=operation)

    def body(self, kind, amount, picks, number):
        customer = {"CustomerRef": {"value": CUSTOMERS[(number + len(picks)) % 3]}}
        detail = {"ItemRef": {"value": "1"}}
        sale = {"Line": [{"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}]}
        account = {"DepositToAccountRef": {"value": CHECKING if number % 4 == 3 else UNDEPOSITED}}
        if kind in ("SalesReceipt", "RefundReceipt"):
            return sale | account
        if kind == "Payment":
            lines = [self.applied(one, amount, customer["CustomerRef"]["value"]) for one in picks]
            return customer | account | {"TotalAmt": sum(line["Amount"] for line in lines) + amount, "Line": lines}
        if kind == "Deposit":
            return {"DepositToAccountRef": {"value": CHECKING}, "Line": [*self.swept(picks), fee(amount)]}
        if kind == "JournalEntry":
            return {"Line": journal(amount, picks, customer["CustomerRef"])}
        if kind == "Transfer":
            way = [UNDEPOSITED, CHECKING][:: 1 if number % 2 else -1]
            return {"Amount": amount, "FromAccountRef": {"value": way[0]}, "ToAccountRef": {"value": way[1]}}
        estimate = self.some("Estimate", number) if kind == "Invoice" and picks else None
        link = {"LinkedTxn": [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]} if estimate else {}
        return customer | sale | link

    def applied(self, pick, amount, customer):
        """Apply part of the amount to something open of the family, or all of it to whatever there is."""
        kind = ("Invoice", "Invoice", "CreditMemo", "JournalEntry", "Invoice")[pick % 5]
        rows = [row for row in self.rows(kind) if pick == 9 or concerns(row, customer)] or [{"Id": "1"}]
        row = rows[pick % len(rows)]
        most = row.get("Balance", amount) if pick != 9 else amount
        return {"Amount": min(amount, most), "LinkedTxn": [{"TxnId": row["Id"], "TxnType": kind}]}

    def swept(self, picks):
        for pick in picks:
            kind = ("Payment", "SalesReceipt", "RefundReceipt")[pick % 3]
            row = self.some(kind, pick // 3)
            if row is not None:
                sign = -1 if kind == "RefundReceipt" else 1
                yield {"Amount": sign * row["TotalAmt"], "LinkedTxn": [{"TxnId": row["Id"], "TxnType": kind}]}


def concerns(row, customer):
    """Say whether something is open between the company and the customer's family."""
    other = row["CustomerRef"]["value"] if "CustomerRef" in row else customer
    return row.get("Balance", 1) != 0 and FAMILIES[other] == FAMILIES[customer]


def fee(amount):
    detail = {"AccountRef": {"value": INCOME}}
    return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}


def journal(amount, picks, customer):
    entity = {"Type": "Customer", "EntityRef": customer}
    sides = ("Debit", "Credit") if picks else ("Credit", "Debit")
    details = [
        {"PostingType": sides[0], "AccountRef": {"value": RECEIVABLE}, "Entity": entity},
        {"PostingType": sides[1], "AccountRef": {"value": INCOME}},
    ]
    kind = "JournalEntryLineDetail"
    return [{"Amount": amount, "DetailType": kind, kind: detail} for detail in details]


def applied_to_journals(company):
    """What payments have applied to journal lines, by journal."""
    applied = {}
    for payment in company.rows("Payment"):
        for line in payment["Line"]:
            for link in line["LinkedTxn"]:
                if link["TxnType"] == "JournalEntry":
                    applied[link["TxnId"]] = applied.get(link["TxnId"], 0) + line["Amount"]
    return applied


def owed(company, customer):
    """What the documents say that a customer owes."""

    def of(kind):
        return (row for row in company.rows(kind) if row["CustomerRef"]["value"] == customer)

    total = sum(row["Balance"] for row in of("Invoice"))
    total -= sum(row["RemainingCredit"] for row in of("CreditMemo"))
    total -= sum(row["UnappliedAmt"] for row in of("Payment"))
    applied = applied_to_journals(company)
    for row in company.rows("JournalEntry"):
        detail, amount = row["Line"][0]["JournalEntryLineDetail"], row["Line"][0]["Amount"]
        if detail["Entity"]["EntityRef"]["value"] == customer:
            left = amount - applied.get(row["Id"], 0)
            assert left >= 0
            total += left if detail["PostingType"] == "Debit" else -left
    return total


def received_and_not_deposited(company):
    lying = 0
    for kind, sign in (("Payment", 1), ("SalesReceipt", 1), ("RefundReceipt", -1)):
        for row in company.rows(kind):
            there = row.get("DepositToAccountRef", {}).get("value") == UNDEPOSITED
            deposited = any(link["TxnType"] == "Deposit" for link in row.get("LinkedTxn", []))
            lying += sign * row["TotalAmt"] if there and not deposited else 0
    for row in company.rows("Transfer"):
        lying += row["Amount"] if row["ToAccountRef"]["value"] == UNDEPOSITED else -row["Amount"]
    return lying


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(operations, min_size=15, max_size=40), st.booleans(), st.booleans())
def test_every_balance_follows_from_the_documents(done, auto, lenient):
    ids = count(1)
    sandbox = Sandbox(lambda: START, random_hex=lambda size: f"{next(ids):0{2 * size}x}", seed="lists")
    sandbox.connect(FIRST_REALM, access_token="fixed")
    with requests.Session() as session:
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer fixed", "Accept": "application/json"})
        company = Company(session, auto=auto, lenient=lenient)
        for one in done:
            company.run(*one)
        check(company, sandbox)


def check(company, sandbox):
    ledger = sandbox.companies[FIRST_REALM].ledger
    assert sum(ledger.accounts.values()) == 0
    for customer in CUSTOMERS:
        assert company.read("Customer", customer)["Balance"] == owed(company, customer)
    assert company.read("Account", UNDEPOSITED)["CurrentBalance"] == received_and_not_deposited(company)
    for invoice in company.rows("Invoice"):
        assert 0 <= invoice["Balance"] <= invoice["TotalAmt"]
        paid = [link["TxnId"] for link in invoice["LinkedTxn"] if link["TxnType"] == "Payment"]
        paying = [row["Id"] for row in company.rows("Payment") if pays(row, invoice["Id"])]
        assert sorted(paid) == sorted(paying)
    for deposit in company.rows("Deposit"):
        for link in (link for line in deposit["Line"] for link in line.get("LinkedTxn", [])):
            shown = company.read(link["TxnType"], link["TxnId"])["LinkedTxn"]
            assert {"TxnId": deposit["Id"], "TxnType": "Deposit"} in shown


def pays(payment, invoice):
    return any(
        link == {"TxnId": invoice, "TxnType": "Invoice"} for line in payment["Line"] for link in line["LinkedTxn"]
    )

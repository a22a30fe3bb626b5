"""What Cuadre mends by itself, ordered on the command line."""

import pytest
import requests
from sqlalchemy import create_engine, text

from worker import exits

REALM = "9130357849536326"


@pytest.fixture
def books():
    engine = create_engine("sqlite:///books.sqlite")
    yield lambda statement: _run(engine, statement)
    engine.dispose()


def _run(engine, statement):
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.fixture
def outsider(connected):
    """Somebody else at work in the same QuickBooks."""
    connected.sandbox.sandbox.connect(REALM, access_token="outsider")

    def write(entity, body):
        answer = requests.post(
            f"{connected.sandbox.url}/v3/company/{REALM}/{entity.lower()}",
            json=body,
            headers={"Authorization": "Bearer outsider", "Accept": "application/json"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()[entity]

    return write


@pytest.fixture
def error(cuadre):
    """The id of the one error of a kind, after a tick."""

    def of(kind):
        cuadre("once")
        (found,) = cuadre("errors", "list", "--kind", kind, "--json").json()["errors"]
        return str(found["id"])

    return of


def test_an_inactive_customer_is_made_active_again(cuadre, books, outsider, error):
    row = outsider("Customer", {"DisplayName": "Old Friend"})
    outsider("Customer", {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "Active": False})
    books("INSERT INTO customers (id, name) VALUES ('c9', 'Old Friend')")
    chosen = error("customer-inactive")
    done = cuadre("errors", "reactivate", chosen, "--why", "back again")
    assert (done.code, "It is made active again at the next tick." in done.out) == (exits.OK, True)
    cuadre("once")
    shown = cuadre("errors", "show", chosen, "--json").json()
    told = [(line["action"], line["why"], line["result"]) for line in shown["history"]]
    assert (shown["state"], told) == ("settled", [("reactivate", "back again", "")])
    refused = cuadre("errors", "reactivate", chosen)
    assert (refused.code, "settled already" in refused.err) == (exits.ATTENTION, True)


def test_accounts_are_shown_and_one_is_chosen(cuadre, connected, books, error):
    books("INSERT INTO services (id, name, income_account) VALUES ('s9', 'Warranty', 'Bank Charges')")
    chosen = error("service-account-wrong")
    shown = cuadre("errors", "choose-account", chosen)
    assert (shown.code, "Services" in shown.out.splitlines()) == (exits.OK, True)
    assert "Services" in cuadre("errors", "choose-account", chosen, "--json").json()["choices"]
    refused = cuadre("errors", "choose-account", chosen, "Bank Charges")
    assert (refused.code, "Bank Charges cannot be chosen" in refused.err) == (exits.ATTENTION, True)
    done = cuadre("errors", "choose-account", chosen, "services", "--why", "sold")
    assert (done.code, "The service gets its account at the next tick." in done.out) == (exits.OK, True)
    cuadre("once")
    shown = cuadre("errors", "show", chosen, "--json").json()
    told = [(line["action"], line["value"], line["result"]) for line in shown["history"]]
    assert (shown["state"], told) == ("settled", [("choose-account", "Services", "")])
    late = cuadre("errors", "choose-account", chosen, "Services")
    assert (late.code, "settled already" in late.err) == (exits.ATTENTION, True)
    assert cuadre("errors", "choose-account", "999").code == exits.ATTENTION


PAID = "INSERT INTO payments (id, customer_id, date, total, method) VALUES ('p9', 'c1', '2026-03-02', 5, 'Stripe')"


def test_a_payment_method_is_created_or_another_is_chosen(cuadre, connected, books, error):
    books(PAID)
    chosen = error("payment-method-unknown")
    assert "Cash" in cuadre("errors", "use-method", chosen).out.splitlines()
    assert cuadre("errors", "create-method", chosen).code == exits.USAGE
    done = cuadre("errors", "use-method", chosen, "cash")
    assert (done.code, "The payment method is used from the next tick on." in done.out) == (exits.OK, True)
    done = cuadre("errors", "create-method", chosen, "--credit-card")
    assert (done.code, "The payment method is created at the next tick." in done.out) == (exits.OK, True)
    cuadre("once")
    shown = cuadre("errors", "show", chosen, "--json").json()
    told = [(line["action"], line["value"], line["result"]) for line in shown["history"]]
    replaced = ("use-method", "Cash", "Replaced by a later order")
    assert (shown["state"], told) == ("settled", [replaced, ("create-method", "credit-card", "")])

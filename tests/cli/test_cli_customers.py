"""Which customer it is, on the command line."""

import pytest
from sqlalchemy import create_engine, text

from worker import exits


@pytest.fixture
def taken(connected, cuadre):
    """A vendor of the sample company has the name of our new customer. The id of the error."""
    books = create_engine("sqlite:///books.sqlite")
    with books.begin() as connection:
        connection.execute(text("INSERT INTO customers (id, name) VALUES ('c9', 'Hicks Hardware')"))
    books.dispose()
    cuadre("once")
    (error,) = cuadre("errors", "list", "--kind", "customer-name-taken", "--json").json()["errors"]
    return str(error["id"])


def test_a_customer_is_looked_for_and_chosen(cuadre, taken):
    found = cuadre("customers", "search", "main", "sonnenschein", "--json").json()
    assert [each["name"] for each in found] == ["Sonnenschein Family Store"]
    shown = cuadre("customers", "search", "main", "sonnenschein")
    assert (shown.code, "Familiystore@intuit.com" in shown.out) == (exits.OK, True)
    assert cuadre("customers", "search", "main", "nobody at all").code == exits.ATTENTION
    assert cuadre("customers", "search", "main", "x").code == exits.USAGE
    assert cuadre("customers", "search", "elsewhere", "store").code == exits.USAGE
    assert cuadre("errors", "link-customer", taken, "Hicks").code == exits.USAGE
    done = cuadre("errors", "link-customer", taken, found[0]["id"], "--why", "the same shop")
    assert (done.code, "It is linked to that customer at the next tick." in done.out) == (exits.OK, True)
    cuadre("once")
    assert cuadre("errors", "show", taken, "--json").json()["state"] == "settled"
    again = cuadre("customers", "search", "main", "sonnenschein")
    assert "customer Hicks Hardware" in again.out


def test_a_customer_is_created_under_another_name_and_its_link_taken_back(cuadre, taken):
    assert cuadre("errors", "create-customer", taken, "a:b").code == exits.USAGE
    done = cuadre("errors", "create-customer", taken, "Hicks (Customer)", "--json").json()
    assert done["done"] == [int(taken)]
    cuadre("once")
    (made,) = cuadre("customers", "search", "main", "Hicks (C", "--json").json()
    assert made["owner"] == "customer Hicks Hardware"
    back = cuadre("customers", "unlink", "main", "c9", "--why", "a mistake", "--json").json()
    cuadre("once")
    assert cuadre("errors", "show", str(back["done"][0]), "--json").json()["kind"] == "customer-unlinked"
    assert cuadre("customers", "unlink", "main", "c9").code == exits.ATTENTION
    assert cuadre("customers", "unlink", "main", "nobody").code == exits.ATTENTION


def test_an_account_is_left_out_listed_and_synced_again(cuadre, taken):
    assert cuadre("errors", "leave-out", taken, "--why", "pays in cash").code == exits.OK
    cuadre("once")
    listed = cuadre("customers", "left-out")
    assert "Hicks Hardware" in listed.out
    assert "pays in cash" in listed.out
    (each,) = cuadre("customers", "left-out", "--json").json()
    assert (each["company"], each["local_id"], each["error_id"]) == ("main", "c9", int(taken))
    cuadre("errors", "unskip", taken)
    cuadre("once")
    assert "Every account is synced." in cuadre("customers", "left-out").out
    assert cuadre("errors", "show", taken, "--json").json()["state"] == "open"


def test_in_spanish(cuadre, taken):
    assert "Ningún cliente de QuickBooks" in cuadre("customers", "search", "main", "nadie", "--language", "es").out

"""A look at both sides on the command line, and the orders after it."""

import pytest
from sqlalchemy import create_engine, text

from worker import exits

HELD = "INSERT INTO invoices (id, customer_id, number, date, total, status) VALUES "
LINE = "INSERT INTO invoice_lines (invoice_id, position, service_id, quantity, unit_price) VALUES "


@pytest.fixture
def duplicate(connected, cuadre):
    """1037 is an invoice of the sample company; ours has the same number. The id of the error."""
    books = create_engine("sqlite:///books.sqlite")
    with books.begin() as connection:
        connection.execute(text(f"{HELD} ('i9', 'c1', '1037', '2026-03-02', 50, 'issued')"))
        connection.execute(text(f"{LINE} ('i9', 1, 's1', 1, 50)"))
    books.dispose()
    cuadre("once")
    (error,) = cuadre("errors", "list", "--kind", "duplicate-number", "--json").json()["errors"]
    return str(error["id"])


def test_both_sides_are_shown_and_the_holder_is_taken_as_ours(cuadre, duplicate):
    shown = cuadre("errors", "compare", duplicate)
    assert shown.code == exits.OK
    assert "They differ in" in shown.out
    fields = {
        (row["line"], row["field"]): row for row in cuadre("errors", "compare", duplicate, "--json").json()["fields"]
    }
    assert (fields[0, "total"]["ours"], fields[0, "total"]["differs"]) == ("50.00", True)
    refused = cuadre("errors", "link", duplicate, "--yes")
    assert (refused.code, "the totals differ" in refused.err) == (exits.ATTENTION, True)
    unsure = cuadre("errors", "link", duplicate, "--push")
    assert (unsure.code, "--yes" in unsure.err) == (exits.USAGE, True)
    done = cuadre("errors", "link", duplicate, "--push", "--yes", "--why", "entered by hand")
    assert (done.code, "It is linked at the next tick, and ours is pushed." in done.out) == (exits.OK, True)
    again = cuadre("errors", "link", duplicate, "--push", "--yes", "--json").json()
    assert (again["done"], again["already"]) == ([], [int(duplicate)])
    cuadre("once")
    assert cuadre("errors", "show", duplicate, "--json").json()["state"] == "settled"
    history = cuadre("errors", "show", duplicate, "--json").json()["history"]
    assert [(line["action"], line["why"], line["result"]) for line in history] == [("link-push", "entered by hand", "")]


def test_what_this_kind_does_not_allow_is_refused_without_a_look(cuadre, duplicate):
    refused = cuadre("errors", "keep", duplicate, "--yes")
    assert refused.code == exits.ATTENTION
    assert "keep does not make sense for duplicate-number." in refused.err
    assert cuadre("errors", "compare", "999").code == exits.ATTENTION


def test_in_spanish(cuadre, duplicate):
    shown = cuadre("errors", "compare", duplicate, "--language", "es")
    assert "Difieren en" in shown.out

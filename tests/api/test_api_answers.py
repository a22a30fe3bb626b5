"""What programs may ask: numbers, documents, errors and orders, companies, a look now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from errors.kinds import Action
from errors.tables import State as ErrorState
from tests.api.conftest import Ask
from tests.support.house import NAME, House
from worker.state import wishes

NUMBERS = f"/api/v1/companies/{NAME}/numbers/invoice"
DOCUMENTS = f"/api/v1/companies/{NAME}/documents"


def with_a_duplicate(house: House, number: str = "A-7") -> int:
    """Somebody else has the number in QuickBooks; the id of our error."""
    house.furnish()
    house.tick()
    house.enters(number, price="1.00")
    house.invoice("9", number)
    house.tick()
    (error,) = house.errors()
    return error.id


def test_a_free_number_is_available(house: House, ask: Ask) -> None:
    house.furnish()
    house.tick()
    answer = ask("GET", f"{NUMBERS}/A-1")
    assert answer.status_code == 200
    assert answer.json() == {
        "number": "A-1",
        "available": True,
        "taken_by": None,
        "holder": None,
        "customer": "",
        "suggestion": "",
        "message": "A-1 is free.",
    }


def test_a_taken_number_comes_with_the_next_one_in_the_readers_language(house: House, ask: Ask) -> None:
    house.furnish()
    house.invoice("1", "2026/0009")
    house.tick()
    answer = ask("GET", f"{NUMBERS}/2026%2F0009", language="es-MX,es;q=0.9,en;q=0.5").json()
    assert (answer["available"], answer["taken_by"], answer["suggestion"]) == (False, "ours", "2026/0010")
    assert answer["message"].startswith("Este número ya existe en sus propios libros")
    assert "2026/0010" in answer["message"]
    assert ask("GET", f"{NUMBERS}/2026/0009").json()["taken_by"] == "ours"


def test_a_number_that_somebody_else_has_in_quickbooks(house: House, ask: Ask) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    house.enters("B-1")
    house.clock.moment += timedelta(minutes=10)  # our copy of QuickBooks' numbers counts as fresh for five
    answer = ask("GET", f"{NUMBERS}/B-1").json()
    assert (answer["taken_by"], answer["suggestion"]) == ("others", "B-2")
    assert answer["holder"] == "invoice B-1"


def test_a_document_says_where_it_stands(house: House, ask: Ask) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.invoice("2", "A-2", customer="nobody")
    house.tick()
    good = ask("GET", f"{DOCUMENTS}/invoice/1").json()
    assert (good["state"], good["number"], good["amount"], good["errors"]) == ("linked", "A-1", "150.00", [])
    assert good["quickbooks"]["id"] == house.by_number("A-1")["Id"]
    assert good["quickbooks"]["url"].endswith(f"/invoice?txnId={good['quickbooks']['id']}")
    held = ask("GET", f"{DOCUMENTS}/invoice/2").json()
    assert (held["state"], held["quickbooks"]) == ("held", None)
    assert [each["kind"] for each in held["errors"]] == ["unknown-local-customer"]
    assert ask("GET", f"{DOCUMENTS}/invoice/3").status_code == 404


def test_errors_are_listed_by_filter_and_page(house: House, ask: Ask) -> None:
    house.furnish()
    for number in range(5):
        house.invoice(str(number), customer=f"nobody {number}")
    house.tick()
    page = ask("GET", "/api/v1/errors", params={"state": "open", "limit": 2, "offset": 4}).json()
    assert (page["total"], page["limit"], page["offset"], len(page["errors"])) == (5, 2, 4, 1)
    assert ask("GET", "/api/v1/errors", params={"category": "payments"}).json()["total"] == 0
    assert ask("GET", "/api/v1/errors", params={"min_amount": "150.01"}).json()["total"] == 0
    assert ask("GET", "/api/v1/errors", params={"min_amount": "150.00"}).json()["total"] == 5
    spanish = ask("GET", "/api/v1/errors", language="es").json()["errors"][0]
    english = ask("GET", "/api/v1/errors").json()["errors"][0]
    assert spanish["fix"] != english["fix"]


def test_an_error_tells_its_way_through_quickbooks_in_the_readers_language(house: House, ask: Ask) -> None:
    error = with_a_duplicate(house)
    english = ask("GET", f"/api/v1/errors/{error}").json()["steps"]
    spanish = ask("GET", f"/api/v1/errors/{error}", language="es").json()["steps"]
    assert "look for A-7 with the search at the top, and open invoice A-7" in english[0]
    assert "busque A-7 con el buscador de arriba y abra factura A-7" in spanish[0]
    assert english[-1] == "In Cuadre: resync this error."
    assert spanish[-1] == "En Cuadre: resincronice este error."


def test_an_order_is_carried_out_by_the_tick_and_says_who_gave_it(house: House, ask: Ask) -> None:
    error = with_a_duplicate(house)
    answer = ask("POST", f"/api/v1/errors/{error}/use-number", json={"why": "the form said so"})
    assert (answer.status_code, answer.json()) == (202, {"action": "use-number", "done": [error], "already": []})
    assert len(house.errors()) == 1
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-8")
    detail = ask("GET", f"/api/v1/errors/{error}").json()
    (line,) = detail["history"]
    assert (line["by"], line["why"], line["action"]) == ("erp", "the form said so", Action.USE_NUMBER)
    assert line["applied_at"] is not None


def test_skip_and_undo_for_many(house: House, ask: Ask) -> None:
    house.furnish()
    for number in range(3):
        house.invoice(str(number), customer=f"nobody {number}")
    house.tick()
    ids = sorted(row.id for row in house.errors())
    skipped = ask("POST", "/api/v1/errors/orders", json={"action": "skip", "ids": ids[:2], "why": "later"})
    assert skipped.json()["done"] == ids[:2]
    assert ask("POST", "/api/v1/errors/orders", json={"action": "skip", "ids": ids[:2]}).json()["already"] == ids[:2]
    assert {row.id for row in house.errors(ErrorState.SKIPPED)} == set(ids[:2])
    undone = ask("POST", "/api/v1/errors/orders", json={"action": "unskip", "matching": {"company": NAME}})
    assert undone.json()["done"] == ids[:2]
    assert len(house.errors()) == 3


def test_what_cannot_be_ordered_is_refused_with_the_reason_and_nothing_is_done(house: House, ask: Ask) -> None:
    error = with_a_duplicate(house)
    answer = ask("POST", f"/api/v1/errors/{error}/delete", json={}, language="es")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == "urn:cuadre:problem:conflict"
    assert told["refused"][0]["id"] == error
    assert told["refused"][0]["reason"].startswith("Solo")
    assert ask("GET", f"/api/v1/errors/{error}").json()["history"] == []
    everything = ask("POST", "/api/v1/errors/orders", json={"action": "skip", "matching": {}})
    assert everything.status_code == 409
    assert len(house.errors()) == 1


@pytest.mark.parametrize("path", ["999", "999/resync", "999/use-number"])
def test_an_error_that_is_not_there(path: str, ask: Ask) -> None:
    answer = ask("POST" if "/" in path else "GET", f"/api/v1/errors/{path}", **({"json": {}} if "/" in path else {}))
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no error 999 here.")


def test_a_look_now_is_a_wish_that_the_daemon_fulfils(house: House, ask: Ask) -> None:
    assert ask("POST", f"/api/v1/companies/{NAME}/sync").status_code == 202
    with house.engine.begin() as connection:
        assert wishes.wanted(connection) == [NAME]
        assert wishes.of(connection)[NAME]["wanted_by"] == "erp"
        wishes.pause(connection, NAME, by="ana", why="", now=house.clock.now())
    assert ask("POST", f"/api/v1/companies/{NAME}/sync").status_code == 409
    assert ask("POST", "/api/v1/companies/away/sync").status_code == 409
    assert ask("POST", "/api/v1/companies/nobody/sync").status_code == 404


def test_companies_say_how_they_stand(house: House, ask: Ask) -> None:
    with_a_duplicate(house)
    found: dict[str, Any] = {each["company"]: each for each in ask("GET", "/api/v1/companies").json()}
    assert found[NAME]["connection"] == "connected"
    assert found[NAME]["open_errors"] == {"invoices": 1}
    assert found["away"]["connection"] == "never"


def test_quickbooks_that_does_not_answer_is_a_moment_with_a_hint_when_to_ask_again(house: House, ask: Ask) -> None:
    house.furnish()
    house.fail("maintenance", times=20)
    answer = ask("GET", f"{NUMBERS}/A-1")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["kind"]
    assert answer.json()["fix"]

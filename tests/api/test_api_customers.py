"""Customers for programs: looked for, chosen, created, left out, and links taken back."""

from __future__ import annotations

from tests.api.conftest import Ask
from tests.story.test_story_customers import inactive, left_out, link, missing, names, taken, theirs
from tests.support.house import NAME, House

SEARCH = f"/api/v1/companies/{NAME}/customers"


def test_a_program_looks_for_a_customer_and_chooses_it(house: House, ask: Ask) -> None:
    error = missing(house)
    chosen = theirs(house, "Ruiz, Ana", "ana@example.test")
    inactive(house, theirs(house, "Ruiz, Berta"))
    house.clock.sleep(10)
    found = ask("GET", f"{SEARCH}?q=RUIZ").json()
    assert [(each["id"], each["name"], each["active"], each["owner"]) for each in found] == [
        (chosen["Id"], "Ruiz, Ana", True, None),
        ("2", "Ruiz, Berta (deleted)", False, None),
    ]
    answer = ask("POST", f"/api/v1/errors/{error.id}/link-customer", json={"customer": chosen["Id"]})
    assert (answer.status_code, answer.json()["done"]) == (202, [error.id])
    house.tick(create_customers=False)
    linked = link(house)
    assert linked is not None
    assert linked.target_id == chosen["Id"]
    assert ask("GET", f"{SEARCH}?q=ana", language="es").json()[0]["owner"] == "cliente Ana Ruiz"


def test_a_program_has_a_customer_created_under_another_name(house: House, ask: Ask) -> None:
    error = taken(house)
    body = {"name": "Ana Ruiz (Customer)", "why": "a vendor has the name"}
    assert ask("POST", f"/api/v1/errors/{error.id}/create-customer", json=body).status_code == 202
    house.tick()
    assert names(house) == ["Ana Ruiz (Customer)"]


def test_an_account_is_left_out_and_synced_again(house: House, ask: Ask) -> None:
    error = missing(house)
    assert ask("POST", f"/api/v1/errors/{error.id}/leave-out", json={"why": "moved away"}).status_code == 202
    house.tick(create_customers=False)
    (each,) = ask("GET", f"/api/v1/companies/{NAME}/left-out").json()
    assert (each["local_id"], each["name"], each["documents"], each["sums"]) == ("c1", "Ana Ruiz", 1, {"": "150.00"})
    assert each["why"] == "moved away"
    assert ask("POST", f"/api/v1/errors/{each['error_id']}/unskip", json={}).status_code == 202
    house.tick()
    assert (left_out(house), house.errors()) == ([], [])


def test_a_wrong_link_is_taken_back(house: House, ask: Ask) -> None:
    house.furnish()
    house.tick()
    answer = ask("POST", f"{SEARCH}/unlink", json={"local_id": "c1"})
    assert answer.status_code == 202
    house.tick()
    (error,) = house.errors()
    assert (answer.json()["done"], link(house)) == ([error.id], None)
    assert ask("POST", f"{SEARCH}/unlink", json={"local_id": "c1"}).status_code == 409
    assert ask("POST", f"{SEARCH}/unlink", json={"local_id": "nobody"}).status_code == 404


def test_what_cannot_be_is_a_problem_and_nothing_is_ordered(house: House, ask: Ask) -> None:
    error = missing(house)
    for path, body in (
        ("link-customer", {"customer": "1 OR 1=1"}),
        ("link-customer", {}),
        ("create-customer", {"name": "a:b"}),
        ("create-customer", {"name": "a", "more": 1}),
    ):
        assert ask("POST", f"/api/v1/errors/{error.id}/{path}", json=body).status_code == 422, (path, body)
    assert ask("POST", "/api/v1/errors/99/link-customer", json={"customer": "1"}).status_code == 404
    assert ask("GET", f"{SEARCH}?q=a").status_code == 422
    assert ask("GET", "/api/v1/companies/nobody/customers?q=ana").status_code == 404
    assert house.errors()[0].pending == ()

"""Both sides for programs, and the orders of those who have looked."""

from __future__ import annotations

from tests.api.conftest import Ask
from tests.story.test_story_sides import changed, duplicate, link, result
from tests.support.house import House


def test_a_program_looks_at_both_sides_and_links(house: House, ask: Ask) -> None:
    error = duplicate(house)
    sides = ask("GET", f"/api/v1/errors/{error.id}/sides").json()
    customer = {"field": "customer", "word": "Customer", "line": 0, "ours": "Ana Ruiz", "theirs": "Walk-in"}
    assert [each for each in sides["fields"] if each["differs"]] == [{**customer, "differs": True}]
    assert {(each["line"], each["field"]): each["theirs"] for each in sides["fields"]}[0, "total"] == "150.00"
    assert [(each["action"], each["refused"]) for each in sides["choices"]] == [("link", None), ("link-push", None)]
    body = {"seen": sides["seen"], "why": "entered by hand"}
    answer = ask("POST", f"/api/v1/errors/{error.id}/sides/link", json=body)
    assert (answer.status_code, answer.json()) == (202, {"action": "link", "done": [error.id], "already": []})
    house.tick()
    assert link(house) is not None
    assert result(house, error) == "done"


def test_what_cannot_be_ordered_now_says_why_and_what_this_kind_never_allows_is_refused(house: House, ask: Ask) -> None:
    error = duplicate(house, price="10.00")
    sides = ask("GET", f"/api/v1/errors/{error.id}/sides", language="es").json()
    refused = {each["action"]: each["refused"] for each in sides["choices"]}
    assert refused["link-push"] is None
    assert refused["link"].startswith("los totales difieren: 150,00 USD aquí")
    assert ask("POST", f"/api/v1/errors/{error.id}/sides/keep", json={"seen": sides["seen"]}).status_code == 409
    assert ask("POST", f"/api/v1/errors/{error.id}/sides/link", json={"seen": "x"}).status_code == 422
    assert house.errors()[0].pending == ()


def test_quickbooks_out_of_reach_is_said_beside_the_local_side(house: House, ask: Ask) -> None:
    error = changed(house, TxnDate="2026-03-09")
    house.fail("status", status=503, times=1000)
    sides = ask("GET", f"/api/v1/errors/{error.id}/sides").json()
    assert sides["theirs_problem"]
    assert {each["field"]: each["ours"] for each in sides["fields"]}["number"] == "A-1"
    assert all(each["refused"] for each in sides["choices"])


def test_no_error_no_sides(ask: Ask) -> None:
    assert ask("GET", "/api/v1/errors/99/sides").status_code == 404
    assert ask("POST", "/api/v1/errors/99/sides/link", json={"seen": "1@0"}).status_code == 404

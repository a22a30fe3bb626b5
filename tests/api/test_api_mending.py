"""What Cuadre mends by itself, for programs."""

from __future__ import annotations

from tests.api.conftest import Ask
from tests.story.test_story_mending import account_of, inactive_customer, wrong_account
from tests.story.test_story_methods import paid_by, unknown_method
from tests.story.test_story_sides import duplicate, result
from tests.support.house import House


def test_a_program_has_a_customer_made_active_again(house: House, ask: Ask) -> None:
    error = inactive_customer(house)
    answer = ask("POST", f"/api/v1/errors/{error.id}/reactivate", json={"why": "back again"})
    assert (answer.status_code, answer.json()) == (202, {"action": "reactivate", "done": [error.id], "already": []})
    again = ask("POST", f"/api/v1/errors/{error.id}/reactivate", json={})
    assert (again.status_code, again.json()["already"]) == (202, [error.id])
    house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")


def test_what_this_kind_does_not_allow_is_refused(house: House, ask: Ask) -> None:
    error = duplicate(house)
    refused = ask("POST", f"/api/v1/errors/{error.id}/reactivate", json={})
    assert refused.status_code == 409
    assert refused.json()["refused"][0]["reason"] == "reactivate does not make sense for duplicate-number."
    assert ask("POST", "/api/v1/errors/99/reactivate", json={}).status_code == 404


def test_a_program_sees_what_can_be_chosen_and_chooses(house: House, ask: Ask) -> None:
    error = wrong_account(house)
    offered = ask("GET", f"/api/v1/errors/{error.id}/choices").json()
    assert offered["action"] == "choose-account"
    assert "Services" in offered["choices"]
    answer = ask("POST", f"/api/v1/errors/{error.id}/choose", json={"choice": "services", "why": "sold"})
    assert (answer.status_code, answer.json()["action"]) == (202, "choose-account")
    house.tick()
    assert (house.errors(), account_of(house)) == ([], "Services")


def test_what_quickbooks_does_not_have_cannot_be_chosen(house: House, ask: Ask) -> None:
    error = wrong_account(house)
    refused = ask("POST", f"/api/v1/errors/{error.id}/choose", json={"choice": "Bank Charges"})
    assert (refused.status_code, "Bank Charges cannot be chosen" in refused.json()["detail"]) == (409, True)
    assert ask("POST", f"/api/v1/errors/{error.id}/choose", json={"choice": ""}).status_code == 422
    assert house.errors()[0].pending == ()


def test_where_there_is_nothing_to_choose_it_says_so(house: House, ask: Ask) -> None:
    error = duplicate(house)
    for method, path, body in (("GET", "choices", None), ("POST", "choose", {"choice": "x"})):
        answer = ask(method, f"/api/v1/errors/{error.id}/{path}", json=body)
        assert (answer.status_code, answer.json()["detail"]) == (
            409,
            "There is nothing to choose for this error, or not any more.",
        )
    assert ask("GET", "/api/v1/errors/99/choices").status_code == 404


def test_a_program_has_a_payment_method_created_or_chooses_another(house: House, ask: Ask) -> None:
    error = unknown_method(house)
    path = f"/api/v1/errors/{error.id}"
    assert ask("POST", f"{path}/create-method", json={}).status_code == 422
    assert ask("POST", f"{path}/create-method", json={"credit_card": True}).json()["done"] == [error.id]
    offered = ask("GET", f"{path}/choices").json()
    assert (offered["action"], "Cash" in offered["choices"]) == ("use-method", True)
    assert ask("POST", f"{path}/choose", json={"choice": "cash"}).json()["action"] == "use-method"
    house.tick()
    assert (house.errors(), paid_by(house)) == ([], ["Cash"])

"""What Cuadre mends by itself, ordered in the console."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from fastapi import FastAPI

from errors.kinds import Action
from tests.site.test_site_sides import app as app  # noqa: PLC0414 - a fixture
from tests.story.test_story_mending import account_of, inactive_service, wrong_account
from tests.story.test_story_methods import paid_by, unknown_method
from tests.story.test_story_sides import duplicate, result
from tests.support.browsing import Reader, signed_in, text
from tests.support.house import House
from worker.site import error_mending, looking
from worker.site.people import Role


def test_a_service_is_made_active_again_by_a_button(house: House, eva: Reader) -> None:
    error = inactive_service(house)
    page = f"/errors/{error.id}"
    told = text(eva.get(page))
    assert "Make it active again" in told
    assert "Cuadre makes it active again in QuickBooks, and tries again what waits for it." in told
    assert f"{page}#reactivate" in eva.get("/errors").text
    answer = eva.post(f"{page}/reactivate", {"why": "we do it again"}, on=page)
    assert answer.status_code == 303
    assert "waits for the next tick" in text(eva.get(answer.headers["location"]))
    house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")
    assert "eva had it made active again in QuickBooks" in text(eva.get(page))


def test_who_was_slower_is_told_and_orders_nothing(house: House, eva: Reader, app: FastAPI) -> None:
    error = inactive_service(house)
    page = f"/errors/{error.id}"
    ana = signed_in(app, Role.OPERATOR, "ana")
    assert ana.post(f"{page}/reactivate", on=page).status_code == 303
    answer = eva.post(f"{page}/reactivate", {"seen": "0"}, on=page)
    assert answer.status_code == 409
    assert "ana had it made active again" in text(answer)


def test_an_error_of_another_kind_has_no_such_button_and_refuses_the_order(house: House, eva: Reader) -> None:
    page = f"/errors/{duplicate(house).id}"
    assert "reactivate" not in eva.get(page).text
    assert eva.post(f"{page}/reactivate", on=page).status_code == 409
    assert house.errors()[0].pending == ()


def test_an_income_account_is_chosen_on_a_page_of_its_own(house: House, eva: Reader) -> None:
    error = wrong_account(house)
    before = house.company.calls()
    assert f"/errors/{error.id}/choose" in eva.get(f"/errors/{error.id}").text
    assert house.company.calls() == before
    page = f"/errors/{error.id}/choose"
    shown = eva.get(page)
    assert "<option>Services</option>" in shown.text
    assert "<option>Bank Charges</option>" not in shown.text
    assert eva.post(page, {"choice": "Services", "why": "sold"}, on=page).status_code == 303
    house.tick()
    assert (house.errors(), result(house, error), account_of(house)) == ([], "done", "Services")
    assert "eva chose its income account ( Services )" in text(eva.get(f"/errors/{error.id}"))
    assert eva.get(page).status_code == 409


def test_a_payment_method_is_created_by_who_says_what_sort_it_is(house: House, eva: Reader) -> None:
    error = unknown_method(house)
    page = f"/errors/{error.id}"
    assert "Cuadre creates Stripe in QuickBooks. What sort of payment is it?" in text(eva.get(page))
    assert f"{page}#create-method" in eva.get("/errors").text
    assert eva.post(f"{page}/create-method", {"sort": "cheque"}, on=page).status_code == 400
    assert eva.post(f"{page}/create-method", {"sort": "credit-card"}, on=page).status_code == 303
    house.tick()
    assert (house.errors(), paid_by(house)) == ([], ["Stripe"])
    assert "eva had the payment method created ( credit-card )" in text(eva.get(page))


def test_a_payment_method_is_chosen_for_a_word(house: House, eva: Reader) -> None:
    page = f"/errors/{unknown_method(house).id}/choose"
    assert "<option>Cash</option>" in eva.get(page).text
    assert eva.post(page, {"choice": "Cash"}, on=page).status_code == 303
    house.tick()
    assert (house.errors(), paid_by(house)) == ([], ["Cash"])


def test_nothing_chosen_is_nothing_ordered(house: House, eva: Reader) -> None:
    page = f"/errors/{wrong_account(house).id}/choose"
    assert eva.post(page, {"choice": ""}, on=page).status_code == 400
    assert house.errors()[0].pending == ()


def test_where_there_is_nothing_to_choose_the_page_says_so(house: House, eva: Reader) -> None:
    assert eva.get(f"/errors/{inactive_service(house).id}/choose").status_code == 409
    assert eva.get("/errors/99/choose").status_code == 404


def test_quickbooks_out_of_reach_leaves_a_page_with_the_reason(house: House, eva: Reader) -> None:
    error = wrong_account(house)
    house.clock.moment += timedelta(minutes=5)
    house.fail("status", status=503, times=1000)
    answer = eva.get(f"/errors/{error.id}/choose")
    assert (answer.status_code, 'name="choice"' in answer.text) == (200, False)
    assert "It could not be looked up" in text(answer)


def test_no_reader_waits_for_ever(house: House, eva: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    error, answered = wrong_account(house), Event()

    def slowly() -> tuple[str, ...]:
        answered.wait(30)
        return ()

    monkeypatch.setattr(house.company.target, "income_accounts", slowly)
    monkeypatch.setattr(
        error_mending, "ask", lambda desk, name, question: looking.ask(desk, name, question, patience=0.05)
    )
    answer = eva.get(f"/errors/{error.id}/choose")
    answered.set()
    assert (answer.status_code, "QuickBooks has not answered" in text(answer)) == (200, True)


def test_a_viewer_sees_no_button(house: House, app: FastAPI) -> None:
    page = f"/errors/{inactive_service(house).id}"
    assert "reactivate" not in signed_in(app, Role.VIEWER, "vera").get(page).text


def test_in_spanish(house: House, app: FastAPI) -> None:
    page = f"/errors/{inactive_service(house).id}"
    assert "Volver a activar" in text(signed_in(app, Role.OPERATOR, "eva", language="es").get(page))
    assert Action.REACTIVATE in house.errors()[0].actions

"""Another number for a document whose own is taken: suggested, typed, looked up, refused."""

from __future__ import annotations

from typing import Any

import pytest

from errors import queue
from errors.kinds import ConnectionLost
from errors.problem import Problem, ProblemError
from tests.support.browsing import Reader, text
from tests.support.planting import Field, history
from worker.numbering import checking
from worker.numbering.checking import Availability, Taken
from worker.site import error_page


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    url: str = request.getfixturevalue("postgres_state_url")
    return url


def test_the_suggested_number_is_one_click(eva: Reader, field: Field) -> None:
    error_id = field.duplicate()
    assert eva.post(f"/errors/{error_id}/number", {"seen": "0"}, on=f"/errors/{error_id}").status_code == 303
    with field.engine.connect() as connection:
        assert [(each.action.value, each.value) for each in queue.pending_actions(connection, "shop")] == [
            ("use-number", "1043")
        ]


@pytest.fixture
def quickbooks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What both sides say of a number."""
    said: dict[str, Any] = {}

    def check(_company: None, _kind: Any, number: str) -> Availability:
        if number not in said:
            raise ProblemError(
                Problem(
                    kind=ConnectionLost, subject="company shop", facts=dict.fromkeys(ConnectionLost.placeholders(), "x")
                )
            )
        return Availability(number=number, taken=said[number], suggestion="1050")

    monkeypatch.setattr(error_page, "ask", lambda _desk, _name, question: question(None))
    monkeypatch.setattr(error_page, "check", check)
    assert checking.check is not check
    return said


def test_another_number_is_looked_up_while_it_is_typed_and_when_it_is_sent(
    eva: Reader, field: Field, quickbooks: dict[str, Any]
) -> None:
    error_id = field.duplicate()
    path = f"/errors/{error_id}/number"
    quickbooks |= {"1042": Taken.OTHERS, "2000": None}
    assert eva.get(f"{path}?number=2000").json()["available"] is True
    told = eva.get(f"{path}?number=1042").json()
    assert (told["available"], told["suggestion"]) == (False, "1050")
    refused = eva.post(path, {"number": "1042"}, on=f"/errors/{error_id}")
    assert refused.status_code == 409
    assert "Use 1050 to avoid duplicates." in text(refused)
    assert history(field, error_id) == []
    assert eva.post(path, {"number": "2000"}, on=f"/errors/{error_id}").status_code == 303


def test_a_number_that_cannot_be_looked_up_now_is_looked_up_before_it_is_posted(
    eva: Reader, field: Field, quickbooks: dict[str, Any]
) -> None:
    error_id = field.duplicate()
    assert eva.get(f"/errors/{error_id}/number?number=3000").json()["available"] is None
    assert eva.post(f"/errors/{error_id}/number", {"number": "3000"}, on=f"/errors/{error_id}").status_code == 303


def test_a_number_that_quickbooks_would_not_take_is_refused(
    eva: Reader, field: Field, quickbooks: dict[str, Any]
) -> None:
    error_id = field.duplicate()
    quickbooks["x" * 22] = Taken.TOO_LONG
    answer = eva.post(f"/errors/{error_id}/number", {"number": "x" * 22}, on=f"/errors/{error_id}")
    assert answer.status_code == 409

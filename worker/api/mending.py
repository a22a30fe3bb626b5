"""What Cuadre can mend by itself, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from errors import queue
from errors.kinds import Action
from errors.language import _, say
from errors.listing import ErrorRow
from errors.selection import Selection
from worker.api.companies import asked, known
from worker.api.desk import Counter
from worker.api.entrance import MayAct, MayRead, Shared, too_many
from worker.api.errors import ErrorId, Why, decide, must_exist
from worker.api.problems import NotSoError, documented
from worker.api.shapes import OrderAnswer, Text
from worker.mending import CREDIT_CARD, OTHER, choices, chooses, meant
from worker.state.database import reading
from worker.state.keys import Key

router = APIRouter(prefix="/api/v1/errors", tags=["errors"])
ORDERED = documented(400, 401, 403, 404, 409, 413, 422, 429)


class Choice(Why):
    """`choice`: one of those that may be chosen."""

    choice: Annotated[Text, Field(min_length=1, examples=["Services"])]


class NewMethod(Why):
    """QuickBooks takes no payment by card with a method that is not marked so."""

    credit_card: bool


class ChoicesShape(BaseModel):
    """What may be chosen for this error, as QuickBooks has it at this moment."""

    action: Action = Field(examples=["choose-account"])
    choices: list[str] = Field(examples=[["Sales", "Services"]])


@router.post(
    "/{id}/reactivate",
    summary="Make the customer or service active again in QuickBooks",
    status_code=202,
    responses=ORDERED,
)
def reactivate(id: ErrorId, why: Why, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - its name in the path
    """The next tick looks first: what is active by then is left alone. What waits for it is tried again."""
    return decide(counter, key, Action.REACTIVATE, id, "", why)


@router.post(
    "/{id}/create-method", summary="Create the payment method in QuickBooks", status_code=202, responses=ORDERED
)
def create_method(id: ErrorId, new: NewMethod, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - see above
    """Under the name that the error tells. One that is there by the next tick is left alone."""
    return decide(counter, key, Action.CREATE_METHOD, id, CREDIT_CARD if new.credit_card else OTHER, new)


@router.get(
    "/{id}/choices",
    summary="What may be chosen to mend it",
    responses=documented(401, 403, 404, 409, 422, 429),
)
def offered(id: ErrorId, counter: Shared, key: MayRead) -> ChoicesShape:  # noqa: A002 - see above
    """It costs reads in QuickBooks, and counts among the number checks of a key."""
    row, action = _chooses(counter, id)
    return ChoicesShape(action=action, choices=_choices(counter, key, row, action))


@router.post("/{id}/choose", summary="Choose one of these", status_code=202, responses=ORDERED)
def choose(id: ErrorId, choice: Choice, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - see above
    """The next tick looks once more whether it is still there."""
    row, action = _chooses(counter, id)
    name = meant(_choices(counter, key, row, action), choice.choice)
    if name is None:
        reason = say("{choice} cannot be chosen: QuickBooks has no such thing here.", choice=choice.choice)
        raise NotSoError(409, "conflict", reason)
    return decide(counter, key, action, id, name, choice)


def _chooses(counter: Counter, error_id: int) -> tuple[ErrorRow, Action]:
    with reading(counter.desk.engine) as connection:
        must_exist(connection, error_id)
        (row,) = queue.list_errors(connection, Selection(ids=(error_id,)), 1)
    action = chooses(row)
    if action is None:
        raise NotSoError(409, "conflict", _("There is nothing to choose for this error, or not any more."))
    return row, action


def _choices(counter: Counter, key: Key, row: ErrorRow, action: Action) -> list[str]:
    if wait := counter.number_checks.take(key.id):
        raise too_many(wait)
    return list(asked(counter, known(counter, row.company), lambda company: choices(company, action)))

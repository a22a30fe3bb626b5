"""The error table for programs: list, look, and order what a person may order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from errors import actions, deciding, orders, queue
from errors.kinds import Action, Category
from errors.language import _, say
from errors.listing import ErrorRow
from errors.ordering import Ordered
from errors.selection import Selection
from errors.tables import State
from errors.views import error_json, line_json
from worker.api.desk import Counter
from worker.api.entrance import MayAct, MayRead, Shared
from worker.api.problems import NotSoError, documented
from worker.api.shapes import AuditShape, ErrorDetail, ErrorList, ErrorShape, Id, OrderAnswer, Text
from worker.state.database import reading
from worker.state.keys import Key

MOST_SHOWN = 100  # documents of one error
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

router = APIRouter(prefix="/api/v1/errors", tags=["errors"])
ErrorId = Annotated[Id, Path(examples=[17])]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST, examples=["2026-03-02T09:00:00Z"])]
Money = Annotated[Decimal, Field(max_digits=18, decimal_places=6, examples=["100.00"])]


class Filter(BaseModel):
    """Which errors are meant; every part that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    company: Text = ""
    category: Category | None = None
    kind: Annotated[Text, Field(examples=["duplicate-number"])] = ""
    customer: Annotated[Text, Field(description="A part of the name, of any document that waits for it.")] = ""
    document: Annotated[Text, Field(description="A part of its number, or its exact local id.")] = ""
    older_than: Annotated[Moment | None, Field(description="First seen before.")] = None
    newer_than: Annotated[Moment | None, Field(description="First seen then or later.")] = None
    min_amount: Annotated[Money | None, Field(description="Of any one document that waits for it.")] = None
    max_amount: Money | None = None

    def selection(self, *, ids: tuple[int, ...] = ()) -> Selection:
        parts = {name: getattr(self, name) for name in Filter.model_fields}
        return Selection(**parts, ids=ids)


class Page(Filter):
    """A filter, and which of the errors to answer."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Order(StrEnum):
    """What may be ordered for many errors at once."""

    RESYNC = "resync"
    SKIP = "skip"
    UNSKIP = "unskip"
    LEAVE_OUT = "leave-out"
    DELETE = "delete"


class Why(BaseModel):
    """The reason, for the audit."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[Text, Field(examples=["mended in the ERP"])] = ""


class NewNumber(Why):
    """`number`: none takes the one that the error suggests."""

    number: Annotated[Text, Field(max_length=21, examples=["INV-0100"])] | None = None


class Many(Why):
    """Errors by their ids, or by a filter. All or nothing: when one cannot be, nothing is done."""

    action: Order
    ids: Annotated[tuple[Id, ...], Field(max_length=500, examples=[[17, 18]])] = ()
    matching: Filter | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if bool(self.ids) == (self.matching is not None):
            raise ValueError("either ids or matching")
        return self


@router.get("", summary="Errors by filter, the latest first", responses=documented(401, 403, 422, 429))
def listed(page: Annotated[Page, Query()], counter: Shared, _key: MayRead) -> ErrorList:
    selection = page.selection()
    with reading(counter.desk.engine) as connection:
        rows = queue.list_errors(connection, selection, page.limit, page.offset)
        total = queue.count_errors(connection, selection)
    return ErrorList(total=total, limit=page.limit, offset=page.offset, errors=[shape(row) for row in rows])


@router.get("/{id}", summary="One error with its history", responses=documented(401, 403, 404, 422, 429))
def one(id: ErrorId, counter: Shared, _key: MayRead) -> ErrorDetail:  # noqa: A002 - its name in the path
    with reading(counter.desk.engine) as connection:
        must_exist(connection, id)
        rows = queue.list_errors(connection, Selection(ids=(id,)), 1, sample=MOST_SHOWN)
        lines = orders.history(connection, id)
    history = [AuditShape.model_validate(line_json(line)) for line in lines]
    return ErrorDetail.model_validate({**error_json(rows[0]), "history": history})


@router.post(
    "/orders",
    summary="Order something for many errors",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def many(order: Many, counter: Shared, key: MayAct) -> OrderAnswer:
    """Button and clock do the same thing: the next tick carries it out."""
    selection = order.matching.selection() if order.matching else Selection(ids=order.ids)
    return _ordered(counter, key, order.action, selection, order.why)


@router.post(
    "/{id}/use-number",
    summary="Give the document another number",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def use_number(id: ErrorId, order: NewNumber, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - see above
    now = counter.desk.clock.now()
    with counter.desk.engine.begin() as connection:
        must_exist(connection, id)
        done = deciding.use_number(connection, id, order.number, by=key.name, why=order.why, now=now)
    return order_told(done)


@router.post(
    "/{id}/{action}",
    summary="Order something for one error",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def order(id: ErrorId, action: Order, why: Why, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - see above
    with reading(counter.desk.engine) as connection:
        must_exist(connection, id)
    return _ordered(counter, key, action, Selection(ids=(id,)), why.why)


def shape(row: ErrorRow) -> ErrorShape:
    return ErrorShape.model_validate(error_json(row))


def _ordered(counter: Counter, key: Key, action: Order, selection: Selection, why: str) -> OrderAnswer:
    now = counter.desk.clock.now()
    with counter.desk.engine.begin() as connection:
        return order_told(_do(connection, action, selection, by=key.name, why=why, now=now))


def _do(connection: Connection, action: Order, selection: Selection, *, by: str, why: str, now: datetime) -> Ordered:
    do = {
        Order.RESYNC: actions.resync,
        Order.SKIP: actions.skip,
        Order.UNSKIP: actions.unskip,
        Order.LEAVE_OUT: actions.leave_out,
        Order.DELETE: actions.delete,
    }[action]
    return do(connection, selection, by=by, why=why, now=now)


def order_told(ordered: Ordered) -> OrderAnswer:
    """What was refused is a problem, and nothing was done."""
    if not ordered.refused:
        return OrderAnswer(action=Action(ordered.action), done=list(ordered.done), already=list(ordered.already))
    refused = [{"id": each.error_id, "reason": each.reason} for each in ordered.refused]
    raise NotSoError(409, "conflict", _("Nothing was done."), refused=refused)


def decide(counter: Counter, key: Key, action: Action, error_id: int, value: str, why: Why) -> OrderAnswer:
    """An order for one error that needs one word more."""
    now = counter.desk.clock.now()
    with counter.desk.engine.begin() as connection:
        must_exist(connection, error_id)
        done = deciding.decide(connection, action, error_id, value, by=key.name, why=why.why, now=now)
    return order_told(done)


def must_exist(connection: Connection, error_id: int) -> None:
    if not queue.count_errors(connection, Selection(ids=(error_id,))):
        raise NotSoError(404, "not-found", say("There is no error {id} here.", id=str(error_id)))

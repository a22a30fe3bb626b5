"""Both sides of the document that an error is about, for programs, and the orders of who has looked at them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import AFTER_A_LOOK, Action
from errors.language import _, sentence, told
from errors.listing import ErrorRow
from errors.selection import Selection
from worker.api.companies import asked, known
from worker.api.desk import Counter
from worker.api.entrance import MayAct, MayRead, Shared, too_many
from worker.api.errors import MOST_SHOWN, ErrorId, Why, decide, must_exist
from worker.api.problems import NotSoError, documented
from worker.api.shapes import OrderAnswer
from worker.rules.sides import SEEN, Sides, why_not
from worker.sides import document_of, look
from worker.sides_told import field_word, promise, value_plain
from worker.state.database import reading
from worker.state.items import Item

router = APIRouter(prefix="/api/v1/errors", tags=["errors"])


class Sided(StrEnum):
    """What may be ordered after a look at both sides."""

    LINK = "link"
    LINK_PUSH = "link-push"
    PUSH = "push"
    KEEP = "keep"
    RECREATE = "recreate"


class Looked(Why):
    """`seen`: as the answer about both sides says; it is done only if both are still so."""

    seen: Annotated[str, Field(pattern=f"^{SEEN.pattern}$", max_length=49, examples=["145@3"])]


class FieldShape(BaseModel):
    """One field. `line`: of which of the document's lines, from 1; 0: of the document as a whole."""

    field: str = Field(examples=["total"])
    word: str = Field(examples=["Total"], description="What a person calls it.")
    line: int = Field(examples=[0])
    ours: str | None = Field(examples=["150.00"], description="null: the local books say nothing of it.")
    theirs: str | None = Field(examples=["75.00"])
    differs: bool


class ChoiceShape(BaseModel):
    """What may be ordered for this error, and why not now."""

    action: Action
    meaning: str = Field(description="What will happen, in the reader's language.")
    refused: str | None = Field(description="Why it cannot be ordered now; null: it can.")


class SidesShape(BaseModel):
    """The local document and the one in QuickBooks, as they are at this moment."""

    kind: DocumentKind
    local_id: str
    seen: str = Field(examples=["145@3"], description="To be sent with an order.")
    address: str = Field(description="Where a person sees it in QuickBooks; empty: it is not there.")
    owner: str | None = Field(description="The other local document to which the one in QuickBooks belongs.")
    ours_problem: str | None = Field(description="Why the local document cannot be read.")
    theirs_problem: str | None = Field(description="Why QuickBooks could not be asked.")
    fields: list[FieldShape]
    choices: list[ChoiceShape]


@router.get(
    "/{id}/sides",
    summary="Both sides of the document, field by field",
    responses=documented(401, 403, 404, 409, 422, 429),
)
def both(id: ErrorId, counter: Shared, key: MayRead) -> SidesShape:  # noqa: A002 - its name in the path
    """As they are now: it costs reads in QuickBooks, and counts among the number checks of a key."""
    row, item = _document(counter, id)
    wait = counter.number_checks.take(key.id)
    if wait:
        raise too_many(wait)
    return _shape(row, asked(counter, known(counter, row.company), lambda company: look(company, item)))


@router.post(
    "/{id}/sides/{action}",
    summary="Order something after a look at both sides",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def order(id: ErrorId, action: Sided, looked: Looked, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - see above
    """The next tick looks once more, and does it only if both sides are still what was looked at."""
    return decide(counter, key, Action(action), id, looked.seen, looked)


def _document(counter: Counter, error_id: int) -> tuple[ErrorRow, Item]:
    with reading(counter.desk.engine) as connection:
        must_exist(connection, error_id)
        (row,) = queue.list_errors(connection, Selection(ids=(error_id,)), 1, sample=MOST_SHOWN)
        item = document_of(connection, row)
    if item is None:
        raise NotSoError(409, "conflict", _("No document waits for this error, so there is nothing to compare."))
    return row, item


def _shape(row: ErrorRow, sides: Sides) -> SidesShape:
    choices = [(action, why_not(action, sides)) for action in AFTER_A_LOOK if action in row.actions]
    return SidesShape(
        kind=sides.item.kind,
        local_id=sides.item.local_id,
        seen=sides.seen,
        address=sides.address,
        owner=told(sides.owner) if sides.owner else None,
        ours_problem=sentence(sides.unread) if sides.unread else None,
        theirs_problem=sentence(sides.unseen) if sides.unseen else None,
        fields=[
            FieldShape(
                field=each.field,
                word=field_word(each.field),
                line=each.line,
                ours=value_plain(each.ours),
                theirs=value_plain(each.theirs),
                differs=each.differs,
            )
            for each in sides.rows
        ],
        choices=[
            ChoiceShape(action=action, meaning=promise(action), refused=told(reason) if reason else None)
            for action, reason in choices
        ],
    )

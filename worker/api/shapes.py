"""What the API answers, as it is described in OpenAPI. Amounts are texts, so that no program makes floats of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from connectors.documents import DocumentKind
from errors.kinds import Action, Category
from errors.tables import State as ErrorState
from worker.numbering.checking import Taken
from worker.state.machine import State

LONGEST = 300


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL, nobody half a character."""
    if "\0" in text:
        raise ValueError("no NUL")
    text.encode()  # raises UnicodeEncodeError, a ValueError
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_storable)]
Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Amount = Annotated[str, Field(examples=["150.00"], pattern=r"^-?\d+(\.\d+)?$")]


class NumberCheck(BaseModel):
    """Whether a number is free on both sides, and which to use instead."""

    number: str = Field(examples=["INV-0099"])
    available: bool = Field(examples=[False])
    taken_by: Taken | None = Field(
        examples=["others"],
        description="ours: a document of the local books; posted: one of ours in QuickBooks, which has another number "
        "in the local books now; others: somebody else's in QuickBooks; voided: the same, and void; same: the very "
        "document; too long: QuickBooks does not take it.",
    )
    holder: str | None = Field(examples=["invoice INV-0099"], description="The document that has it.")
    customer: str = Field(examples=["Ana Ruiz"], description="Of that document, where it is known.")
    suggestion: str = Field(examples=["INV-0100"], description="Free on both sides; empty: none of this shape fits.")
    message: str = Field(
        examples=["This number already exists in QuickBooks. Use INV-0100 to avoid duplicates."],
        description="For your form, in the language that Accept-Language asks for.",
    )


class Fault(BaseModel):
    """What QuickBooks answered, for support."""

    code: str
    detail: str
    intuit_tid: str
    status: int | None


class BlockedDocument(BaseModel):
    """A document that waits for an error to be mended."""

    kind: str = Field(examples=["invoice"])
    local_id: str = Field(examples=["17"])
    label: str = Field(examples=["INV-0099"])
    customer: str = Field(examples=["Ana Ruiz"])
    amount: Amount | None
    currency: str = Field(examples=["EUR"])


class ErrorShape(BaseModel):
    """One cause, whatever the number of documents that wait for it (docs/errors.md)."""

    id: int = Field(examples=[17])
    company: str = Field(examples=["main"])
    category: Category
    state: ErrorState
    kind: str = Field(examples=["duplicate-number"])
    subject: str = Field(examples=["invoice 17"])
    sentence: str = Field(description="What went wrong, in the reader's language.")
    fix: str = Field(description="What a person can do about it, in the reader's language.")
    steps: list[str] = Field(description="The way to it through QuickBooks, step by step, in the reader's language.")
    facts: dict[str, str | int | None]
    fault: Fault
    attempts: int = Field(examples=[1])
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    blocks: int = Field(examples=[41], description="How many documents wait for it.")
    sums: dict[str, Amount] = Field(description='Their amounts for each currency; "" is the home currency.')
    documents: list[BlockedDocument] = Field(description="The first of them.")
    actions: list[Action] = Field(description="What may be ordered now.")
    pending: list[Action] = Field(description="What is ordered, and waits for the next tick.")


class ErrorList(BaseModel):
    """One page, the latest first."""

    total: int = Field(examples=[1], description="How many there are on all pages.")
    limit: int = Field(examples=[50])
    offset: int = Field(examples=[0])
    errors: list[ErrorShape]


class AuditShape(BaseModel):
    """Who ordered what, when and why, and what became of it."""

    id: int
    error_id: int
    company: str
    action: Action
    value: str
    by: str = Field(examples=["erp"])
    why: str
    at: datetime
    applied_at: datetime | None
    result: str


class ErrorDetail(ErrorShape):
    """One error with its history."""

    history: list[AuditShape]


class OrderAnswer(BaseModel):
    """`done`: ordered now. `already`: ordered before, nothing added. The next tick carries it out."""

    action: Action
    done: list[int] = Field(examples=[[17]])
    already: list[int]


class InQuickBooks(BaseModel):
    """The document in QuickBooks that belongs to a local one."""

    id: str = Field(examples=["130"])
    number: str = Field(examples=["INV-0099"])
    total: Amount | None
    url: str = Field(examples=["https://app.qbo.intuit.com/app/invoice?txnId=130"])
    adopted: bool = Field(description="It was there before Cuadre.")
    removed: bool = Field(description="Voided or deleted there, because it was cancelled here.")
    linked_at: datetime


class DocumentStatus(BaseModel):
    """How a document of the local books stands."""

    company: str = Field(examples=["main"])
    kind: DocumentKind
    local_id: str = Field(examples=["17"])
    state: State = Field(description="linked: QuickBooks holds it, and both totals agree. held: see `errors`.")
    number: str = Field(examples=["INV-0099"])
    label: str
    customer: str
    amount: Amount | None
    currency: str
    attempts: int
    not_before: datetime | None = Field(description="It is not tried again before.")
    seen_at: datetime
    changed_at: datetime
    quickbooks: InQuickBooks | None
    errors: list[ErrorShape] = Field(description="The open ones that it waits for.")


class StoppedBy(BaseModel):
    """Something that keeps the whole company from going on."""

    kind: str = Field(examples=["connection-lost"])
    sentence: str
    fix: str


class CompanyStatus(BaseModel):
    """How a company stands."""

    company: str = Field(examples=["main"])
    enabled: bool
    connection: str = Field(examples=["connected"], description="connected, lost, disconnected or never.")
    realm_id: str = Field(examples=["9130000000000001"])
    refresh_expires_at: datetime | None = Field(description="When an admin must have connected it again.")
    stopped_by: list[StoppedBy]
    items: dict[str, int] = Field(examples=[{"linked": 120, "held": 1}], description="Documents by state.")
    open_errors: dict[str, int] = Field(examples=[{"invoices": 1}], description="By category.")
    last_tick: datetime | None
    oldest_waiting: datetime | None


class SyncAnswer(BaseModel):
    """The order is kept; the service looks within seconds, as it does at its next poll."""

    company: str = Field(examples=["main"])
    wanted_at: datetime


class WebhookEvent(BaseModel):
    """Something that QuickBooks told us."""

    id: int
    realm_id: str = Field(examples=["9130000000000001"])
    entity: str = Field(examples=["invoice"])
    target_id: str = Field(examples=["130"])
    operation: str = Field(examples=["updated"])
    happened_at: datetime
    received_at: datetime
    handled_at: datetime | None
    result: str = Field(examples=["elsewhere"], description="ours: our own write, told back. elsewhere: not ours.")


def plain(value: Any) -> str | None:
    """An amount as a text without an exponent."""
    return None if value is None else format(value, "f")

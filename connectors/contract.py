"""What a source of documents and a target for them must be able to do. The worker knows nothing else of either."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from connectors.documents import Customer, Document, DocumentKind, Service
from connectors.sheets import Sheet
from errors.problem import Name, Phrase, Problem

# --- source -----------------------------------------------------------------------------------------------------------

CursorValue = str | int | datetime | date | Decimal


@dataclass(frozen=True, kw_only=True)
class Position:
    """A place in a kind's rows ordered by (changed, key). `changed` is None where rows carry no time of change."""

    changed: CursorValue | None
    key: CursorValue


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row that may be new. `version` is a hash of all the row says: equal version = nothing changed."""

    local_id: str
    version: str
    position: Position


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Rows as they are now, by local id: documents, or what keeps a row from being one. In neither: the row is gone."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)


class Source(Protocol):
    """The local books of one company. Every call may raise ProblemError (SourceUnavailable, SourceBroken)."""

    def kinds(self) -> frozenset[DocumentKind]:
        """The kinds this source has; the others are never asked for."""

    def check(self) -> tuple[Problem, ...]:
        """What does not fit between configuration and database, all of it."""

    def changes(self, kind: DocumentKind, after: Position | None, limit: int) -> Sequence[Change]:
        """At most `limit` rows behind `after`, in the order of their positions. Costs nothing where nothing is new."""

    def read(self, kind: DocumentKind, local_ids: Collection[str]) -> Reading:
        """These rows in their present form."""

    def write_number(self, kind: DocumentKind, local_id: str, number: str) -> bool:
        """Write a new document number back to the local books; False when no way to do so is configured."""

    def rename_job(self, old: str, new: str) -> int | None:
        """Give all rows of a job its new number, or none; how many. None when no way to do so is configured."""

    def delete_service(self, local_id: str) -> bool:
        """Take a service off the local list, as configured; False when no way to do so is configured."""

    def close(self) -> None:
        """Give connections back."""


# --- target -----------------------------------------------------------------------------------------------------------


class Operation(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    VOID = "void"


@dataclass(frozen=True, kw_only=True)
class References:
    """Ids in the target of what a document names, by (kind, local id).

    `methods`: the payment methods that people chose for what the target does not know, by that name without case.
    """

    ids: Mapping[tuple[DocumentKind, str], str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: DocumentKind, local_id: str) -> str:
        return self.ids[kind, local_id]


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A document as the target holds it. `body` is the target's own JSON, for comparing and for support."""

    target_id: str
    version: str  # QBO: SyncToken
    number: str = ""
    total: Decimal | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True  # False: a customer or service that was taken out of use there


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A customer of the target as a person tells it from others."""

    remote: Remote
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One write, exactly as it leaves and is repeated: same request id and bId = byte-equal body (invariant I3).

    `bid`: its name within the batch that it first left in; "" when it left alone.
    """

    company: str
    kind: DocumentKind
    local_id: str
    operation: Operation
    request_id: str
    body: str
    name: Name  # what a sentence calls the document
    marker: str = ""  # stands in the document, to find it again
    named: bool = False  # a customer that only its name tells from others: they may share its e-mail address
    bid: str = ""
    since: datetime | None = None  # when it first may have reached the target; None: not yet

    @property
    def subject(self) -> str:
        return f"{self.kind} {self.local_id}"


@dataclass(frozen=True, kw_only=True)
class Posted:
    """The target holds the document."""

    remote: Remote


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The target answered and holds nothing of it; every fault of the reply, most telling first."""

    problems: tuple[Problem, ...]
    stale: bool = False  # somebody changed the document since we last saw it (QBO 5010)
    holder_id: str = ""  # who holds the number (QBO 6140)


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """No answer that tells: the document may or may not be there. It is looked up before anything is sent again.

    `answered`: the target did answer under this request id, and might for ever answer the same; once it is seen to
    lack the document, a new id is used.
    """

    problem: Problem
    answered: bool = False


@dataclass(frozen=True, kw_only=True)
class Returned:
    """The call was refused as a whole, and the target holds nothing of it: it goes again, in a smaller one."""

    problem: Problem


Outcome = Posted | Refused | Unknown | Returned


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The target's document that uses a number."""

    target_id: str
    number: str
    version: str = ""
    customer_id: str = ""
    customer_name: str = ""
    total: Decimal = Decimal(0)
    marker: str = ""  # our own marker, when we posted it
    voided: bool = False


@dataclass(frozen=True, kw_only=True)
class Match:
    """What the target has for a local customer or service: one remote, or a problem, or neither (= missing)."""

    remote: Remote | None = None
    problem: Problem | None = None


RECENT = 200  # as many recent numbers are asked for


class Target(Protocol):
    """One company in an accounting system. Reads may raise ProblemError; `post` never does: it answers Outcomes."""

    def check(self, *, again: bool = False) -> tuple[Problem, ...]:
        """Connection, accounts and preferences: everything that would stop this company, all of it.

        Asked before each tick that has work; what was read is good for a day, unless `again`.
        """

    def advice(self) -> tuple[Phrase, ...]:
        """What stops nothing, and a person should know of the company's settings there. Raises as a read."""

    def probe(self) -> None:
        """One call, once, to see whether the target answers: raises ProblemError where it does not."""

    def match(self, documents: Sequence[Customer | Service]) -> Mapping[str, Match]:
        """Existing customers or services (one kind a call), by local id: by e-mail, then by name, inactive included."""

    def customers(self, text: str, limit: int) -> Sequence[Choice]:
        """Customers with this text anywhere in name or e-mail, those in use first, by name."""

    def prepare(
        self,
        document: Document,
        references: References,
        operation: Operation,
        current: Remote | None,
        marker: str,
    ) -> str | tuple[Problem, ...]:
        """The exact body to send, or why there can be none. `marker` is kept in the document to find it again."""

    def holders(self, kind: DocumentKind, numbers: Collection[str]) -> Mapping[str, Holder]:
        """Which of these numbers are used, and by what: one query for many."""

    def recent_numbers(self, kind: DocumentKind, prefix: str) -> Sequence[str]:
        """The latest RECENT numbers that begin with `prefix`, the most recently entered first; fewer: these are all."""

    def room(self, tries: int = 0) -> int:
        """How many documents the next call may carry: fewer after calls that were too much, then more again; and fewer
        of those that were sent `tries` times without an answer, until each travels alone.
        """

    def batchable(self, kind: DocumentKind, operation: Operation) -> bool:
        """Whether such a write may travel with others."""

    def take_turn(self, documents: int) -> None:
        """Wait until the next write of so many documents may leave, so that nothing waits behind a committed intent."""

    def post(self, postings: Sequence[Posting]) -> Sequence[Outcome]:
        """One call, once: one posting alone, or a batch of those that share a request id. In the order given."""

    def find(self, postings: Sequence[Posting]) -> Mapping[str, Remote]:
        """What the target holds of postings whose outcome is unknown, by subject: one question for all of them."""

    def get(self, kind: DocumentKind, target_id: str) -> Remote | None:
        """The document as it is now; None when it was deleted."""

    def differences(self, sent: str, remote: Remote) -> tuple[str, ...]:
        """The fields in which the target's document differs from the body we sent last ("TotalAmt: 10 -> 12")."""

    def accepted(self, sent: str, remote: Remote) -> str:
        """The body that would have been sent for the document as it is there now, to compare with later."""

    def customer_of(self, sent: str) -> str:
        """The id of the customer that a body we sent names; "" where it names none."""

    def home_currency(self) -> str:
        """The company's own currency. Raises as a read."""

    def sheet(self, kind: DocumentKind, remote: Remote) -> Sheet:
        """The document as a person reads it. Raises as a read."""

    def expire(self, realm_id: str) -> None:
        """What is remembered of the other side counts as old: the next question asks for its changes first."""

    def reactivate(self, document: Customer | Service, order: str, target_id: str = "") -> Phrase | None:
        """Make this customer or service active again; why it cannot be. What is active is left alone.

        `target_id`: which it is; "": it is found as by `match`. `order` names who wants it: repeated for the same one,
        it is one write. Raises as a read, and what the target refuses.
        """

    def create_method(self, name: str, *, credit_card: bool, order: str) -> Phrase | None:
        """Create a payment method; why it cannot be. One of this name that is there is left alone. As `reactivate`."""

    def payment_methods(self) -> Sequence[str]:
        """Their names. Raises as a read."""

    def income_accounts(self) -> Sequence[str]:
        """The accounts under which a service may be sold, by the names that find them. Raises as a read."""

    def link(self, kind: DocumentKind, target_id: str) -> str:
        """The address of the document in the target's own pages, for a person to click."""

"""What the sandbox knows of an entity: a frozen description whose rules are functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.query.language import Condition

METADATA = ("MetaData.CreateTime", "MetaData.LastUpdatedTime")


@dataclass(frozen=True)
class Write:
    """The surroundings of one write: which company, when, and with which `include` options.

    A `template` is checked like a document, but takes no number; `sparse` marks an update of some members only.
    """

    company: Company
    now: datetime
    include: frozenset[str] = frozenset()
    template: bool = False
    sparse: bool = False


Post = Callable[[Company, Json], Entry | None]
Present = Callable[[Company, Json, datetime, frozenset[str]], Json]
Complete = Callable[[Write, Json, Json | None], Json]
Besides = Callable[[Company, "Condition", datetime], Iterable[Json]]
View = Literal["written", "read", "listed"]  # an answer to a write, to a read by Id, a row of a query
Show = Callable[[Json, View], Json]
Settle = Callable[[Write, Json | None, Json | None], None]


def nothing_else(write: Write, before: Json | None, after: Json | None) -> None:
    """Settle an object that moves no other."""


def as_sent(body: Json) -> Json:
    """Take a body as it is."""
    return body


def leave(_write: Write, draft: Json, _before: Json | None) -> Json:
    """Complete an object that has nothing computed."""
    return draft


@dataclass(frozen=True)
class Kind:
    """An entity: `complete` answers the object with all computed values or raises `Refusal`;
    `settle` carries a change (before, after; None = absent) to the objects it touches;
    `post` says what a stored transaction books in the ledger.

    `order` is the recorded order of members, `kept` the members a full update re-defaults instead of clearing;
    `unlocked` objects may be deleted without their SyncToken (recorded for attachables);
    `present` adds what is true only at the time of reading, `unwrap` takes a sent body out of a further layer.
    `besides` gives rows that a query shows though they are not stored.
    `show` gives what one view of an object has and another lacks (recorded: vendors, customers);
    `repeated` must be sent in a sparse update too (qbo-facts 2.1);
    `modifier_shown` puts LastModifiedByRef in MetaData.
    """

    name: str
    sequence: str
    required: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    queryable: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    operations: frozenset[str] = frozenset({"create", "update"})
    complete: Complete = leave
    post: Post | None = None
    settle: Settle = nothing_else
    void: Complete | None = None
    name_field: str = ""
    sort_field: str = ""
    counted: bool = False
    wrapper_name: str = ""
    unlocked: bool = False
    present: Present | None = None
    unwrap: Callable[[Json], Json] = as_sent
    besides: Besides | None = None
    show: Show | None = None
    repeated: tuple[str, ...] = ()
    modifier_shown: bool = False

    @property
    def wrapper(self) -> str:
        """The key of an answer: the entity's name, but for CreditCardPayment (qbo-facts 1.5)."""
        return self.wrapper_name or self.name

    @property
    def path(self) -> str:
        return self.name.lower()

    @property
    def transaction(self) -> bool:
        return self.sequence == "transaction"


TRANSACTION = frozenset({"create", "update", "delete"})
READ_ONLY: frozenset[str] = frozenset()


def shown(kind: Kind, data: Json, view: View) -> Json:
    """Return an object as it is answered in one view; what remains of a deleted one is answered as it is."""
    if kind.show is None or "SyncToken" not in data:
        return data
    seen = kind.show(data, view)
    return {name: seen[name] for name in (*kind.order, *seen) if name in seen}

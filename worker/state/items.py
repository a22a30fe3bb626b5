"""Reading and moving items. Every move is a compare-and-set: False means that somebody else was faster."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, or_, select, update

from connectors.contract import Change, Operation
from connectors.documents import DocumentKind
from errors.problem import Name
from worker.state.machine import MOVES, State
from worker.state.tables import items

LONGEST_KEY = 255
MOVING = (State.SEEN, State.PREPARED, State.NUMBERED, State.SENDING)
IN_CHUNK = 500  # SQLite and PostgreSQL both take far more parameters than this in one statement


@dataclass(frozen=True, kw_only=True)
class Item:
    """One row of the spine."""

    id: int
    company: str
    kind: DocumentKind
    local_id: str
    generation: int
    state: State
    version: str
    sent_version: str | None
    operation: Operation | None
    fingerprint: str | None
    body: str | None
    request_id: str | None
    bid: str | None
    label: str
    customer_id: str
    customer: str
    number: str
    job: str
    number_override: str | None
    number_replaced: str | None
    amount: Decimal | None
    currency: str
    error_id: int | None
    attempts: int
    not_before: datetime | None
    seen_at: datetime
    changed_at: datetime

    @property
    def name(self) -> Name:
        return Name(self.kind.value, self.label or self.local_id)

    @property
    def marker(self) -> str:
        """What is written into the document, to find it again when no answer came back."""
        return f"cuadre:{self.company}:{self.kind}:{quote(self.local_id, safe='')}:{self.generation}"

    @property
    def subject(self) -> str:
        """What a cause is about when it is about this record alone."""
        return f"{self.kind} {self.local_id}"


def named(subject: str) -> tuple[tuple[DocumentKind, str], ...]:
    """The records that a cause may be about, the likelier first: "customer 7", and "customer 7 email" for a field."""
    kind, _space, local_id = subject.partition(" ")
    if kind not in set(DocumentKind):
        return ()
    ids = (local_id, local_id.rpartition(" ")[0])
    return tuple((DocumentKind(kind), each) for each in ids if each)


def recipient(marker: str, company: str, kind: DocumentKind) -> str | None:
    """The local id of the record of this company that a marker names; None: it names none."""
    parts = marker.split(":")
    ours = len(parts) == 5 and parts[:3] == ["cuadre", company, kind.value]
    return unquote(parts[3]) if ours else None


def storable(key: str) -> bool:
    """Whether a key can stand in these tables: PostgreSQL takes no NUL, nobody half a character, and 255 is long."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return len(key) <= LONGEST_KEY and "\0" not in key


def _item(row: RowMapping) -> Item:
    operation = row["operation"]
    return Item(
        **{
            **row,
            "kind": DocumentKind(row["kind"]),
            "state": State(row["state"]),
            "operation": Operation(operation) if operation else None,
        }
    )


def due(
    connection: Connection, company: str, state: State, kind: DocumentKind | None, now: datetime, limit: int
) -> Sequence[Item]:
    """Items in `state` whose time has come, oldest first."""
    query = (
        select(items)
        .where(items.c.company == company, items.c.state == state)
        .where(or_(items.c.not_before.is_(None), items.c.not_before <= now))
        .order_by(items.c.id)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(items.c.kind == kind)
    return [_item(row) for row in connection.execute(query).mappings()]


def in_state(connection: Connection, company: str, kind: DocumentKind, state: State) -> list[Item]:
    """All items of a kind in this state, oldest first."""
    query = select(items).where(items.c.company == company, items.c.kind == kind, items.c.state == state)
    return [_item(row) for row in connection.execute(query.order_by(items.c.id)).mappings()]


def by_key(
    connection: Connection, company: str, keys: Collection[tuple[DocumentKind, str]]
) -> dict[tuple[DocumentKind, str], Item]:
    """These records, by kind and local id; what was never seen is left out."""
    found: dict[tuple[DocumentKind, str], Item] = {}
    for kind in {kind for kind, _ in keys}:
        ids = sorted(local_id for of_kind, local_id in keys if of_kind is kind and storable(local_id))
        for start in range(0, len(ids), IN_CHUNK):
            query = select(items).where(
                items.c.company == company, items.c.kind == kind, items.c.local_id.in_(ids[start : start + IN_CHUNK])
            )
            for row in connection.execute(query).mappings():
                item = _item(row)
                found[item.kind, item.local_id] = item
    return found


def add(connection: Connection, company: str, kind: DocumentKind, changes: Sequence[Change], now: datetime) -> None:
    """New records, in state seen."""
    if changes:
        row = {"company": company, "kind": kind, "state": State.SEEN, "seen_at": now, "changed_at": now}
        connection.execute(
            insert(items), [{**row, "local_id": change.local_id, "version": change.version} for change in changes]
        )


def described(item: Item) -> dict[str, Any]:
    """What a person calls the document, to be kept with a move."""
    names = ("label", "customer_id", "customer", "number", "job", "amount", "currency")
    return {name: getattr(item, name) for name in names}


def move(connection: Connection, item: Item, to: State, now: datetime, **values: Any) -> bool:
    """Move one item on, if it is still where we saw it.

    Raises:
        ValueError: the move is not one of the state machine's.
    """
    if to not in MOVES[item.state]:
        raise ValueError(f"an item cannot go from {item.state} to {to}")
    moved = connection.execute(
        update(items)
        .where(items.c.id == item.id, items.c.state == item.state)
        .values(state=to, changed_at=now, **values)
    )
    return moved.rowcount == 1


def move_all(connection: Connection, moves: Sequence[tuple[Item, Mapping[str, Any]]], to: State, now: datetime) -> None:
    """Move many items on, each if it is still where we saw it; all of them have the same values to set.

    Raises:
        ValueError: the move is not one of the state machine's.
    """
    for state in {item.state for item, _ in moves}:
        if to not in MOVES[state]:
            raise ValueError(f"an item cannot go from {state} to {to}")
    _set_all(connection, [(item, {**values, "state": to, "changed_at": now}) for item, values in moves])


def note_all(connection: Connection, chosen: Sequence[Item], **values: Any) -> None:
    """Change the same of many items that stay in their states."""
    _set_all(connection, [(item, values) for item in chosen])


def _set_all(connection: Connection, changes: Sequence[tuple[Item, Mapping[str, Any]]]) -> None:
    if not changes:
        return
    named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0][1]}
    statement = update(items).where(items.c.id == bindparam("of_id"), items.c.state == bindparam("of_state"))
    rows = [
        {"of_id": item.id, "of_state": item.state, **{f"new_{name}": value for name, value in values.items()}}
        for item, values in changes
    ]
    connection.execute(statement.values(named), rows)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an item stands now: all that a move must know, and little to read for each of many."""

    state: State
    version: str


def lock(connection: Connection, chosen: Collection[Item]) -> dict[int, Standing]:
    """Where these items stand now, by id; nobody moves them until the transaction ends."""
    ids = [item.id for item in chosen]
    query = select(items.c.id, items.c.state, items.c.version).where(items.c.id.in_(ids)).order_by(items.c.id)
    rows = connection.execute(query.with_for_update())
    return {row.id: Standing(state=State(row.state), version=row.version) for row in rows}


def note(connection: Connection, item: Item, **values: Any) -> bool:
    """Change something of an item that stays in its state."""
    noted = connection.execute(update(items).where(items.c.id == item.id, items.c.state == item.state).values(**values))
    return noted.rowcount == 1


def again(connection: Connection, item: Item) -> Item:
    """The item as it stands now."""
    return _item(connection.execute(select(items).where(items.c.id == item.id)).mappings().one())


def wake(
    connection: Connection,
    company: str,
    documents: Collection[tuple[str, str]],
    states: Collection[State],
    now: datetime,
) -> None:
    """These records (kind, local id) start anew if they stand in one of `states`."""
    found = by_key(connection, company, {(DocumentKind(kind), local_id) for kind, local_id in documents}).values()
    move_all(connection, [(item, {"not_before": None}) for item in found if item.state in states], State.SEEN, now)


def of_customer(connection: Connection, company: str, customer_id: str, states: Collection[State]) -> list[Item]:
    """The documents of a customer in these states, as far as they were ever read."""
    query = select(items).where(items.c.company == company, items.c.customer_id == customer_id)
    return [_item(row) for row in connection.execute(query.where(items.c.state.in_(states))).mappings()]


def any_to_wake(connection: Connection, company: str, now: datetime) -> bool:
    """Whether `wake_due` would wake any: most ticks have nothing to write."""
    query = (
        select(items.c.id)
        .where(items.c.company == company, items.c.state == State.HELD, items.c.not_before <= now)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def wake_due(connection: Connection, company: str, now: datetime) -> int:
    """Held items that are tried again by themselves and whose time has come."""
    woken = connection.execute(
        update(items)
        .where(items.c.company == company, items.c.state == State.HELD, items.c.not_before <= now)
        .values(state=State.SEEN, not_before=None, changed_at=now)
    )
    return woken.rowcount


def numbers(connection: Connection, company: str, kind: DocumentKind, wanted: Collection[str]) -> dict[str, list[Item]]:
    """Which of these numbers our own items carry."""
    found: dict[str, list[Item]] = {}
    query = select(items).where(items.c.company == company, items.c.kind == kind, items.c.number.in_(list(wanted)))
    for row in connection.execute(query).mappings():
        found.setdefault(row["number"], []).append(_item(row))
    return found


def states_by_number(
    connection: Connection, company: str, kind: DocumentKind, wanted: Collection[str]
) -> dict[str, State]:
    """In which state the documents with these numbers are; a linked one before others."""
    found: dict[str, State] = {}
    asked = sorted(set(wanted))
    for start in range(0, len(asked), IN_CHUNK):
        query = select(items.c.number, items.c.state).where(
            items.c.company == company, items.c.kind == kind, items.c.number.in_(asked[start : start + IN_CHUNK])
        )
        for number, state in connection.execute(query):
            if found.get(number) is not State.LINKED:
                found[number] = State(state)
    return found


def recent_numbers(connection: Connection, company: str, kind: DocumentKind, prefix: str) -> Sequence[str]:
    """Our own numbers that begin with `prefix`, the latest record first."""
    query = (
        select(items.c.number)
        .where(items.c.company == company, items.c.kind == kind, items.c.number.startswith(prefix, autoescape=True))
        .where(items.c.number != "")
        .order_by(items.c.id.desc())
        .limit(1000)
    )
    return list(connection.execute(query).scalars())


def counts(connection: Connection, company: str) -> Mapping[State, int]:
    """How many items stand in each state; the sum is what was ever seen (invariant I5)."""
    query = select(items.c.state, func.count()).where(items.c.company == company).group_by(items.c.state)
    return {State(state): count for state, count in connection.execute(query)}


def waiting(connection: Connection, company: str) -> int:
    """How many items are on their way."""
    query = select(func.count()).where(items.c.company == company, items.c.state.in_(MOVING))
    return connection.execute(query).scalar_one()


def look_again(connection: Connection, chosen: Collection[int]) -> None:
    """These records, where they wait for others, need not wait any longer."""
    ids = sorted(chosen)
    for start in range(0, len(ids), IN_CHUNK):
        waiting = update(items).where(items.c.id.in_(ids[start : start + IN_CHUNK]), items.c.state == State.SEEN)
        connection.execute(waiting.values(not_before=None))


def few_due(connection: Connection, company: str, kinds: Collection[DocumentKind], now: datetime, few: int) -> bool:
    """Whether at most so many new or changed records of these kinds are to be looked at."""
    query = (
        select(items.c.id)
        .where(items.c.company == company, items.c.state == State.SEEN, items.c.kind.in_(kinds))
        .where(or_(items.c.not_before.is_(None), items.c.not_before <= now))
        .limit(few + 1)
    )
    return len(connection.execute(query).all()) <= few


def any_due(connection: Connection, company: str, now: datetime) -> bool:
    """Whether there is anything to do at all: an idle tick must not cost a call."""
    query = (
        select(items.c.id)
        .where(items.c.company == company, items.c.state.in_(MOVING))
        .where(or_(items.c.not_before.is_(None), items.c.not_before <= now))
        .limit(1)
    )
    return connection.execute(query).first() is not None

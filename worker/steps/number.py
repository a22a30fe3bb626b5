"""Number: duplicates are looked up in bulk, before anything is sent; a taken number comes with last + 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.contract import RECENT, Holder, Operation, Remote
from connectors.documents import DocumentKind
from errors.kinds import DuplicateNumber, DuplicateOwnNumber
from errors.problem import Fact, Name, Problem, phrase
from worker.rules.duplicates import sequence_of, suggestion
from worker.state import items, links
from worker.state.database import reading
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State
from worker.steps import drawing
from worker.steps.adopting import adopt, owner
from worker.steps.asking import in_halves
from worker.steps.hold import DEPENDENCY_WAIT, guarded, hold
from worker.steps.link import link

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 300  # ten calls of 30 documents
PATIENCE = 3  # ticks that a document waits for another one to give up its number
KINDS_WITH_NUMBERS = frozenset({DocumentKind.INVOICE, DocumentKind.REFUND, DocumentKind.FEE})
NO_SUGGESTION = phrase("another number")

Key = tuple[DocumentKind, str]


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Who uses the numbers of one chunk."""

    theirs: Mapping[str, Holder]
    ours: Mapping[str, Sequence[Item]]
    links: Mapping[Key, Link]
    given: set[str]  # suggestions of this chunk: no two documents get the same
    recent: dict[str, Sequence[str]]  # QuickBooks' latest numbers by prefix, asked for once a chunk


def run(company: Company, kind: DocumentKind) -> bool:
    """One chunk; True when any item was due."""
    with reading(company.engine) as connection:
        due = items.due(connection, company.name, State.PREPARED, kind, company.tally.began, CHUNK)
    numbers, refused = _look(company, kind, [item for item in due if _wants_check(item)])
    free: list[Item] = []
    for item in due:
        if item.id in refused:
            continue
        with guarded(company, item):
            if not _wants_check(item) or not _taken(company, item, numbers):
                free.append(item)
    with company.begin() as connection:
        items.move_all(connection, [(item, {}) for item in free], State.NUMBERED, company.clock.now())
    return bool(due)


def _wants_check(item: Item) -> bool:
    return bool(item.number) and item.kind in KINDS_WITH_NUMBERS and item.operation is not Operation.VOID


def _look(company: Company, kind: DocumentKind, checked: Sequence[Item]) -> tuple[Numbers, set[int]]:
    keys = {(item.kind, item.local_id) for item in checked}
    keys |= {(DocumentKind.CUSTOMER, item.customer_id) for item in checked}
    with reading(company.engine) as connection:
        ours = items.numbers(connection, company.name, kind, {item.number for item in checked})
        linked = links.live(connection, company.name, company.realm_id, keys)
    unsure = [(item, item.number) for item in checked if not _keeps_number(item, linked)]
    theirs, refused = in_halves(company, unsure, lambda asked: company.target.holders(kind, asked))
    return Numbers(theirs=theirs, ours=ours, links=linked, given=set(), recent={}), refused


def _keeps_number(item: Item, linked: Mapping[Key, Link]) -> bool:
    """An update that leaves the number alone asks nobody."""
    current = linked.get((item.kind, item.local_id))
    return current is not None and current.number == item.number


def _taken(company: Company, item: Item, numbers: Numbers) -> bool:
    """True when the item was linked or held; False: the number is free."""
    if _keeps_number(item, numbers.links):
        return False
    holder = numbers.theirs.get(item.number)
    current = numbers.links.get((item.kind, item.local_id))
    if holder is not None and current is not None and holder.target_id == current.target_id:
        return False  # it is this very document: only the case of a letter changes
    other = _other_of_ours(item, numbers.ours.get(item.number, ()))
    linked_to = owner(company, item, holder.target_id) if holder is not None else None
    if other is None and linked_to is not None and _moves_on(company, item, linked_to):
        return True
    same = other is None and linked_to is None and holder is not None and _adoptable(item, holder, numbers)
    if not same and (other or linked_to or holder) and drawing.again(company, item, "taken"):
        return True
    if other is not None or linked_to is not None:
        name = other.name if other is not None else Name(item.kind.value, linked_to or "")
        _hold(company, item, DuplicateOwnNumber, {"holder": name}, numbers)
    elif holder is None:
        return False
    elif same:
        _take_over(company, item, holder)
    else:
        document = Name(item.kind.value, holder.number)
        facts: dict[str, Fact] = {"holder": document, "customer": holder.customer_name, "total": holder.total}
        _hold(company, item, DuplicateNumber, facts, numbers)
    return True


def _adoptable(item: Item, holder: Holder, numbers: Numbers) -> bool:
    return item.operation is Operation.CREATE and _is_this_one(item, holder, numbers)


def _moves_on(company: Company, item: Item, linked_to: str) -> bool:
    """The document that has the number in QuickBooks is about to give it up: this one waits, but not for ever."""
    with company.begin() as connection:
        other = items.by_key(connection, company.name, {(item.kind, linked_to)}).get((item.kind, linked_to))
        if other is None or other.number == item.number or other.state not in items.MOVING or item.attempts >= PATIENCE:
            return False
        later = company.clock.now() + DEPENDENCY_WAIT
        return items.note(connection, item, not_before=later, attempts=item.attempts + 1)


def _take_over(company: Company, item: Item, holder: Holder) -> None:
    remote = Remote(target_id=holder.target_id, version=holder.version, number=holder.number, total=holder.total)
    if holder.marker == item.marker:
        link(company, item, remote)
    else:
        adopt(company, item, remote)


def _other_of_ours(item: Item, others: Iterable[Item]) -> Item | None:
    """Another local document with this number that is there, or under way before this one."""
    ahead = {State.NUMBERED, State.SENDING, State.LINKED}
    return next(
        (
            other
            for other in others
            if other.id != item.id and (other.state in ahead or (other.state is State.PREPARED and other.id < item.id))
        ),
        None,
    )


def _is_this_one(item: Item, holder: Holder, numbers: Numbers) -> bool:
    """Ours from an earlier life, or entered by hand before us: same number, customer and total (promise A7)."""
    if holder.marker:
        return holder.marker == item.marker
    customer = numbers.links.get((DocumentKind.CUSTOMER, item.customer_id))
    return customer is not None and holder.customer_id == customer.target_id and holder.total == item.amount


def _hold(
    company: Company,
    item: Item,
    kind: type[DuplicateNumber | DuplicateOwnNumber],
    facts: Mapping[str, Fact],
    numbers: Numbers,
) -> None:
    better = suggest(company, item.kind, item.number, numbers.given, numbers.recent)
    numbers.given.add(better)
    told: dict[str, Fact] = {"number": item.number, "suggestion": better or NO_SUGGESTION, **facts}
    hold(company, item, Problem(kind=kind, subject=item.subject, facts=told))


def suggest(
    company: Company, kind: DocumentKind, number: str, given: Iterable[str], recent: dict[str, Sequence[str]]
) -> str:
    """Last + 1 that neither side uses; "" when no number of this shape fits."""
    found = sequence_of(number)
    prefix = found[0].prefix if found else f"{number}-"
    if prefix not in recent:
        recent[prefix] = company.target.recent_numbers(kind, prefix)
    theirs = recent[prefix]
    with reading(company.engine) as connection:
        ours = items.recent_numbers(connection, company.name, kind, prefix)
    taken = {*theirs, *ours, *given, number}
    while better := suggestion(number, theirs or ours, taken):
        if len(theirs) < RECENT or not company.target.holders(kind, {better}):
            break
        taken.add(better)
    return better

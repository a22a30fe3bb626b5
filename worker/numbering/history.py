"""Job numbers for what was posted before: what would change, and the order to do it (promise B6). No undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.documents import DocumentKind, Invoice
from worker.pipeline import Company
from worker.rules.duplicates import NUMBER_LENGTH
from worker.rules.job_numbers import number_of
from worker.state import items, links
from worker.state.database import reading
from worker.state.items import Item
from worker.state.machine import State

CHUNK = 300


@dataclass(frozen=True, kw_only=True)
class Renumbering:
    """One posted invoice that would get another number. `obstacle`: the number that stands in its way, "" for none."""

    item: Item
    job: str
    old: str
    new: str
    obstacle: str = ""


def preview(company: Company, progress: Callable[[int, int], None]) -> list[Renumbering]:
    """Every linked invoice of a job whose number is another one, with what stands in the way.

    Raises:
        ProblemError: the local books are out of reach.
    """
    with reading(company.engine) as connection:
        posted = items.in_state(connection, company.name, DocumentKind.INVOICE, State.LINKED)
    found: list[Renumbering] = []
    for start in range(0, len(posted), CHUNK):
        found += _chunk(company, posted[start : start + CHUNK])
        progress(min(start + CHUNK, len(posted)), len(posted))
    return _with_obstacles(company, found)


def _chunk(company: Company, posted: Sequence[Item]) -> list[Renumbering]:
    documents = company.source.read(DocumentKind.INVOICE, [item.local_id for item in posted]).documents
    keys = {(item.kind, item.local_id) for item in posted}
    with reading(company.engine) as connection:
        linked = links.live(connection, company.name, company.realm_id, keys)
    found: list[Renumbering] = []
    for item in posted:
        document, link = documents.get(item.local_id), linked.get((item.kind, item.local_id))
        new = number_of(document) if isinstance(document, Invoice) and document.job else None
        if link is not None and new is not None and new != link.number and isinstance(document, Invoice):
            found.append(Renumbering(item=item, job=document.job, old=link.number, new=new))
    return found


def _with_obstacles(company: Company, found: Sequence[Renumbering]) -> list[Renumbering]:
    """Two of one number, a number that is too long, or one that another document of ours has and keeps."""
    wanted = Counter(one.new for one in found)
    leaving = {one.item.id for one in found}
    with reading(company.engine) as connection:
        ours = items.numbers(connection, company.name, DocumentKind.INVOICE, set(wanted))
    stays = {number for number, held in ours.items() if any(item.id not in leaving for item in held)}
    return [
        Renumbering(item=one.item, job=one.job, old=one.old, new=one.new, obstacle=one.new)
        if wanted[one.new] > 1 or one.new in stays or len(one.new) > NUMBER_LENGTH
        else one
        for one in found
    ]


def apply(company: Company, chosen: Sequence[Renumbering]) -> int:
    """Mark them: the ordinary tick renumbers each, here and in QuickBooks. Returns how many.

    An order like a resync: compare-and-set, beside whatever worker has the company.
    """
    done = 0
    now = company.clock.now()
    with company.engine.begin() as connection:
        for one in chosen:
            if not one.obstacle:
                done += items.move(connection, one.item, State.SEEN, now, job=one.job, not_before=None)
    return done

"""The missing numbers of a range, from what the state database knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from connectors.documents import DocumentKind
from worker.numbering.gaps import Counted, Gap, gaps
from worker.numbering.ranges import RangeKind
from worker.state import items, numbers
from worker.state.numbers import Drawn

DOCUMENTS = {RangeKind.CREDIT: DocumentKind.REFUND}


def missing(connection: Connection, company: str, kind: RangeKind, year: int, now: datetime) -> list[Gap]:
    """Every gap with its reason; reservations whose time is over are released first."""
    numbers.expire(connection, company, now)
    known = numbers.ranges(connection, company)
    range_ = next((one for one in known if (one.kind, one.year) == (kind, year)), None)
    if range_ is None:
        return []
    drawn = numbers.of_range(connection, company, kind, year)
    document_kind = DOCUMENTS.get(kind, DocumentKind.INVOICE)
    states = items.states_by_number(connection, company, document_kind, [one.number for one in drawn])
    return gaps(range_, counted(drawn), states, date(year, 1, 1))


def counted(drawn: Iterable[Drawn]) -> list[Counted]:
    """What the rule of gaps must know of each drawn number."""
    return [
        Counted(
            counter=one.counter,
            up_to=one.up_to,
            number=one.number,
            state=one.state,
            owner=one.owner,
            reason=one.reason,
        )
        for one in drawn
    ]

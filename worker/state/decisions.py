"""What a person decided about a record or a word, which holds until they decide otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, insert, select

from worker.state.items import IN_CHUNK, storable
from worker.state.tables import decisions


class Matter(StrEnum):
    """What was decided. The comment says what `about`, `key` and `value` are."""

    CREATE = "create"  # customer, its local id: it is created in QuickBooks under this name, whatever the policy
    UNLINKED = "unlinked"  # customer, its local id: it was linked to the wrong one, and a person says which it is
    BEFORE = "before"  # customer, its local id: the ids of those it was linked to; what was posted stays with them
    LEAVE_OUT = "leave-out"  # customer, its local id: neither it nor its documents are synced
    METHOD = "method"  # payment-method, the word without case: the payment method of this name stands for it
    ACCOUNT = "account"  # service, its local id: the income account of this full name, instead of the row's


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`instead_of`: what the local books said then, where it holds only as long as they still do. `realm_id`: that of
    the one QuickBooks company for which it holds; empty: for any.
    """

    company: str
    about: str
    key: str
    matter: Matter
    realm_id: str = ""
    value: str = ""
    instead_of: str = ""
    error_id: int
    by: str
    why: str
    at: datetime


def save(connection: Connection, decision: Decision) -> None:
    """In place of an earlier one of the same matter."""
    drop(connection, decision.company, decision.about, (decision.key,), decision.matter)
    connection.execute(insert(decisions), [asdict(decision)])


def drop(connection: Connection, company: str, about: str, keys: Collection[str], *matters: Matter) -> None:
    mine = (decisions.c.company == company, decisions.c.about == about, decisions.c.matter.in_(matters))
    connection.execute(delete(decisions).where(*mine, decisions.c.key.in_(keys)))


def of(
    connection: Connection, company: str, about: str, keys: Collection[str], matter: Matter, realm_id: str = ""
) -> dict[str, Decision]:
    """Those about these records or words, by key: those for any company of QuickBooks, and those for this one."""
    found: dict[str, Decision] = {}
    wanted = sorted({key for key in keys if storable(key)})
    for start in range(0, len(wanted), IN_CHUNK):
        query = select(decisions).where(
            decisions.c.company == company,
            decisions.c.about == about,
            decisions.c.matter == matter,
            decisions.c.realm_id.in_(["", realm_id]),
            decisions.c.key.in_(wanted[start : start + IN_CHUNK]),
        )
        found |= {row["key"]: _decision(row) for row in connection.execute(query).mappings()}
    return found


def all_of(connection: Connection, matter: Matter, company: str = "") -> Sequence[Decision]:
    """All of one matter, the latest first."""
    query = select(decisions).where(decisions.c.matter == matter)
    if company:
        query = query.where(decisions.c.company == company)
    return [_decision(row) for row in connection.execute(query.order_by(decisions.c.at.desc())).mappings()]


def _decision(row: RowMapping) -> Decision:
    return Decision(**{**row, "matter": Matter(row["matter"])})

"""What may be ordered for a document after a look at both sides: asked before the order, and once more by the tick."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from connectors.contract import Remote
from connectors.sheets import Sheet
from errors.kinds import Action
from errors.problem import Fact, Name, Phrase, Problem, phrase
from worker.rules.comparing import Row, compare, same_money
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State

LINKING = frozenset({Action.LINK, Action.LINK_PUSH})
SEEN = re.compile(r"[0-9]{1,32}@[0-9]{0,16}")


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Both sides of one document as they were just now.

    `remote`, `theirs`: the document that is linked or, where none is, the one that holds the number.
    `unread`, `unseen`: why one side could not be looked at. `owner`: the other record of ours that theirs belongs to.
    `removed`: cancelled in the local books. `address`: where a person sees theirs.
    """

    item: Item
    link: Link | None = None
    ours: Sheet | None = None
    removed: bool = False
    unread: Problem | None = None
    remote: Remote | None = None
    theirs: Sheet | None = None
    unseen: Problem | None = None
    owner: Name | None = None
    address: str = ""

    @property
    def seen(self) -> str:
        """What an order names, so that it is carried out for what a person has looked at, and for nothing else."""
        target_id = self.remote.target_id if self.remote else self.link.target_id if self.link else ""
        return f"{target_id}@{self.remote.version if self.remote else ''}"

    @property
    def rows(self) -> tuple[Row, ...]:
        return compare(self.ours, self.theirs)

    @property
    def differences(self) -> int:
        return sum(row.differs for row in self.rows)

    @property
    def agrees(self) -> bool:
        """Whether both come to the same amount of money."""
        return self.ours is not None and self.theirs is not None and same_money(self.ours, self.theirs)


def why_not(action: Action, sides: Sides) -> Phrase | None:
    """Why this cannot be ordered; None: it can."""
    if sides.item.state is not State.HELD:
        return phrase("it is on its way again; look at the error once more")
    if sides.unseen is not None:
        return phrase("QuickBooks could not be asked")
    if action is Action.RECREATE:
        return _not_recreated(sides)
    return _of_our_own(sides) or (_not_linked if action in LINKING else _not_settled)(action, sides)


def _of_our_own(sides: Sides) -> Phrase | None:
    if sides.ours is None:
        return phrase("your own document cannot be read")
    return phrase("it is cancelled in your own system") if sides.removed else None


def _not_linked(action: Action, sides: Sides) -> Phrase | None:
    if sides.link is not None:
        return phrase("it is in QuickBooks already, as another document")
    if sides.remote is None or sides.theirs is None:
        return phrase("no such document has this number in QuickBooks any more; resync")
    if sides.owner is not None:
        return phrase("that document belongs to your own {holder}", holder=sides.owner)
    if sides.theirs.voided:
        return phrase("that document is voided; use another number")
    return _money_differs(sides) if action is Action.LINK else None


def _not_settled(action: Action, sides: Sides) -> Phrase | None:
    if sides.link is None:
        return phrase("it is not linked to a document in QuickBooks")
    if sides.remote is None or sides.theirs is None:
        return phrase("it was deleted in QuickBooks; resync")
    if action is Action.KEEP:
        return _money_differs(sides)
    if sides.theirs.voided:
        return phrase("it was voided in QuickBooks, and QuickBooks cannot bring it back")
    return None


def _not_recreated(sides: Sides) -> Phrase | None:
    if sides.link is None:
        return phrase("it is not linked to a document in QuickBooks")
    if sides.remote is not None:
        return phrase("it is in QuickBooks again; resync")
    return None


def _money_differs(sides: Sides) -> Phrase | None:
    """Invariant I6: nothing is linked, and nothing accepted, whose totals differ."""
    if sides.agrees:
        return None
    facts = {"ours": _total(sides.ours), "theirs": _total(sides.theirs)}
    return phrase("the totals differ: {ours} here, {theirs} in QuickBooks; correct the wrong one first", **facts)


def _total(side: Sheet | None) -> Fact:
    total, currency = (side.total, str(side.fields.get("currency") or "")) if side else (None, "")
    amount = total if isinstance(total, Decimal) else Decimal(0)
    return phrase("{amount} {currency}", amount=amount, currency=currency)

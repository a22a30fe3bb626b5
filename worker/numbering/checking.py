"""Is a number free, who has it, and which to use instead: one answer for the command line, the API and the console."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from connectors.documents import DocumentKind
from errors.language import say
from errors.problem import Name
from worker.pipeline import Company
from worker.rules.duplicates import NUMBER_LENGTH
from worker.state import items, links
from worker.state.database import reading
from worker.state.machine import State
from worker.steps.number import suggest


class Taken(StrEnum):
    """By whom a number is taken."""

    OURS = "ours"  # a local document has it
    POSTED = "posted"  # a document of ours in QuickBooks has it, though the local books say otherwise now
    SAME = "same"  # the very document that is asked about: same customer, same total; it is linked, not posted again
    OTHERS = "others"
    VOIDED = "voided"  # somebody's, and void
    TOO_LONG = "too long"


@dataclass(frozen=True, kw_only=True)
class Availability:
    """`taken` is None when the number is free. `suggestion`: last + 1; "" when no number of this shape fits."""

    number: str
    taken: Taken | None
    holder: Name | None = None
    customer: str = ""
    suggestion: str = ""

    @property
    def message(self) -> str:
        """In the reader's language (promise B2)."""
        if self.taken is None:
            return say("{number} is free.", number=self.number)
        if self.taken is Taken.TOO_LONG:
            return say("QuickBooks takes numbers of at most {most} characters.", most=NUMBER_LENGTH)
        if self.taken is Taken.SAME:
            return say("This very document is in QuickBooks already: it will be linked, not posted again.")
        told = self._who()
        if not self.suggestion:
            return told
        better = say("Use {suggestion} to avoid duplicates.", suggestion=self.suggestion)
        return f"{told} {better}"

    def _who(self) -> str:
        if self.taken is Taken.OURS:
            return say("This number already exists in your own books.")
        if self.taken is Taken.VOIDED:
            return say("This number belongs to a voided document in QuickBooks.")
        return say("This number already exists in QuickBooks.")


def check(
    company: Company, kind: DocumentKind, number: str, *, customer_id: str = "", total: Decimal | None = None
) -> Availability:
    """Look at both sides. With the local customer and the total, the document itself is told from another one.

    Raises:
        ProblemError: QuickBooks must be asked, and does not answer.
    """
    if len(number) > NUMBER_LENGTH:
        return Availability(number=number, taken=Taken.TOO_LONG)
    with reading(company.engine) as connection:
        ours = items.numbers(connection, company.name, kind, {number}).get(number, [])
    living = [item for item in ours if item.state not in {State.SKIPPED, State.DELETED}]
    holder = company.target.holders(kind, {number}).get(number)
    if not living and holder is None:
        return Availability(number=number, taken=None)
    better = suggest(company, kind, number, (), {})
    if living:
        name = Name(kind.value, living[0].label or living[0].local_id)
        return Availability(number=number, taken=Taken.OURS, holder=name, suggestion=better)
    assert holder is not None
    with reading(company.engine) as connection:
        mine = links.taken(connection, company.name, company.realm_id, kind, holder.target_id)
        customer = links.live(connection, company.name, company.realm_id, {(DocumentKind.CUSTOMER, customer_id)})
    same = any(link.target_id == holder.customer_id for link in customer.values()) and total == holder.total
    return Availability(
        number=number,
        taken=Taken.POSTED if mine else Taken.VOIDED if holder.voided else Taken.SAME if same else Taken.OTHERS,
        holder=Name(kind.value, mine or holder.number),
        customer=holder.customer_name,
        suggestion=better,
    )

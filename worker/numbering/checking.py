"""Is a number free, who has it, and which to use instead: one answer for the command line, the API and the console."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from connectors.contract import Holder
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
    OTHERS = "others"
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
        told = (
            say("This number already exists in QuickBooks.")
            if self.taken is not Taken.OURS
            else say("This number already exists in your own books.")
        )
        if not self.suggestion:
            return told
        better = say("Use {suggestion} to avoid duplicates.", suggestion=self.suggestion)
        return f"{told} {better}"


def check(company: Company, kind: DocumentKind, number: str) -> Availability:
    """Look at both sides.

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
    return _elsewhere(company, kind, number, holder, better)


def _elsewhere(company: Company, kind: DocumentKind, number: str, holder: Holder, better: str) -> Availability:
    with reading(company.engine) as connection:
        mine = links.taken(connection, company.name, company.realm_id, kind, holder.target_id)
    return Availability(
        number=number,
        taken=Taken.OTHERS if mine is None else Taken.POSTED,
        holder=Name(kind.value, mine or holder.number),
        customer=holder.customer_name,
        suggestion=better,
    )

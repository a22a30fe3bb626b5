"""Adopt: QuickBooks has the document from before us. Two local records never share one: that would be a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Remote
from connectors.documents import DocumentKind
from errors.kinds import CustomerNameTaken, ServiceNameTaken
from errors.problem import Fact, Name, Problem
from worker.state import links
from worker.state.database import reading
from worker.state.items import Item
from worker.steps.hold import hold
from worker.steps.link import link

if TYPE_CHECKING:
    from worker.pipeline import Company


def adopt(company: Company, item: Item, remote: Remote) -> None:
    """Link it, with nothing noted as sent: what it says there is not ours to defend."""
    link(company, replace(item, body="", sent_version=item.version), remote, adopted=True)


def owner(company: Company, item: Item, target_id: str) -> str | None:
    """The local id of another record that this document of QuickBooks belongs to."""
    with reading(company.engine) as connection:
        other = links.taken(connection, company.name, company.realm_id, item.kind, target_id)
    return None if other == item.local_id else other


def hold_taken(company: Company, item: Item, other: str) -> None:
    """A customer or service whose name leads to what belongs to another local one."""
    kind = CustomerNameTaken if item.kind is DocumentKind.CUSTOMER else ServiceNameTaken
    holder = Name(item.kind.value, other)
    facts: dict[str, Fact] = {"name": item.label, "holder": holder, "suggestion": f"{item.label} (2)"}
    hold(company, item, Problem(kind=kind, subject=item.subject, facts=facts))

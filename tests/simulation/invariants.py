"""What must hold after every step (design.md, section 5), each as a function that yields what is wrong.

I2, I3, I7 and I8 are about single calls: wire_rules.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connectors.documents import DocumentKind
from connectors.quickbooks.entities import ENTITIES
from errors.kinds import KINDS, Category, Verb
from tests.simulation.outsider import Outsider
from tests.simulation.view import MONEY, Row, View
from worker.state.machine import State

NUMBERED = (DocumentKind.INVOICE, DocumentKind.REFUND, DocumentKind.FEE)


@dataclass(frozen=True)
class Check:
    """`counts`: which figure of the last line it belongs to."""

    invariant: str
    counts: str
    broken: Callable[[View, Outsider], Iterator[str]]


def two_documents(view: View, _outsider: Outsider) -> Iterator[str]:
    """I1: a marker names one record and generation; QuickBooks has it once at most."""
    for marker, found in view.marked.items():
        if len(found) > 1:
            yield f"{marker} is in QuickBooks {len(found)} times: {[(entity, row['Id']) for entity, row in found]}"


def two_customers(view: View, _outsider: Outsider) -> Iterator[str]:
    """I1: each customer of the books has an e-mail of its own."""
    emails = Counter(
        row["PrimaryEmailAddr"]["Address"]
        for (entity, _), row in view.remotes.items()
        if entity == "Customer" and "PrimaryEmailAddr" in row
    )
    yield from (f"customer {email} is in QuickBooks {number} times" for email, number in emails.items() if number > 1)


def shared_link(view: View, _outsider: Outsider) -> Iterator[str]:
    """I1: a document of QuickBooks belongs to one record of ours."""
    owners: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for link in view.links.values():
        if not link["removed"]:
            owners[link["realm_id"], link["kind"], link["target_id"]].add(link["local_id"])
    for (_, kind, target_id), local_ids in owners.items():
        if len(local_ids) > 1:
            yield f"{kind} {target_id} of QuickBooks belongs to {sorted(local_ids)}"


def number_twice(view: View, _outsider: Outsider) -> Iterator[str]:
    """I4: no number that the books gave is used twice for a kind; QuickBooks' own are QuickBooks' affair."""
    used: dict[tuple[str, str], list[str]] = defaultdict(list)
    given = {marker_of_item(of_item) for of_item in view.items.values() if of_item["number"]}
    for marker, found in view.marked.items():
        for entity, row in found:
            if row.get("DocNumber") and marker in given and entity in {ENTITIES[kind].name for kind in NUMBERED}:
                used[entity, row["DocNumber"].casefold()].append(marker)
    for (entity, number), markers in used.items():
        if len(set(markers)) > 1:
            yield f"{entity} {number} is used by {sorted(markers)}"


def impossible_item(view: View, _outsider: Outsider) -> Iterator[str]:
    """I5: each item is in one state, and has what that state promises."""
    for (kind, local_id), item in view.items.items():
        state = State(item["state"])
        if state is State.SENDING and not (item["operation"] and item["body"]):
            yield f"{kind} {local_id} is sending without an intent"
        if state is State.LINKED and view.link(item) is None:
            yield f"{kind} {local_id} is linked to nothing"
        held = state is State.HELD and (kind, local_id) not in view.ordered
        if held and not view.blocking.get((kind, local_id)):
            yield f"{kind} {local_id} is held, but no open error tells why"


def other_total(view: View, outsider: Outsider) -> Iterator[str]:
    """I6: of every linked document, what we noted is the local total, and what QuickBooks has."""
    for (kind, local_id), item in view.items.items():
        link = view.link(item)
        if kind not in MONEY or item["state"] != State.LINKED or link is None or link["removed"]:
            continue
        remote = view.remote(link)
        if (ENTITIES[kind].name, link["target_id"]) in outsider.touched:
            continue
        if remote is None:
            yield f"{kind} {local_id} is linked to {link['target_id']}, which QuickBooks has not"
        elif not item["amount"] == link["total"] == remote["TotalAmt"]:
            totals = f"{item['amount']} here, {link['total']} in its link, {remote['TotalAmt']} in QuickBooks"
            yield f"{kind} {local_id} is linked with different totals: {totals}"


def raised_from_the_dead(view: View, outsider: Outsider) -> Iterator[str]:
    """I9: what somebody deleted or voided in QuickBooks, and we knew was there, is never made again."""
    for marker in sorted(outsider.buried):
        for entity, row in view.marked.get(marker, ()):
            if (entity, row["Id"]) not in outsider.touched:
                yield f"{marker} was deleted in QuickBooks, and is there again as {entity} {row['Id']}"


def empty_error(view: View, _outsider: Outsider) -> Iterator[str]:
    """I12: an open error blocks something, or stops the company."""
    blocking = {error_id for ids in view.blocking.values() for error_id in ids}
    for error_id, error in view.errors.items():
        if error["category"] != Category.COMPANY and error_id not in blocking:
            yield f"error {error_id} ({error['kind']}) is open and blocks nothing"


def untold(view: View, _outsider: Outsider) -> Iterator[str]:
    """I12: what asks for a person has been in a mail when the digest is out."""
    for error_id, error in view.errors.items():
        if error["category"] != Category.COMPANY and KINDS[error["kind"]].verb is Verb.ASK and not error["mailed_at"]:
            yield f"error {error_id} ({error['kind']}) is in no mail"


CHECKS = (
    Check("I1", "duplicates", two_documents),
    Check("I1", "duplicates", two_customers),
    Check("I1", "duplicates", shared_link),
    Check("I4", "duplicates", number_twice),
    Check("I5", "violations", impossible_item),
    Check("I6", "violations", other_total),
    Check("I9", "duplicates", raised_from_the_dead),
    Check("I12", "violations", empty_error),
    Check("I12", "violations", untold),
)


def stuck(view: View) -> Iterator[str]:
    """I10: after the last trouble, everything has arrived or stands in the error table."""
    moving = {State.SEEN, State.PREPARED, State.NUMBERED, State.SENDING}
    for (kind, local_id), item in view.items.items():
        if item["state"] in moving:
            yield f"{kind} {local_id} is still {item['state']} (not before {item['not_before']})"


def marker_of_item(item: Row) -> str:
    """As worker.state.items.Item.marker says it."""
    return f"cuadre:{item['company']}:{item['kind']}:{item['local_id']}:{item['generation']}"

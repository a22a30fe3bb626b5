"""What became of a write, told from its answer alone. Only a readable answer tells; all else is unknown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.contract import Operation, Outcome, Posted, Posting, Refused, Remote, Unknown
from connectors.quickbooks.answers import Answer
from connectors.quickbooks.client import throttled, unreadable
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.faults import Context, holder_id, problems_of
from connectors.quickbooks.matching import remote_of
from errors.kinds import QuickBooksUnavailable
from errors.problem import Problem, phrase

# The service failed while it worked on the request, or met its id before: the document may be there (qbo-facts 1.4, 7).
TELLS_NOTHING = ("600", "1000", "1010", "1020", "10000")


def outcome_of(answer: Answer, posting: Posting, context: Context) -> Outcome:
    """Posted, Refused with every fault, or Unknown: 401, 403 with 3001, 429, 5xx, 600, 10000, unreadable answers."""
    if answer.ok:
        held = (answer.body or {}).get(ENTITIES[posting.kind].name)
        return Posted(remote=posted(held, posting, context)) if isinstance(held, Mapping) else _lost(answer, context)
    if answer.throttled:
        return Unknown(problem=throttled(context.company, answer))
    if answer.unauthorised:
        facts = {"detail": phrase("it refused the access token; a new one is asked for")}
        entry = answer.entries[0] if answer.entries else None
        problem = Problem(
            kind=QuickBooksUnavailable, subject=context.company_subject, facts=facts, fault=answer.fault(entry)
        )
        return Unknown(problem=problem)
    if not answer.entries:
        return _lost(answer, context)
    problems = problems_of(answer, context)
    if answer.status >= 500 or answer.has(*TELLS_NOTHING):
        return Unknown(problem=problems[0], answered=True)
    return Refused(problems=problems, stale=answer.has("5010"), holder_id=holder_id(answer.entries))


def posted(held: Mapping[str, Any], posting: Posting, context: Context) -> Remote:
    """The document after the write; a deleted one answers little more than its Id (qbo-facts 1.6)."""
    remote = remote_of(held)
    if posting.operation is not Operation.VOID or remote.version:
        return remote
    return Remote(target_id=remote.target_id, version=context.sent("SyncToken"), body=held)


def _lost(answer: Answer, context: Context) -> Unknown:
    return Unknown(problem=unreadable(context.company, answer))

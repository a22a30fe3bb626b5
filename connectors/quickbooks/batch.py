"""Batches: up to 30 writes in one call, each answered for itself (qbo-facts section 5.1). Pure, but for `Room`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.contract import Operation, Outcome, Posting, Refused, Returned
from connectors.documents import DocumentKind
from connectors.quickbooks.answers import Answer, entries_of
from connectors.quickbooks.entities import ENTITIES
from errors.kinds import Verb

LADDER = (30, 10, 3, 1)  # QBO: at most 30 items a batch
ALONE = len(LADDER) - 1
GOOD_CALLS = 3  # in a row, before a batch may grow again


class Room:
    """How many documents the next call may carry. A batch that nobody answers may hold one that takes too long."""

    def __init__(self) -> None:
        self._step = 0
        self._good = 0

    def size(self, tries: int) -> int:
        """For documents that were sent so often without an answer: one of them may be what takes too long."""
        return LADDER[max(self._step, min(tries, ALONE))]

    def shrink(self) -> None:
        self._step = min(self._step + 1, ALONE)
        self._good = 0

    def worked(self) -> None:
        self._good += 1
        if self._good >= GOOD_CALLS:
            self._step = max(self._step - 1, 0)
            self._good = 0


def batchable(kind: DocumentKind, operation: Operation) -> bool:
    """A void in a batch is not documented (qbo-facts section 5.1); a deletion is."""
    return operation is not Operation.VOID or ENTITIES[kind].deleted_by_void


def body_of(postings: Sequence[Posting]) -> str:
    """The batch's text, around the stored bytes of each item: the same postings make the same bytes (invariant I3)."""
    return '{"BatchItemRequest":[' + ",".join(_item(posting) for posting in postings) + "]}"


def _item(posting: Posting) -> str:
    operation = "delete" if posting.operation is Operation.VOID else posting.operation.value
    entity = ENTITIES[posting.kind].name
    return f'{{"bId":{json.dumps(posting.bid)},"{entity}":{posting.body},"operation":"{operation}"}}'


def answers_of(answer: Answer, postings: Sequence[Posting]) -> list[Answer] | None:
    """What a batch's answer says of each item; None when it is an answer to the whole call only."""
    rows = (answer.body or {}).get("BatchItemResponse")
    if answer.status != 200 or not isinstance(rows, list) or not rows:
        return None
    named = {str(row.get("bId", "")): row for row in rows if isinstance(row, Mapping)}
    return [_answer(named.get(posting.bid), answer.trace_id) for posting in postings]


def _answer(row: Mapping[str, Any] | None, trace_id: str) -> Answer:
    """An item of which the answer says nothing has an answer without a body: its outcome is unknown."""
    entries = entries_of(row or {})
    return Answer(status=400 if entries else 200, body=row, entries=entries, trace_id=trace_id)


def returned(outcome: Outcome) -> Outcome:
    """A refusal of the whole call accuses no single document of it, unless the company itself must wait or halt."""
    if isinstance(outcome, Refused) and outcome.problems[0].verb not in {Verb.WAIT, Verb.HALT}:
        return Returned(problem=outcome.problems[0])
    return outcome

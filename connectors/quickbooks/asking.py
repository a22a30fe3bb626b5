"""Several queries in one call: reads are metered (qbo-facts section 6), and a batch takes up to 30 of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.quickbooks import query
from connectors.quickbooks.answers import entries_of
from connectors.quickbooks.client import Client
from connectors.quickbooks.encoding import encode
from connectors.quickbooks.meter import Kind
from connectors.quickbooks.query import Question

MOST = 30  # QBO: items of one batch

Row = Mapping[str, Any]


def ask(client: Client, questions: Sequence[Question]) -> list[list[Row]]:
    """All rows of each question, in their order.

    Raises:
        ProblemError: QuickBooks does not answer, or refuses one of the questions.
    """
    return [
        rows for start in range(0, len(questions), MOST) for rows in _together(client, questions[start : start + MOST])
    ]


def _together(client: Client, questions: Sequence[Question]) -> Iterator[list[Row]]:
    if len(questions) == 1:
        yield client.rows(questions[0].entity, *questions[0].conditions)
        return
    found = _batch(client, questions)
    for question in questions:
        rows = found.get(question)
        # A page that is full, or an item that was refused, is asked for alone: all its pages, or what is wrong with it.
        yield client.rows(question.entity, *question.conditions) if rows is None else rows


def _batch(client: Client, questions: Sequence[Question]) -> dict[Question, list[Row]]:
    items = [{"bId": str(place), "Query": _statement(one)} for place, one in enumerate(questions)]
    answer = client.read("POST", "batch", body=encode({"BatchItemRequest": items}), content_type="application/json")
    client.meter.add(client.realm, Kind.READ, len(items))  # Intuit does not say how it counts them: no fewer than these
    named = {str(row.get("bId")): row for row in (answer.body or {}).get("BatchItemResponse", [])}
    found = {one: _rows(one, named.get(str(place), {})) for place, one in enumerate(questions)}
    return {one: rows for one, rows in found.items() if rows is not None}


def _statement(question: Question) -> str:
    return query.select(question.entity, *question.conditions, order_by="Id", start=1, limit=query.PAGE)


def _rows(question: Question, item: Mapping[str, Any]) -> list[Row] | None:
    response = item.get("QueryResponse")
    if entries_of(item) or not isinstance(response, Mapping):
        return None
    rows: list[Row] = response.get(question.entity, [])
    return rows if len(rows) < query.PAGE else None

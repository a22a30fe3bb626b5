"""Errors and audit lines as a person reads them in a terminal, and as a program reads them (docs/errors.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from errors import action_words
from errors.blocked import Blocked
from errors.kinds import Action
from errors.language import _, fix, say, sentence, steps, told
from errors.listing import ErrorRow
from errors.ordering import Ordered
from errors.orders import AuditLine
from errors.wording import (
    blocks,
    category_word,
    moment,
    money,
    plain,
    state_word,
    support,
    waiting_amounts,
    waiting_documents,
)

PIPED_WIDTH = 140


def write_json(value: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def error_json(row: ErrorRow) -> dict[str, Any]:
    problem, fault = row.problem, row.problem.fault
    return {
        "id": row.id,
        "company": row.company,
        "category": row.category,
        "state": row.state,
        "kind": problem.kind.code,
        "subject": problem.subject,
        "sentence": sentence(problem),
        "fix": fix(problem),
        "steps": steps(problem),
        "facts": {name: _plain(fact) for name, fact in problem.facts.items()},
        "fault": {"code": fault.code, "detail": fault.detail, "intuit_tid": fault.trace_id, "status": fault.status},
        "attempts": row.attempts,
        "first_at": _plain(row.first_at),
        "last_at": _plain(row.last_at),
        "closed_at": _plain(row.closed_at),
        "blocks": row.blocks,
        "sums": {currency: str(total) for currency, total in row.sums.items()},
        "documents": [_document_json(document) for document in row.documents],
        "actions": list(row.actions),
        "pending": list(row.pending),
    }


def line_json(line: AuditLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "error_id": line.error_id,
        "company": line.company,
        "action": line.action,
        "value": line.value,
        "by": line.by,
        "why": line.why,
        "at": _plain(line.at),
        "applied_at": _plain(line.applied_at),
        "result": told(line.result) if line.result else "",
    }


def ordered_json(ordered: Ordered) -> dict[str, Any]:
    return {
        "action": ordered.action,
        "done": list(ordered.done),
        "already": list(ordered.already),
        "refused": [{"id": refusal.error_id, "reason": refusal.reason} for refusal in ordered.refused],
    }


def show_list(rows: Sequence[ErrorRow], total: int) -> None:
    if not rows:
        _say(_("No errors here."))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    for heading in (_("Id"), _("Where"), _("What happened, and what to do"), _("Waiting for it")):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    _console().print(table)
    if total > len(rows):
        _say(say("{shown} of {total}; --limit and --offset show more.", shown=len(rows), total=total))


def show_error(row: ErrorRow, history: Sequence[AuditLine]) -> None:
    _say(f"[{row.id}] {sentence(row.problem)}")
    _say(f"{_('What to do:')} {fix(row.problem)}")
    if way := steps(row.problem):
        _say(_("Step by step in QuickBooks:"))
    for place, step in enumerate(way, start=1):
        _say(f"  {place}. {step}")
    _say("")
    closed = moment(row.closed_at) if row.closed_at else ""
    facts = (
        (_("Company"), row.company),
        (_("Category"), category_word(row.category)),
        (_("State"), _state(row)),
        (_("Customer"), ", ".join(row.customers)),
        (_("Waiting for it"), blocks(row)),
        (_("Attempts"), str(row.attempts)),
        (_("First time"), moment(row.first_at)),
        (_("Last time"), moment(row.last_at)),
        (_("Closed"), closed),
        (_("For support"), support(row.problem.fault)),
        (_("QuickBooks said"), row.problem.fault.detail),
        (_("You can"), ", ".join(map(_command, row.actions))),
    )
    _pairs((name, value) for name, value in facts if value)
    if row.documents:
        _say("")
        _rows((_("Document"), _("Id"), _("Customer"), _("Amount")), map(_document, row.documents))
    if history:
        _say("")
        show_audit(history, with_error=False)


def show_audit(lines: Sequence[AuditLine], *, with_error: bool = True) -> None:
    if not lines:
        _say(_("Nothing was ordered yet."))
        return
    headings = [_("When"), _("Who"), _("What"), _("Why"), _("Result")]
    cells = [
        [moment(line.at), line.by, f"{line.action} {line.value}".strip(), line.why, _result(line)] for line in lines
    ]
    if with_error:
        headings.insert(0, _("Error"))
        cells = [[f"{line.error_id} ({line.company})", *row] for line, row in zip(lines, cells, strict=True)]
    _rows(headings, cells)


def show_ordered(ordered: Ordered) -> None:
    """What was done goes to standard output, what was refused to standard error."""
    for refusal in ordered.refused:
        where = f"[{refusal.error_id}] " if refusal.error_id is not None else ""
        _say(where + refusal.reason, error=True)
    if ordered.refused:
        _say(_("Nothing was done."), error=True)
        return
    if ordered.done:
        _say(action_words.ordered(ordered.action, len(ordered.done)))
    if ordered.already:
        ids = ", ".join(map(str, ordered.already))
        _say(say("Ordered before, nothing added: {ids}", ids=ids))
    if not ordered.done and not ordered.already:
        _say(_("No error matches."), error=True)


def _command(action: Action) -> str:
    """As it is typed behind `cuadre errors`."""
    return "link --push" if action is Action.LINK_PUSH else action.value


def _cells(row: ErrorRow) -> list[Text]:
    what = Text(plain(sentence(row.problem)))
    what.append("\n" + plain(fix(row.problem)))
    what.append("\n" + plain(_seen(row)), style="dim")
    where = "\n".join(map(plain, (category_word(row.category), row.company, _state(row))))
    waiting = "\n".join(map(plain, (waiting_documents(row), *waiting_amounts(row))))
    return [Text(str(row.id)), Text(where), what, Text(waiting)]


def _seen(row: ErrorRow) -> str:
    first, last = moment(row.first_at), moment(row.last_at)
    if first == last:
        return say("attempts: {count}; {moment}", count=row.attempts, moment=first)
    return say("attempts: {count}; first {first}, last {last}", count=row.attempts, first=first, last=last)


def _state(row: ErrorRow) -> str:
    state = state_word(row.state)
    return say("{state} ({ordered} ordered)", state=state, ordered=", ".join(row.pending)) if row.pending else state


def _result(line: AuditLine) -> str:
    if line.applied_at is None:
        return _("waits for the next tick")
    return told(line.result) if line.result else _("done")


def _document(document: Blocked) -> list[str]:
    amount = "" if document.amount is None else money(document.amount, document.currency)
    return [f"{_(document.document_kind)} {document.label}", document.local_id, document.customer, amount]


def _document_json(document: Blocked) -> dict[str, Any]:
    return {
        "kind": document.document_kind,
        "local_id": document.local_id,
        "label": document.label,
        "customer": document.customer,
        "amount": _plain(document.amount),
        "currency": document.currency,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else _text(value)


def _text(value: Decimal | object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _pairs(pairs: Iterable[tuple[str, str]]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in pairs:
        table.add_row(Text(name, style="bold"), Text(plain(value)))
    _console().print(table)


def _rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    _console().print(table)


def _say(text: str, *, error: bool = False) -> None:
    _console(error=error).print(plain(text), markup=False, soft_wrap=True)


def _console(*, error: bool = False) -> Console:
    console = Console(stderr=error, highlight=False)
    if not console.is_terminal:  # a pipe has no width of its own
        console.width = PIPED_WIDTH
    return console

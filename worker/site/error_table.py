"""The error table: tabs, search, filters, and orders for one row, a selection, or all that match."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response, StreamingResponse

from errors import action_words as words, queue
from errors.console import asking, export, orders
from errors.console.asking import PAGE, Asked
from errors.kinds import FOR_MANY, KINDS, OF_CATEGORY, Action, Category
from errors.language import _, current
from errors.listing import ErrorRow, Sort, count_errors, list_errors
from errors.ordering import Ordered
from errors.orders import AuditLine, audit
from errors.selection import Selection
from errors.tables import State
from errors.wording import category_word, state_word
from worker.site.door import Page, TurnedAwayError, Visit, deed, page, way_back
from worker.site.people import Role
from worker.state.database import reading

BANNERS = 50
BATCH = {
    State.OPEN: (Action.RESYNC, Action.SKIP),
    State.SKIPPED: (Action.UNSKIP,),
}


@page("/errors", Role.VIEWER)
def listed(visit: Visit) -> Response:
    asked = asking.read(visit.query, visit.now)
    with visit.reading() as connection:
        rows = list_errors(connection, asked.selection, PAGE, PAGE * (asked.page - 1), sort=asked.sort)
        total = count_errors(connection, asked.selection)
        facts: dict[str, Any] = {
            "rows": rows,
            "total": total,
            "tabs": tabs(connection, asked),
            "banners": banners(connection, asked.selection.company),
            "seen": orders.latest(connection),
            "flash": flash(visit, connection),
        }
    pages = max(1, -(-total // PAGE))
    return visit.show(
        "errors.html",
        title=_("Errors"),
        asked=asked,
        pages=pages,
        batch=batch(asked),
        companies=tuple(visit.desk.config.companies),
        kinds=sorted(KINDS),
        states=[*((state.value, state_word(state)) for state in State), ("all", _("all"))],
        sorts=sort_words(),
        **facts,
    )


@page("/errors/export", Role.VIEWER)
def exported(visit: Visit) -> Response:
    asked, engine = asking.read(visit.query, visit.now), visit.desk.engine
    rows = export.lines(lambda: reading(engine), asked.selection, asked.sort, current())
    headers = {"Content-Disposition": 'attachment; filename="errors.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


@page("/errors/progress", Role.VIEWER)
def progressed(visit: Visit) -> Response:
    with visit.reading() as connection:
        found = flash(visit, connection)
    if found is None:
        return JSONResponse({"going": False, "told": ""})
    share = found.ordered - found.waiting - found.under_way
    return JSONResponse({"going": found.going, "told": found.told(), "done": share, "of": found.ordered})


@deed("/errors/order", Role.OPERATOR)
def ordered(visit: Visit) -> Response:
    """Twice the same form: first it says what will happen, then, confirmed, it happens."""
    visit = _one_row(visit)
    action = _action(visit)
    selection = orders.meant(_selection(visit), action)
    if not visit.field("confirmed"):
        return _confirm(visit, action, selection)
    engine = visit.desk.engine
    with visit.reading() as connection:
        before = orders.latest(connection)
        parts = orders.stretches(connection, selection)
    for part in parts:  # what was ordered stays so when a later part cannot be
        with engine.begin() as connection:
            if others := orders.faster(connection, part, seen(visit), visit.by):
                return conflict(visit, connection, others)
            done = orders.give(connection, action, part, by=visit.by, why=why(visit), now=visit.now)
            if done.refused:
                return refused(visit, connection, done)
    with visit.reading() as connection:
        last = orders.latest(connection)
    return visit.go(with_flash(way_back(visit.field("back")), before + 1, last))


@deed("/errors/undo", Role.OPERATOR)
def undone(visit: Visit) -> Response:
    """Take a whole skip back, as it was ordered."""
    first, last = _span(visit.field("done"))
    with visit.desk.engine.begin() as connection:
        ids = orders.ids_of(connection, first, last, visit.by)
        before = orders.latest(connection)
        if ids:
            give = orders.give(connection, Action.UNSKIP, Selection(ids=ids), by=visit.by, why="", now=visit.now)
            if give.refused:
                return refused(visit, connection, give)
        after = orders.latest(connection)
    return visit.go(with_flash(way_back(visit.field("back")), before + 1, after))


def pages() -> tuple[Page, ...]:
    return listed, exported, progressed, ordered, undone


# --- also for the page of one error ----------------------------------------------------------------------------------


def banners(connection: Connection, company: str = "") -> list[ErrorRow]:
    """What stops whole companies."""
    chosen = Selection(company=company, category=Category.COMPANY, state=State.OPEN)
    return list_errors(connection, chosen, BANNERS, sample=0)


def conflict(visit: Visit, connection: Connection, others: list[AuditLine]) -> Response:
    """Somebody else was faster: who, what, when and why. Nothing is done."""
    ids = tuple({line.error_id for line in others})
    rows = {row.id: row for row in list_errors(connection, Selection(ids=ids), len(ids), sample=0)}
    return visit.show(
        "conflict.html", 409, title=_("Somebody was faster"), lines=others, rows=rows,
        back=way_back(visit.field("back")),
    )  # fmt: skip


def refused(visit: Visit, connection: Connection, done: Ordered) -> Response:
    ids = tuple(each.error_id for each in done.refused if each.error_id is not None)[: orders.MOST_TOLD]
    lines = audit(connection, Selection(ids=ids), orders.MOST_TOLD) if ids else []
    return visit.show(
        "refused.html", 409, title=_("Nothing was done"), refused=done.refused[: orders.MOST_TOLD], lines=lines,
        past=words.past, back=way_back(visit.field("back")),
    )  # fmt: skip


def with_flash(back: str, first: int, last: int) -> str:
    """The way back, with the order whose progress is shown there; nothing of an order before it."""
    path, _sep, query = back.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name != "done"]
    shown = [*kept, ("done", f"{first}.{last}")] if last >= first else kept
    return f"{path}?{urlencode(shown)}" if shown else path


def flash(visit: Visit, connection: Connection) -> orders.Progress | None:
    """What this reader ordered just now."""
    first, last = _span(visit.query.get("done", ""))
    return orders.progress(connection, first, last, visit.by) if last else None


def seen(visit: Visit) -> int:
    text = visit.field("seen")
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def why(visit: Visit) -> str:
    return visit.field("why").strip()[:500]


# --- how -------------------------------------------------------------------------------------------------------------


def tabs(connection: Connection, asked: Asked) -> list[tuple[str, str, int]]:
    """(category, word, count) of the chosen state and company; "" is all of them."""
    state, company = asked.selection.state, asked.selection.company
    found = dict.fromkeys(Category, 0)
    for each in queue.counts(connection):
        if (state is None or each.state is state) and (not company or each.company == company):
            found[each.category] += each.errors
    del found[Category.COMPANY]
    return [("", _("All"), sum(found.values())), *((each.value, category_word(each), n) for each, n in found.items())]


def batch(asked: Asked) -> tuple[Action, ...]:
    """What may be ordered for a selection of this list."""
    state, category = asked.selection.state, asked.selection.category
    chosen = BATCH.get(state, ()) if state else ()
    return (*chosen, *OF_CATEGORY.get(category, ())) if category and state is State.OPEN else chosen


def sort_words() -> list[tuple[str, str]]:
    return [
        (Sort.LATEST.value, _("Latest first")),
        (Sort.OLDEST.value, _("Oldest first")),
        (Sort.WORTH.value, _("Largest amount first")),
        (Sort.BLOCKS.value, _("Most documents first")),
        (Sort.ATTEMPTS.value, _("Most attempts first")),
    ]


def _confirm(visit: Visit, action: Action, selection: Selection) -> Response:
    with visit.reading() as connection:
        about = orders.impact(connection, selection)
    if not about.errors:
        raise TurnedAwayError(409, _("No error matches any more. Nothing was done."))
    return visit.show(
        "confirm.html",
        title=words.word(action),
        action=action.value,
        button=words.word(action),
        promise=orders.promise(action, about),
        fields=[(name, value) for name, values in visit.form.items() for value in values
                if name in {"action", "ids", "all", "query", "seen", "back"}],
        back=way_back(visit.field("back")),
    )  # fmt: skip


def _one_row(visit: Visit) -> Visit:
    """A button of a row ("skip.17") means that row, whatever else is ticked."""
    action, dot, error_id = visit.field("one").partition(".")
    if not dot:
        return visit
    kept = {name: values for name, values in visit.form.items() if name not in {"one", "all"}}
    return replace(visit, form={**kept, "action": [action], "ids": [error_id]})


def _action(visit: Visit) -> Action:
    try:
        action = Action(visit.field("action"))
    except ValueError:
        raise TurnedAwayError(400, _("That cannot be ordered.")) from None
    if action not in FOR_MANY:
        raise TurnedAwayError(400, _("That cannot be ordered."))
    return action


def _selection(visit: Visit) -> Selection:
    if visit.field("all"):
        asked = asking.read(dict(parse_qsl(visit.field("query"))), visit.now)
        if asked.complaints:
            raise TurnedAwayError(400, asked.complaints[0])
        return replace(asked.selection, all=True)
    ids = tuple(dict.fromkeys(int(each) for each in visit.form.get("ids", ()) if each.isdecimal() and len(each) < 16))
    if not ids:
        raise TurnedAwayError(400, _("No error was chosen. Tick some, or take all that match."))
    return Selection(ids=ids)


def _span(text: str) -> tuple[int, int]:
    first, _dot, last = text.partition(".")
    both = (first, last)
    return (int(first), int(last)) if all(part.isdecimal() and len(part) < 16 for part in both) else (0, 0)

"""cuadre status"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import typer

from errors.kinds import Category
from errors.language import _, fix, say, sentence
from errors.wording import category_word
from worker import exits, reads
from worker.commands.output import Json, document, line, moment, table
from worker.commands.session import session
from worker.reads import Use
from worker.state.database import reading
from worker.status import Standing, standings

app = typer.Typer(add_completion=False)


def words() -> dict[str, str]:
    """The states of a connection, for people."""
    return {
        "connected": _("connected"),
        "lost": _("lost"),
        "disconnected": _("disconnected"),
        "never": _("never connected"),
    }


@app.command(help=_("How every company stands. Exit 1: something needs a person."))
def status(context: typer.Context, *, as_json: Json = False) -> None:
    current = session(context)
    companies = standings(current.config, current.engine)
    with reading(current.engine) as connection:
        used = reads.use(connection, current.config, current.now())
    if as_json:
        document([plain(each, current.now()) | {"reads": plain_reads(used, each.company)} for each in companies])
    else:
        _show(companies, current.now())
        for text in reads.sentences(used) if companies else ():
            line(text)
    if any(each.needs_attention for each in companies):
        raise typer.Exit(exits.ATTENTION)


def plain(standing: Standing, now: datetime) -> dict[str, Any]:
    """One company for a machine."""
    return {
        "company": standing.company,
        "enabled": standing.enabled,
        "connection": standing.connection,
        "realm_id": standing.realm_id,
        "refresh_expires_at": standing.refresh_expires_at,
        "stopped_by": [
            {"kind": each.kind.code, "sentence": sentence(each), "fix": fix(each)} for each in standing.stopped_by
        ],
        "items": dict(standing.items),
        "open_errors": dict(standing.open_errors),
        "last_tick": standing.last_tick,
        "oldest_waiting": standing.oldest_waiting,
        "backlog_seconds": int((now - standing.oldest_waiting).total_seconds()) if standing.oldest_waiting else 0,
        "outage_since": standing.outage_since,
        "asked_again": standing.asked_again,
    }


def plain_reads(used: Use, company: str) -> dict[str, int]:
    """Metered reads of this month: the company's, all companies' together, and what they may be."""
    own = used.by_company[company]
    return {
        "this_month": own.made,
        "projected": own.projected,
        "all_this_month": used.total.made,
        "all_projected": used.total.projected,
        "budget": used.budget,
    }


def _show(companies: tuple[Standing, ...], now: datetime) -> None:
    if not companies:
        line(_("No company is configured."))
        return
    headings = (_("Company"), _("QuickBooks"), _("State"), _("Items"), _("Open errors"), _("Last tick"))
    table(headings, [_row(each) for each in companies], whole=(3, 4))
    for each in companies:
        for problem in each.stopped_by:
            line(say("{company}: {sentence}", company=each.company, sentence=sentence(problem)))
            line(f"  {fix(problem)}")
        _tell_delays(each, now)


def _tell_delays(standing: Standing, now: datetime) -> None:
    name = standing.company
    if standing.outage_since and standing.asked_again:
        since, again = moment(standing.outage_since), moment(max(standing.asked_again, now))
        line(
            say(
                "{company}: QuickBooks has not answered since {since}; it is asked again at {again}",
                company=name,
                since=since,
                again=again,
            )
        )
    if standing.oldest_waiting:
        since, age = moment(standing.oldest_waiting), _age(now - standing.oldest_waiting)
        line(
            say(
                "{company}: the first of what is under way waits since {since} ({age})",
                company=name,
                since=since,
                age=age,
            )
        )


def _age(lasted: timedelta) -> str:
    """3 d 4 h, 4 h 5 min, 5 min: the same in both languages."""
    minutes = int(lasted.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _row(standing: Standing) -> tuple[str, ...]:
    state = _("stopped") if standing.stopped_by else _("running") if standing.enabled else _("disabled")
    return (
        standing.company,
        words().get(standing.connection, standing.connection),
        state,
        "\n".join(f"{_(name)}: {count}" for name, count in standing.items.items()) or "-",
        "\n".join(f"{category_word(Category(name))}: {count}" for name, count in standing.open_errors.items()) or "-",
        moment(standing.last_tick),
    )

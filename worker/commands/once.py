"""cuadre once [COMPANY...]"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import structlog
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, SpinnerColumn, TaskID, TextColumn
from sqlalchemy import Engine

from errors.kinds import Verb
from errors.language import _, fix, say, sentence
from errors.problem import Problem
from worker import exits, mails, pipeline
from worker.commands.output import Json, complain, complaints, document, line
from worker.commands.session import Session, session
from worker.companies import open_company, open_state
from worker.config import Config
from worker.pipeline import TickReport, quiet
from worker.schedule.workshop import Workshop

app = typer.Typer(add_completion=False)

Outcome = TickReport | Problem


@app.command(help=_("Look at companies once, now (all that are enabled, unless some are named)."))
def once(
    context: typer.Context,
    companies: Annotated[list[str] | None, typer.Argument(help=_("Their names in the configuration."))] = None,
    *,
    as_json: Json = False,
) -> None:
    current = session(context)
    config = current.load().config
    names = [current.company(name, config) for name in companies or config.enabled()]
    engine = open_state(config)
    try:
        outcomes = dict(_ticks(current, config, engine, names))
        report = mails.send(config, engine, current.now)  # where cron calls, no daemon does it
    finally:
        engine.dispose()
    if as_json:
        document({name: plain(outcome) for name, outcome in outcomes.items()})
    else:
        for name, outcome in outcomes.items():
            _tell(name, outcome)
    if report is not None and report.error:
        complain(say("A mail could not be sent, and will be tried again: {detail}", detail=report.error))
    raise typer.Exit(max(map(_code, outcomes.values()), default=exits.OK))


def _ticks(current: Session, config: Config, engine: Engine, names: list[str]) -> list[tuple[str, Outcome]]:
    workshop = Workshop(config, engine, current.clock, opener=open_company, run=pipeline.run, longest=timedelta.max)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    out = complaints()
    try:
        with Bars(*columns, console=out, transient=True, disable=not out.is_terminal) as bars:
            return [(name, _tick(workshop, name, bars)) for name in names]
    finally:
        workshop.close()


def _tick(workshop: Workshop, name: str, bars: Bars) -> Outcome:
    with structlog.contextvars.bound_contextvars(company=name):
        progress = quiet if bars.disable else Shown(bars, name)
        return workshop.tick(name, progress)


class Shown:
    """A bar for each company, with the step it is at."""

    def __init__(self, bars: Bars, company: str) -> None:
        self._bars, self._company = bars, company
        self._task: TaskID = bars.add_task(company, total=None)

    def __call__(self, step: str, kind: str, done: int, total: int | None) -> None:
        self._bars.update(self._task, description=f"{self._company}: {_(step)} {_(kind)}", completed=done, total=total)


def plain(outcome: Outcome) -> dict[str, Any]:
    """An outcome for a machine."""
    if isinstance(outcome, Problem):
        return {"halted": _problem(outcome)}
    return {
        "started": outcome.started,
        "finished": outcome.finished,
        "posted": {kind.value: count for kind, count in outcome.posted.items()},
        "linked": outcome.linked,
        "held": outcome.held,
        "waiting": outcome.waiting,
        "calls": outcome.calls,
        "halted": _problem(outcome.halted) if outcome.halted else None,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"kind": problem.kind.code, "sentence": sentence(problem), "fix": fix(problem)}


def _tell(name: str, outcome: Outcome) -> None:
    halted = outcome if isinstance(outcome, Problem) else outcome.halted
    if isinstance(outcome, TickReport):
        posted = ", ".join(f"{count} {_(kind.value)}" for kind, count in outcome.posted.items() if count)
        line(
            say(
                "{company}: posted {posted}; linked {linked}, held {held}, waiting {waiting}; {calls} calls",
                company=name,
                posted=posted or _("nothing"),
                linked=outcome.linked,
                held=outcome.held,
                waiting=outcome.waiting,
                calls=outcome.calls,
            )
        )
        if outcome.held:
            line(_("See `cuadre errors list` for what is held, and why."))
    if halted is not None:
        complain(f"{name}: {sentence(halted)}\n{fix(halted)}")


def _code(outcome: Outcome) -> int:
    halted = outcome if isinstance(outcome, Problem) else outcome.halted
    if halted is not None:
        return exits.UNREACHABLE if halted.verb in {Verb.WAIT, Verb.RETRY} else exits.ATTENTION
    return exits.ATTENTION if isinstance(outcome, TickReport) and outcome.held else exits.OK

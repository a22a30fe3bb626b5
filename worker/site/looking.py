"""A question to both ends of a company, for a page: few at a time, and no page waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from errors.language import _, say
from worker.pipeline import Company
from worker.site.desk import Desk
from worker.site.door import TurnedAwayError

PATIENCE = 10.0  # seconds; a call may take two minutes (qbo-facts section 1.7), and no reader waits as long

Answer = TypeVar("Answer")


class SlowError(Exception):
    """No answer within PATIENCE. The question goes on by itself, and its answer is thrown away."""


def slow() -> str:
    """What a reader is told then."""
    return say("QuickBooks has not answered for {seconds} seconds. Try again.", seconds=int(PATIENCE))


def ask(desk: Desk, name: str, question: Callable[[Company], Answer], *, patience: float = PATIENCE) -> Answer:
    """The answer.

    Raises:
        ProblemError: one of the ends is out of reach.
        SlowError: it takes too long.
        TurnedAwayError: there is no such company, or too many ask at once.
    """
    if name not in desk.config.companies:
        raise TurnedAwayError(404, _("This company is not configured any more."))
    if not desk.asking.acquire(timeout=patience):
        raise TurnedAwayError(503, _("Too many questions at once. Try again."))
    answer: Future[Answer] = Future()
    Thread(target=_asked, args=(desk, name, question, answer), daemon=True, name=f"a look at {name}").start()
    try:
        return answer.result(patience)
    except TimeoutError as late:
        raise SlowError from late


def _asked(desk: Desk, name: str, question: Callable[[Company], Answer], answer: Future[Answer]) -> None:
    try:
        with desk.open_company(desk.config, name, desk.engine, desk.clock) as company:
            found = question(company)
        answer.set_result(found)
    except BaseException as error:  # noqa: BLE001 - raised where somebody waits for the answer
        answer.set_exception(error)
    finally:
        desk.asking.release()

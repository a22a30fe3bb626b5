"""Bulk questions to the target: one that is refused is asked again in halves, until the one that spoils it is alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from errors.kinds import Verb
from errors.problem import Problem, ProblemError
from worker.state.items import Item
from worker.steps.hold import hold

if TYPE_CHECKING:
    from worker.pipeline import Company

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def in_halves(
    company: Company,
    candidates: Sequence[tuple[Item, Asked]],
    ask: Callable[[Sequence[Asked]], Mapping[str, Answer]],
    *,
    aside: Callable[[Company, Item, Problem], None] = hold,
) -> tuple[dict[str, Answer], set[int]]:
    """The answers, and the ids of the items that were put aside because their question alone is refused.

    Raises:
        ProblemError: the whole company must wait or halt.
    """
    if not candidates:
        return {}, set()
    try:
        return dict(ask([asked for _, asked in candidates])), set()
    except ProblemError as moment:
        if moment.problem.verb in {Verb.WAIT, Verb.HALT}:
            raise
        if len(candidates) == 1:
            aside(company, candidates[0][0], moment.problem)
            return {}, {candidates[0][0].id}
    middle = len(candidates) // 2
    left, left_refused = in_halves(company, candidates[:middle], ask, aside=aside)
    right, right_refused = in_halves(company, candidates[middle:], ask, aside=aside)
    return left | right, left_refused | right_refused

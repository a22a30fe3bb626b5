"""Whether two formats can make the same number, and an example of it. Pure.

Each format is a little machine that reads one character after the other; both run side by side through all that they
could read, and where both can end at once, the way there is a number of both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from worker.numbering.pattern import WIDEST, Part, Pattern

DIGITS = "0123456789"

Step = tuple[str, bool]  # the characters that may come, and whether the step may be left out
Place = int


def common_number(first: Pattern, first_year: int, second: Pattern, second_year: int) -> str | None:
    """The shortest number that both formats can make in their years; None when there is none."""
    one, two = _steps(first, first_year), _steps(second, second_year)
    waiting: deque[tuple[Place, Place, str]] = deque([(0, 0, "")])
    seen = {(0, 0)}
    while waiting:
        here, there, said = waiting.popleft()
        if _may_end(one, here) and _may_end(two, there):
            return said
        for after, mine in _next(one, here):
            for beside, theirs in _next(two, there):
                both = set(mine) & set(theirs)
                if both and (after, beside) not in seen:
                    seen.add((after, beside))
                    waiting.append((after, beside, said + min(both)))
    return None


def _steps(pattern: Pattern, year: int) -> list[Step]:
    return [step for part in pattern.parts for step in _of_part(part, year)]


def _of_part(part: Part, year: int) -> Iterator[Step]:
    match part.variable:
        case "yyyy":
            yield from ((digit, False) for digit in f"{year:04}")
        case "yy":
            yield from ((digit, False) for digit in f"{year % 100:02}")
        case "qq":
            yield from (("0", False), ("1234", False))
        case "mm":
            yield from (("01", False), (DIGITS, False))
        case "dd":
            yield from (("0123", False), (DIGITS, False))
        case "":
            yield from ((character, False) for character in part.text)
        case _:
            least = max(part.width, 1)
            yield from ((DIGITS, place >= least) for place in range(WIDEST))


def _next(steps: list[Step], place: Place) -> Iterator[tuple[Place, str]]:
    """Every step that may come now: the next one, and the ones behind those that may be left out."""
    for position in range(place, len(steps)):
        characters, left_out = steps[position]
        yield position + 1, characters
        if not left_out:
            return


def _may_end(steps: list[Step], place: Place) -> bool:
    return all(left_out for _, left_out in steps[place:])

"""What Cuadre costs, beside a plain python-quickbooks loop: `python -m benchmarks.engine [--counts]`.

A table while it works, and one JSON object on the last line. Exit status 1: a count misses its ceiling. Counts are the
same in every run; figures of time and memory are compared, but never fail it: a busy machine is no fault of the engine.
docs/benchmarks.md says what each figure means. `--counts` leaves out what takes long.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks import counts, drain, memory, speed


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a figure must not pass. `counted`: it is the same in every run, so that missing it is a mistake."""

    limit: float
    at_least: bool = False
    counted: bool = True

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


BOUNDS: Mapping[str, Bound] = {
    "bulk_calls_per_document": Bound(limit=0.05),
    "bulk_reads_per_document": Bound(limit=0.01),
    "first_run_calls_per_document": Bound(limit=0.15),
    "single_calls": Bound(limit=1),
    "single_reads": Bound(limit=0),
    "single_calls_after_an_hour": Bound(limit=2),
    "single_calls_unknown": Bound(limit=3),
    "idle_tick_calls": Bound(limit=0),
    "idle_statements": Bound(limit=10),
    "recovery_reads": Bound(limit=1),
    "drain_ratio": Bound(limit=0.95, at_least=True),
    "drain_refused": Bound(limit=0),
    "speedup_vs_loop": Bound(limit=15, at_least=True, counted=False),
    "cpu_ratio_vs_loop": Bound(limit=0.5, counted=False),
    "rss_growth": Bound(limit=1.1, counted=False),
}
QUICK: tuple[Callable[[], dict[str, float]], ...] = (
    counts.bulk,
    counts.first_run,
    counts.single,
    counts.single_unknown,
    counts.idle,
    counts.recovery,
    counts.plain_loop,
)
LONG: tuple[Callable[[], dict[str, float]], ...] = (drain.measure, speed.measure, memory.measure)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--counts", action="store_true", help="only what is counted and quick")
    figures: dict[str, float] = {}
    print(f"{'figure':32}{'measured':>12}{'bound':>12}")
    for measure in QUICK if parser.parse_args().counts else QUICK + LONG:
        found = measure()
        figures |= found
        for name, value in found.items():
            print(_line(name, value), flush=True)
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
    return int(bool(missed(figures)))


def missed(figures: Mapping[str, float]) -> list[str]:
    """Counts that are past their bounds."""
    return [name for name, value in figures.items() if name in BOUNDS and _fails(BOUNDS[name], value)]


def _fails(bound: Bound, value: float) -> bool:
    return bound.counted and not bound.holds(value)


def _line(name: str, value: float) -> str:
    bound = BOUNDS.get(name)
    verdict = "" if bound is None else "PASS" if bound.holds(value) else "FAIL"
    return f"{name:32}{value:>12,.4g}{bound or ''!s:>12}  {verdict}".rstrip()


if __name__ == "__main__":
    sys.exit(main())

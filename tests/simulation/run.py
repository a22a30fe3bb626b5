"""`make simulate FIRST=1 SEEDS=200`: seeds on all cores, one line at the end, exit code 1 on any violation."""

# ruff: noqa: T201 - a command

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.simulation.world import Result, make_template, simulate

FIGURES = ("documents", "crashes", "faults", "duplicates", "lost", "stuck")


def quiet() -> None:
    """Nothing of the log is wanted: the trace tells more."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def run_seed(seed: int, template: Path) -> Result:
    quiet()
    return simulate(seed, template)


def main() -> int:
    options = _options()
    seeds = range(options.first, options.first + options.seeds)
    quiet()
    with TemporaryDirectory(prefix="cuadre-simulation-template-") as folder:
        template = make_template(Path(folder))
        if options.trace:
            results = [simulate(seed, template, shown=True) for seed in seeds]
            for result in results:
                _tell(result)
        else:
            results = _in_parallel(seeds, template)
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
    print(_last_line(results))
    return 1 if any(result.violations for result in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.run", description=__doc__)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds")
    parser.add_argument("--trace", action="store_true", help="print all that happens")
    parser.add_argument("--json", action="store_true", help="print each seed's figures as JSON, too")
    return parser.parse_args()


def _in_parallel(seeds: range, template: Path) -> list[Result]:
    began, results = time.perf_counter(), []
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for done in as_completed([pool.submit(run_seed, seed, template) for seed in seeds]):
            results.append(done.result())
            speed = len(results) / (time.perf_counter() - began) * 60
            broken = sum(1 for result in results if result.violations)
            line = f"{len(results)} of {len(seeds)} seeds, {speed:.0f} a minute, {broken} with violations"
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
            _tell(done.result())
    print(file=sys.stderr)
    return sorted(results, key=lambda result: result.seed)


def _tell(result: Result) -> None:
    if not result.violations:
        return
    print(f"seed {result.seed}: {len(result.violations)} violations", flush=True)
    for line in result.violations[:10]:
        print(f"  {line}")
    print(f"  replay: make simulate FIRST={result.seed} SEEDS=1 TRACE=1")


def _last_line(results: list[Result]) -> str:
    sums = {name: sum(getattr(result, name) for result in results) for name in FIGURES}
    violations = sum(len(result.violations) for result in results)
    figures = " ".join(f"{name}={value}" for name, value in sums.items())
    return f"seeds={len(results)} {figures} violations={violations}"


if __name__ == "__main__":
    sys.exit(main())

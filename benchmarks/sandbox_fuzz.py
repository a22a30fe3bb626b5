"""Send bent requests to the sandbox, a hundred thousand of them: none may end in an exception or an unknown status.

    python -m benchmarks.sandbox_fuzz [--first SEED] [--requests N]

One JSON object on the last line; exit code 1 when a request did, with the seed and number that repeat it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter

from tests.support.fuzzing import EXPECTED, Fuzz

EACH = 10_000  # requests of one seed, before the sandbox is made anew


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--requests", type=int, default=100_000)
    asked = parser.parse_args()
    statuses: Counter[int] = Counter()
    failures = []
    for seed in range(asked.first, asked.first + max(1, asked.requests // EACH)):
        fuzz = Fuzz(seed)
        for number, request in enumerate(fuzz.requests(min(EACH, asked.requests)), start=1):
            try:
                status = fuzz.send(request).status
            except Exception as error:  # noqa: BLE001 - every exception is what is looked for
                failures.append({"seed": seed, "number": number, "path": request.path, "error": repr(error)[:200]})
                continue
            statuses[status] += 1
            if status not in EXPECTED:
                failures.append({"seed": seed, "number": number, "path": request.path, "error": f"status {status}"})
        print(f"seed {seed}: {sum(statuses.values())} answered, {len(failures)} failed", file=sys.stderr)
    for failure in failures[:20]:
        print(json.dumps(failure))
    print(
        json.dumps({"requests": asked.requests, "failures": len(failures), "statuses": dict(sorted(statuses.items()))})
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

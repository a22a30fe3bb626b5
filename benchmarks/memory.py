"""What the engine keeps in memory: its peak after 10,000 documents, and after 100,000.

One process of its own ticks: first a backlog of 10,000 invoices, then one of 90,000. The sandbox is another process, so
that what it remembers is not ours, and the books are filled in a third one.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import trade
from benchmarks.shop import Shop, folder, opened, sandbox_process
from worker.clock import Clock

CUSTOMERS = range(1, 301)
SERVICES = range(1, 51)
FILLED_AT_ONCE = 5000


def measure(small: int = 10_000, large: int = 100_000) -> dict[str, float]:
    with folder() as place, sandbox_process() as url, opened(place, url, Clock()) as shop:
        trade.customers(shop.books, CUSTOMERS)
        trade.services(shop.books, SERVICES)
        shop.settle()
        shop.workshop.close()
        with _child(place, url) as child:
            first = _posts(child, shop, range(1, small + 1))
            second = _posts(child, shop, range(small + 1, large + 1))
    return {"rss_growth": second / first, "rss_peak_small_mib": first / 1024, "rss_peak_large_mib": second / 1024}


@contextmanager
def _child(place: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.memory", str(place), url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.terminate()


def _posts(child: subprocess.Popen[str], shop: Shop, numbers: range) -> int:
    """The peak in KiB after the child has posted so many invoices of one line."""
    for start in range(0, len(numbers), FILLED_AT_ONCE):
        some = numbers[start : start + FILLED_AT_ONCE]
        trade.invoices(shop.books, some, customers=CUSTOMERS, services=SERVICES, lines=1)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("post\n")
    child.stdin.flush()
    posted, peak = map(int, child.stdout.readline().split())
    if posted != len(numbers):
        raise AssertionError(f"{posted} documents posted, not {len(numbers)}")
    return peak


def main(place: Path, url: str) -> None:
    """The child: posts what is in the books each time that it is told to, and says how many and its peak."""
    with opened(place, url, Clock()) as shop:
        for _ in sys.stdin:
            print(shop.settle(), _peak(), flush=True)


def _peak() -> int:
    """KiB. Linux counts into ru_maxrss what the parent had when it made this process; VmHWM is ours alone."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found.group(1)) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

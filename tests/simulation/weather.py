"""Which troubles there are in a run, and when they strike: a quarter of the sites, each a quarter of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from random import Random

RATE = 0.25
FAULTS = (
    "request_lost",
    "request_hung",
    "reply_lost",
    "reply_cut",
    "reply_empty",
    "reply_late",
    "reply_strange",
    "failed_before",
    "failed_after",
    "token_refused_before",
    "token_refused_after",
    "throttled_before",
    "throttled_after",
    "maintenance",
    "batch_torn",
    "batch_item_failed",
    "changes_lost",
    "renewal_lost",
    "token_expired",
)
DEATHS = ("death_before_call", "death_in_call", "death_after_call", "death_before_commit", "death_after_commit")
# Not between the last look at the lease and the wire: a process that sleeps there, longer than QuickBooks waits for a
# call, cannot be stopped by any lease; only QuickBooks can, by the request id.
PAUSES = ("pause_after_call", "pause_after_commit")
SITES = (*FAULTS, *DEATHS, *PAUSES)


class Weather:
    """`stormy`: whether troubles strike at all now. `struck` counts them by site."""

    def __init__(self, random: Random, sites: Collection[str] | None = None) -> None:
        self._random = random
        chosen = frozenset(site for site in SITES if random.random() < RATE)
        self.enabled = chosen if sites is None else frozenset(sites)
        self.struck: Counter[str] = Counter()
        self.stormy = False

    def strikes(self, site: str, rate: float = RATE) -> bool:
        if not self.stormy or site not in self.enabled or self._random.random() >= rate:
            return False
        self.struck[site] += 1
        return True

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def delay(self) -> float:
        """Seconds that half a call takes: a few hundredths, now and then seconds."""
        return self._random.uniform(0.5, 5) if self._random.random() < 0.05 else self._random.uniform(0.005, 0.05)

    def some(self, number: int) -> list[int]:
        """Some places of a list, in order: neither none nor all, where that can be."""
        size = self._random.randint(1, max(1, number - 1))
        return sorted(self._random.sample(range(number), min(size, number)))

    @property
    def faults(self) -> int:
        return sum(count for site, count in self.struck.items() if site not in DEATHS)

"""Threads for work that is due: one name never twice at once, and trouble with one leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy.exc import DBAPIError

from worker.clock import Now

THREADS = 32  # made on demand: a company that waits for QuickBooks holds one
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)

_log = structlog.get_logger("cuadre.dispatch")


@dataclass(frozen=True)
class Trouble:
    """Failures in a row, and when it is tried again."""

    failures: int = 0
    not_before: datetime | None = None


def after_failure(trouble: Trouble, now: datetime) -> Trouble:
    """The next pause: 30 s, 1 min, 2 min ... at most an hour."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(trouble.failures, 10))
    return Trouble(trouble.failures + 1, now + pause)


class Dispatch:
    """Takes work by name. What raises is logged, counted and pushed away in time; it never reaches the scheduler."""

    def __init__(self, now: Now, threads: int = THREADS) -> None:
        self._now = now
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="cuadre")
        self._context = copy_context()  # the reader's language is a context variable; threads begin without
        self._lock = Lock()
        self._running: dict[str, Future[None]] = {}
        self._trouble: dict[str, Trouble] = {}
        self._closed = False

    def offer(self, name: str, work: Callable[[], object]) -> bool:
        """Start the work now. False: it is still running, it is being pushed away, or we are stopping."""
        with self._lock:
            not_before = self._trouble.get(name, Trouble()).not_before
            held_back = not_before is not None and self._now() < not_before
            if self._closed or name in self._running or held_back:
                return False
            future = self._pool.submit(self._context.copy().run, self._work, name, work)
            self._running[name] = future
        return True

    def _work(self, name: str, work: Callable[[], object]) -> None:
        trouble: Trouble | None = None
        try:
            with structlog.contextvars.bound_contextvars(company=name):
                try:
                    work()
                except Exception as error:  # noqa: BLE001 - the daemon outlives every company
                    trouble = self._failed(name, error)
        finally:
            with self._lock:
                del self._running[name]
                if trouble is None:
                    self._trouble.pop(name, None)
                else:
                    self._trouble[name] = trouble

    def _failed(self, name: str, error: Exception) -> Trouble:
        trouble = after_failure(self._trouble.get(name, Trouble()), self._now())
        # a database that is away is a moment, not a mistake of ours: one line is enough
        trace = None if isinstance(error, DBAPIError) else error
        detail = f"{type(error).__name__}: {error}"
        _log.error("tick failed", detail=detail, failures=trouble.failures, again=trouble.not_before, exc_info=trace)
        return trouble

    def running(self) -> frozenset[str]:
        """What is under way."""
        with self._lock:
            return frozenset(self._running)

    def troubled(self) -> frozenset[str]:
        """What failed last time."""
        with self._lock:
            return frozenset(self._trouble)

    def close(self) -> None:
        """Take no more work."""
        with self._lock:
            self._closed = True

    def drain(self, timeout: float | None = None) -> bool:
        """Wait for what is under way, at most `timeout` seconds. True: nothing is left."""
        with self._lock:
            futures = set(self._running.values())
        left = bool(wait(futures, timeout).not_done)
        if not left:
            self._pool.shutdown(wait=True)
        return not left

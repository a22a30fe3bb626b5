"""The webhooks of a sandbox: changes come in, deliveries go out, and again when nobody answered 200."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from threading import Event as Signal
from typing import Any

from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.webhooks import payloads
from connectors.quickbooks.sandbox.webhooks.endpoints import Endpoint
from connectors.quickbooks.sandbox.webhooks.payloads import Event, Post

KEPT = 1_000
Send = Callable[[Post], int]  # posts, and returns the HTTP status or 0 without any answer


@dataclass(frozen=True)
class Attempt:
    """One try: when its answer came, and with which HTTP status (0: none)."""

    time: datetime
    status: int


@dataclass(frozen=True)
class Delivery:
    """One POST to one endpoint and what became of it; `due` None means that no try is planned."""

    number: int
    endpoint: str
    post: Post
    events: tuple[Event, ...]
    due: datetime | None
    attempts: tuple[Attempt, ...] = ()

    @property
    def delivered(self) -> bool:
        return any(one.status == 200 for one in self.attempts)


class Webhooks:
    """Everything about webhooks; `lock` is the sandbox's own, and is not held while something is sent.

    Whatever has changed since the last delivery is told to an endpoint in one POST, several companies together.
    """

    def __init__(
        self, lock: AbstractContextManager[object], now: Callable[[], datetime], random_hex: Callable[[int], str]
    ) -> None:
        self.endpoints: dict[str, Endpoint] = {}
        self.awake = Signal()
        self._lock = lock
        self._now = now
        self._random = random_hex
        self._untold: dict[str, list[Event]] = {}
        self._deliveries: dict[int, Delivery] = {}
        self._last = 0

    def register(self, values: dict[str, object]) -> Endpoint:
        """Add an endpoint; raises `ValueError` for a wrong one."""
        with self._lock:
            endpoint = Endpoint.of(self._random(8), values)
            self.endpoints[endpoint.id] = endpoint
            return endpoint

    def remove(self, id_: str) -> None:
        """Forget an endpoint and what was still to be sent to it; raises `KeyError` when there is none."""
        with self._lock:
            del self.endpoints[id_]
            self._untold.pop(id_, None)
            self._give_up(id_)

    def state(self) -> list[dict[str, Any]]:
        """Return the endpoints as JSON values, for a file."""
        return [asdict(one) for one in self.endpoints.values()]

    def restore(self, state: Iterable[dict[str, Any]]) -> None:
        self.endpoints = {one["id"]: Endpoint.restored(one) for one in state}

    def clear(self) -> None:
        """Forget all events and deliveries; the endpoints stay."""
        with self._lock:
            self._untold.clear()
            self._deliveries.clear()

    def collect(self, realm: str, changes: Iterable[Change]) -> None:
        """Take in what has changed in a company."""
        for change in changes:
            hearing = [one.id for one in self.endpoints.values() if one.hears(change)]
            if hearing:
                event = Event(self._random(16), realm, change)
                for id_ in hearing:
                    self._untold.setdefault(id_, []).append(event)

    def wake(self) -> None:
        """Wake the courier when there is something to send now; the caller holds the sandbox's lock."""
        if self._untold or any(True for _ in self._due()):
            self.awake.set()

    def deliver(self, send: Send) -> list[Delivery]:
        """Send what is due and return those deliveries as they stand afterwards."""
        with self._lock:
            self._pack()
            claimed = list(self._due())
            for one in claimed:
                self._deliveries[one.number] = replace(one, due=None)
        return [self._attempted(one, send(one.post)) for one in claimed]

    def deliveries(self) -> list[Delivery]:
        """Return the last 1,000 deliveries, oldest first."""
        with self._lock:
            return list(self._deliveries.values())

    def redeliver(self, number: int) -> Delivery:
        """Plan a delivery for now, whatever became of it before; raises `KeyError` when it is not known."""
        with self._lock:
            self._deliveries[number] = replace(self._deliveries[number], due=self._now())
            return self._deliveries[number]

    def _pack(self) -> None:
        for id_, events in self._untold.items():
            self._last += 1
            tid = f"1-{self._random(4)}-{self._random(12)}"
            post = payloads.post(self.endpoints[id_], events, tid, self._now())
            self._deliveries[self._last] = Delivery(self._last, id_, post, tuple(events), self._now())
        self._untold.clear()
        for number in list(self._deliveries)[:-KEPT]:
            if self._deliveries[number].due is None:
                del self._deliveries[number]

    def _due(self) -> Iterator[Delivery]:
        planned = [one for one in self._deliveries.values() if one.due is not None]
        now = self._now() if planned else None
        return (one for one in planned if one.due is not None and now is not None and one.due <= now)

    def _attempted(self, delivery: Delivery, status: int) -> Delivery:
        with self._lock:
            now = self._now()
            tried = replace(delivery, due=None, attempts=(*delivery.attempts, Attempt(now, status)))
            endpoint = self.endpoints.get(delivery.endpoint)
            if status != 200 and endpoint is not None and endpoint.enabled:
                wait = endpoint.retry(len(tried.attempts))
                tried = replace(tried, due=None if wait is None else now + wait)
                if wait is None:
                    self.endpoints[endpoint.id] = replace(endpoint, enabled=False)
                    self._give_up(endpoint.id)
            if delivery.number in self._deliveries:
                self._deliveries[delivery.number] = tried
            return tried

    def _give_up(self, endpoint: str) -> None:
        for number, one in self._deliveries.items():
            if one.endpoint == endpoint:
                self._deliveries[number] = replace(one, due=None)

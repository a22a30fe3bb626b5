"""A wire that strikes chosen writes, also in ways that need time: a write that QuickBooks carries out too late."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from tests.support.quickbooks_desk import FakeClock

FAILURE = {
    "Fault": {
        "Error": [{"Message": "Message=An application error has occurred", "code": "10000"}],
        "type": "SystemFault",
    }
}
LATEST = timedelta(seconds=119)  # QuickBooks gives up on a call after 120 s (qbo-facts section 1.7)


class Trouble(StrEnum):
    """What becomes of a write."""

    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    LATE = "reply after the deadline"  # carried out when the caller has long given up
    FAILED = "500 after commit"
    REFUSED = "401 after commit"
    RESET = "reset mid-batch"  # a part of a batch is stored; of a single write, half of the body arrives


@dataclass(frozen=True)
class Write:
    """One write as it left. `key` names what must always have the same bytes: a request id, of a batch with a bId."""

    key: str
    body: str


class StrikingAdapter(SandboxAdapter):
    """Strikes the writes whose path ends with `path`, one trouble each, until there are none left."""

    def __init__(self, sandbox: Sandbox, clock: FakeClock, path: str = "", troubles: Iterable[Trouble] = ()) -> None:
        super().__init__(sandbox)
        self._sandbox, self._clock, self._path = sandbox, clock, path
        self.left = list(troubles)
        self.sent: list[Write] = []
        self.patience: float | None = None  # seconds until the caller of a late write gives up; None: its own timeout
        self.silence: type[BaseException] = requests.ReadTimeout  # how it does so
        self.late: list[tuple[datetime, requests.PreparedRequest, dict[str, Any]]] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.deliver()
        if request_id(request) is None:
            return super().send(request, *args, **kwargs)
        self.sent += writes(request)
        if not self.left or not (urlsplit(request.url or "").path.endswith(self._path)):
            return super().send(request, *args, **kwargs)
        return self._strike(self.left.pop(0), request, kwargs)

    def deliver(self) -> None:
        """What was late has come by now."""
        due = [each for each in self.late if each[0] <= self._clock.now()]
        self.late = [each for each in self.late if each not in due]
        for _, request, kwargs in due:
            super().send(request, **kwargs)

    @property
    def quiet(self) -> bool:
        """Whether every trouble has struck, and nothing is on its way any more."""
        return not self.left and not self.late

    def _strike(self, trouble: Trouble, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        if trouble is Trouble.REPLY_LOST:
            super().send(request, **kwargs)
        elif trouble is Trouble.LATE:
            self.late.append((self._clock.now() + LATEST, request.copy(), kwargs))
            self._clock.sleep(self.patience or kwargs["timeout"][1])
            raise self.silence
        elif trouble in {Trouble.FAILED, Trouble.REFUSED}:
            effect = "status" if trouble is Trouble.FAILED else "unauthorized"
            self._sandbox.fail(FaultRule(effect=effect, status=500, body=FAILURE, stored=True))
            return super().send(request, **kwargs)
        elif trouble is Trouble.RESET:
            super().send(halved(request), **kwargs)
        raise requests.ConnectionError(trouble.value, request=request)


def request_id(request: requests.PreparedRequest) -> str | None:
    return next(iter(parse_qs(urlsplit(request.url or "").query).get("requestid", [])), None)


def writes(request: requests.PreparedRequest) -> Iterator[Write]:
    """The documents that a request carries. A vendor is none: its name is unique, and its request id is made of it."""
    name, text = request_id(request), _text(request)
    if name is None or urlsplit(request.url or "").path.endswith("/vendor"):
        return
    if not is_batch(request):
        yield Write(name, text)
        return
    for item in json.loads(text)["BatchItemRequest"]:
        yield Write(f"{name} {item['bId']}", json.dumps(item))


def rewritten(sent: Iterable[Write]) -> list[str]:
    """The keys under which more than one text left: invariant I3 is broken there."""
    found = defaultdict(set)
    for write in sent:
        found[write.key].add(write.body)
    return [key for key, texts in found.items() if len(texts) > 1]


def is_batch(request: requests.PreparedRequest) -> bool:
    return urlsplit(request.url or "").path.endswith("/batch")


def halved(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The first half of a batch's items; of one document, half of its bytes."""
    copy, text = request.copy(), _text(request)
    if is_batch(request):
        items = json.loads(text)["BatchItemRequest"]
        copy.body = json.dumps({"BatchItemRequest": items[: len(items) // 2]}).encode()
    else:
        copy.body = text.encode()[: len(text) // 2]
    copy.headers["Content-Length"] = str(len(copy.body))
    return copy


def _text(request: requests.PreparedRequest) -> str:
    body = request.body or b""
    return body.decode() if isinstance(body, bytes) else str(body)

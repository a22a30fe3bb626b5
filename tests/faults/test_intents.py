"""Intent before the call (I2), seen from the wire at the moment of each POST: this id, these bytes, nothing open."""

from __future__ import annotations

import json
from collections import Counter
from threading import get_ident
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, create_engine, event, select

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import Sandbox
from tests.support.cases import ENTITIES, Batch, Case, Mixed, settle
from tests.support.house import House
from tests.support.striking import Write, is_batch, writes
from worker.state.machine import State
from worker.state.tables import items


class Witness(SandboxAdapter):
    """At each call it looks whether a transaction is open; at each write, through a connection of its own, whether
    the database holds the intent: committed, under this id, with these bytes.
    """

    def __init__(self, sandbox: Sandbox, engine: Engine, other: Engine) -> None:
        super().__init__(sandbox)
        self.calls = 0
        self.sent: list[Write] = []
        self.wrong: list[str] = []
        self._other = other
        self._open: Counter[int] = Counter()
        event.listen(engine.pool, "checkout", lambda *_: self._open.update([get_ident()]))
        event.listen(engine.pool, "checkin", lambda *_: self._open.subtract([get_ident()]))

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.calls += 1
        if self._open[get_ident()]:
            self.wrong.append(f"a connection is open: {request.method} {request.url}")
        for write in writes(request):
            self.sent.append(write)
            self._look(write, batch=is_batch(request))
        return super().send(request, *args, **kwargs)

    def _look(self, write: Write, *, batch: bool) -> None:
        request_id, _, bid = write.key.partition(" ")
        mine = (items.c.request_id == request_id) & (items.c.bid == (bid or None))
        with self._other.connect() as connection:
            found = connection.execute(select(items.c.state, items.c.kind, items.c.body).where(mine)).all()
        if len(found) != 1:
            self.wrong.append(f"{len(found)} intents {write.key}")
            return
        state, kind, body = found[0]
        document = json.loads(write.body)[ENTITIES[DocumentKind(kind)]] if batch else json.loads(write.body)
        if state != State.SENDING:
            self.wrong.append(f"{write.key} in state {state}")
        if json.loads(body) != document or not (batch or body == write.body):
            self.wrong.append(f"{write.key}: {body} was promised, {write.body} was sent")


@pytest.mark.parametrize("case", [Case(DocumentKind.INVOICE, Operation.VOID), Batch(), Mixed()], ids=str)
def test_the_intent_is_committed_before_the_call_and_nothing_is_open_while_it_lasts(
    house: House, state_url: str, case: Case | Batch | Mixed
) -> None:
    case.prepare(house)
    other = create_engine(state_url)
    witness = Witness(house.sandbox, house.engine, other)
    house.restart(witness)
    settle(house, lambda: case.check(house))
    other.dispose()
    assert witness.wrong == []
    assert witness.sent
    assert witness.calls > 0

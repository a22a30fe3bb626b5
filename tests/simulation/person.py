"""The operator: orders resyncs, skips, deletions and other numbers on open errors, and connects the company again."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select

from connectors.documents import DocumentKind
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.tokens import LOST, Grant, TokenStore
from errors import actions, deciding, queue
from errors.kinds import AFTER_A_LOOK, FOR_MANY, Action
from errors.listing import ErrorRow
from errors.selection import Selection
from errors.tables import State
from tests.support.house import NAME
from tests.support.quickbooks_desk import URL
from worker.state.tables import links

if TYPE_CHECKING:
    from tests.simulation.simulated_time import Time

BY = "operator"


class Person:
    """Sees what an operator sees, and orders what one may order."""

    def __init__(self, engine: Engine, sandbox: Sandbox, token_key: str, time: Time, random: Random) -> None:
        self.ordered: list[tuple[Action, int]] = []
        self._engine = engine
        self._sandbox = sandbox
        self._time = time
        self._random = random
        self._store = TokenStore(engine, [token_key], now=time.now)
        self._connections = 0

    def act(self) -> str:
        """An order or two about errors that are there."""
        open_ones, skipped = self.errors(State.OPEN), self.errors(State.SKIPPED)
        told = [self._order(self._random.choice(open_ones))] if open_ones else []
        if skipped and self._random.random() < 0.3:
            told.append(self._order(self._random.choice(skipped)))
        return ", ".join(told) or "-"

    def errors(self, state: State) -> list[ErrorRow]:
        with self._engine.connect() as connection:
            found = queue.list_errors(connection, Selection(state=state), limit=1000)
        return sorted(found, key=lambda row: row.id)

    def mend(self) -> bool:
        """Connect again where the connection is lost: the one thing that stops a company until somebody acts. True when
        it was, and nobody has connected it since.
        """
        lost = self._store.load(NAME)
        if lost is None or lost.status != LOST:
            return False
        self.connect()
        return True

    def connect(self) -> None:
        """A consent, as the browser would bring it."""
        self._connections += 1
        access, refresh = f"access-{self._connections}", f"refresh-{self._connections}"
        self._sandbox.connect(FIRST_REALM, access_token=access, refresh_token=refresh)
        now: datetime = self._time.now()
        lives = {"access_expires_at": now + timedelta(hours=1), "refresh_expires_at": now + timedelta(days=100)}
        self._store.connect(NAME, FIRST_REALM, URL, Grant(access_token=access, refresh_token=refresh, **lives))

    def _seen(self, error: ErrorRow) -> str:
        """What a look at both sides would name: the linked document, or the one that has the number."""
        kind, _, local_id = error.problem.subject.partition(" ")
        with self._engine.connect() as connection:
            query = select(links.c.target_id).where(links.c.kind == kind, links.c.local_id == local_id)
            linked = connection.execute(query.order_by(links.c.generation.desc())).scalars().first()
        entity = ENTITIES[DocumentKind(kind)]
        held = [row.data for row in self._sandbox.company(FIRST_REALM).store.rows(entity.name)]
        number = error.problem.facts.get("number")
        found = [row for row in held if linked == row["Id"] or (not linked and row.get(entity.number_field) == number)]
        return f"{found[0]['Id']}@{found[0]['SyncToken']}" if found else f"{linked or 0}@"

    def _customer(self, action: Action, error: ErrorRow) -> str:
        """Somebody of QuickBooks, or the name for a new one."""
        if action is Action.LINK_CUSTOMER:
            known = [row.data["Id"] for row in self._sandbox.company(FIRST_REALM).store.rows("Customer")]
            return f"{self._random.choice(known) if known else 1}@{FIRST_REALM}"
        suggestion = error.problem.facts.get("suggestion", "")
        return suggestion if action is Action.CREATE_CUSTOMER and isinstance(suggestion, str) else ""

    def _order(self, error: ErrorRow) -> str:
        if not error.actions:
            return "-"
        action = self._random.choice(error.actions)
        chosen, now = Selection(ids=(error.id,)), self._time.now()
        seen = self._seen(error) if action in AFTER_A_LOOK else ""
        with self._engine.begin() as connection:
            if action is Action.USE_NUMBER:
                done = deciding.use_number(connection, error.id, None, by=BY, now=now)
            elif action in FOR_MANY:
                order = getattr(actions, action.value.replace("-", "_"))
                done = order(connection, chosen, by=BY, now=now)
            else:
                value = seen or self._customer(action, error)
                done = deciding.decide(connection, action, error.id, value, by=BY, now=now)
        if done.done:
            self.ordered.append((action, error.id))
        return f"{action} {error.problem.kind.code} {error.id} {'refused' if done.refused else 'ordered'}"

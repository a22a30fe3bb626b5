"""What the engine asks of QuickBooks and of its own database: counts that are the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from benchmarks import loop, trade
from benchmarks.shop import NOWHERE, TOKEN, Bench, bench
from connectors.quickbooks.sandbox import FIRST_REALM, FaultRule, SandboxAdapter

CUSTOMERS = range(1, 61)
SERVICES = range(1, 21)
INVOICES = range(1, 301)
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def furnished(customers: range = CUSTOMERS, services: range = SERVICES) -> Iterator[Bench]:
    """A shop whose customers and services are linked, at rest."""
    with bench() as made:
        trade.customers(made.shop.books, customers)
        trade.services(made.shop.books, services)
        made.shop.settle()
        made.rest()
        yield made


def bulk() -> dict[str, float]:
    """300 new invoices of three lines whose customers and services are known; their numbers are checked."""
    with furnished() as made:
        trade.invoices(made.shop.books, INVOICES, customers=CUSTOMERS, services=SERVICES)
        cost = made.cost()
        _posted(made, len(INVOICES))
    return {
        "bulk_calls_per_document": cost.calls / len(INVOICES),
        "bulk_reads_per_document": cost.reads / len(INVOICES),
    }


def first_run() -> dict[str, float]:
    """The same on the first day: the set-up is read, customers and services are matched and made. Calls an invoice."""
    with bench() as made:
        trade.customers(made.shop.books, CUSTOMERS)
        trade.services(made.shop.books, SERVICES)
        trade.invoices(made.shop.books, INVOICES, customers=CUSTOMERS, services=SERVICES)
        cost = made.cost()
        _posted(made, len(INVOICES))
    return {"first_run_calls_per_document": cost.calls / len(INVOICES)}


def single() -> dict[str, float]:
    """One invoice while what is known of QuickBooks is fresh, and one an hour after anybody looked."""
    with furnished() as made:
        trade.invoices(made.shop.books, range(1, 31), customers=CUSTOMERS, services=SERVICES)
        made.shop.settle()
        trade.invoices(made.shop.books, range(31, 32), customers=CUSTOMERS, services=SERVICES)
        cost = made.cost()
        made.clock.moment += timedelta(hours=1)
        trade.invoices(made.shop.books, range(32, 33), customers=CUSTOMERS, services=SERVICES)
        later = made.cost()
        _posted(made, 32)
    return {"single_calls": cost.calls, "single_reads": cost.reads, "single_calls_after_an_hour": later.calls}


def single_unknown() -> dict[str, float]:
    """One invoice for a customer and with three services that QuickBooks has never heard of."""
    with furnished() as made:
        trade.invoices(made.shop.books, range(1, 31), customers=CUSTOMERS, services=SERVICES)
        made.shop.settle()
        trade.customers(made.shop.books, range(900, 901))
        trade.services(made.shop.books, range(900, 903))
        trade.invoices(made.shop.books, range(31, 32), customers=[900], services=range(900, 903))
        cost = made.cost()
        _posted(made, 31)
    return {"single_calls_unknown": cost.calls}


def idle() -> dict[str, float]:
    """A tick with nothing to do, in books of 30 and of 300 invoices: the dearer one."""
    small, large = _idle(30), _idle(300)
    return {"idle_tick_calls": max(small[0], large[0]), "idle_statements": max(small[1], large[1])}


def _idle(invoices: int) -> tuple[int, int]:
    with furnished() as made:
        trade.invoices(made.shop.books, range(1, invoices + 1), customers=CUSTOMERS, services=SERVICES)
        made.shop.settle()
        made.rest()
        made.clock.moment += timedelta(minutes=1)
        before = made.spent()
        with statements(made.shop.state) as said:
            made.shop.tick()
        return (made.spent() - before).calls, len(said)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is said to this database, transaction control left out."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(CONTROL):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def recovery() -> dict[str, float]:
    """The answer to a full batch is lost: reads until all is linked, beyond those of the same batch with its answer."""
    usual, troubled = _batch(None), _batch(FaultRule(effect="lose_reply", operation="batch", times=1))
    return {"recovery_reads": troubled - usual}


def _batch(trouble: FaultRule | None) -> int:
    with furnished() as made:
        trade.invoices(made.shop.books, range(1, 31), customers=CUSTOMERS, services=SERVICES)
        if trouble is not None:
            made.sandbox.fail(trouble)
        before = made.spent()
        made.shop.workshop.tick("main")
        for _ in range(5):
            made.rest()
        _posted(made, 30)
        return (made.spent() - before).reads


def plain_loop() -> dict[str, float]:
    """The loop on the same books: calls a document."""
    with furnished() as made:
        trade.invoices(made.shop.books, range(1, 31), customers=CUSTOMERS, services=SERVICES)
        trade.payments(made.shop.books, range(1, 31), customers=CUSTOMERS)
        before = made.spent()
        with loop.client(NOWHERE, FIRST_REALM, TOKEN, SandboxAdapter(made.sandbox)) as quickbooks:
            documents = loop.post(made.shop.books, quickbooks)
        _posted(made, 30)
        return {"loop_calls_per_document": (made.spent() - before).calls / documents}


def _posted(made: Bench, expected: int) -> None:
    """Whether the sandbox holds exactly so many invoices: a figure counts only when the work was done."""
    held = made.sandbox.company(FIRST_REALM).store.count("Invoice")
    if held != expected:
        raise AssertionError(f"{held} invoices in QuickBooks, not {expected}")

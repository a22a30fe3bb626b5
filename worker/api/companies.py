"""Companies: how they stand, a look now, and whether a number is free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path

from connectors.documents import DocumentKind
from errors.language import _, fix, sentence, told
from worker.api.desk import Counter
from worker.api.entrance import MayRead, MaySync, Shared, too_many
from worker.api.problems import NotSoError, documented
from worker.api.shapes import CompanyStatus, NumberCheck, SyncAnswer, Text
from worker.numbering.checking import Availability, check
from worker.pipeline import Company as Opened
from worker.state import wishes
from worker.status import Standing, standings

Found = TypeVar("Found")
PATIENCE = 10.0  # seconds that a question waits for those before it


class NumberedKind(StrEnum):
    """Kinds of documents that have numbers."""

    INVOICE = "invoice"
    REFUND = "refund"
    FEE = "fee"


router = APIRouter(prefix="/api/v1/companies", tags=["companies"])
Company = Annotated[Text, Path(examples=["main"], description="Its name in the configuration.")]
Number = Annotated[Text, Path(min_length=1, examples=["INV-0099"], description="As a person would enter it.")]


def known(counter: Counter, company: str) -> str:
    """The name, if a company of this configuration is called that."""
    if company not in counter.desk.config.companies:
        raise NotSoError(404, "not-found", _("No company of this name is configured."))
    return company


@router.get("", summary="All companies, and how they stand", responses=documented(401, 403, 422, 429))
def listed(counter: Shared, _key: MayRead) -> list[CompanyStatus]:
    return [_status(each) for each in standings(counter.desk.config, counter.desk.engine)]


@router.post(
    "/{company}/sync",
    summary="Look now, not only at the next poll",
    status_code=202,
    responses=documented(401, 403, 404, 409, 422, 429),
)
def sync(company: Company, counter: Shared, key: MaySync) -> SyncAnswer:
    """Leaves an order that the ordinary tick carries out: nothing is done twice, whoever asks, and how often."""
    now = counter.desk.clock.now()
    known(counter, company)
    if not counter.desk.config.companies[company].enabled:
        raise NotSoError(409, "conflict", _("The company is disabled in the configuration."))
    with counter.desk.engine.begin() as connection:
        if wishes.paused(connection, company):
            raise NotSoError(409, "conflict", _("The company is paused."))
        wishes.want(connection, company, by=key.name, now=now)
    return SyncAnswer(company=company, wanted_at=now)


@router.get(
    "/{company}/numbers/{kind}/{number:path}",
    summary="Is a number free, and which to use instead?",
    responses=documented(401, 403, 404, 409, 422, 429),
)
def number(company: Company, kind: NumberedKind, number: Number, counter: Shared, key: MayRead) -> NumberCheck:
    """For the form in which your application asks for a number. Nothing is reserved: see `cuadre numbers reserve`."""
    known(counter, company)
    wait = counter.number_checks.take(key.id)
    if wait:
        raise too_many(wait)
    return _answer(asked(counter, company, lambda opened: check(opened, DocumentKind(kind), number)))


def asked(counter: Counter, company: str, question: Callable[[Opened], Found]) -> Found:
    """What both ends of a company answer; questions about one company come one after the other."""
    desk, turn = counter.desk, counter.turn(company)
    if not counter.asking.acquire(timeout=PATIENCE):
        raise _busy()
    try:
        if not turn.acquire(timeout=PATIENCE):
            raise _busy()
        try:
            with desk.open_company(desk.config, company, desk.engine, desk.clock) as opened:
                return question(opened)
        finally:
            turn.release()
    finally:
        counter.asking.release()


def _busy() -> NotSoError:
    detail = _("Others are asking QuickBooks; ask again in a moment.")
    return NotSoError(503, "unavailable", detail, headers={"Retry-After": "5"})


def _answer(found: Availability) -> NumberCheck:
    holder = told(found.holder) if found.holder else None
    return NumberCheck(
        number=found.number,
        available=found.taken is None,
        taken_by=found.taken,
        holder=holder,
        customer=found.customer,
        suggestion=found.suggestion,
        message=found.message,
    )


def _status(standing: Standing) -> CompanyStatus:
    stopped = [{"kind": each.kind.code, "sentence": sentence(each), "fix": fix(each)} for each in standing.stopped_by]
    return CompanyStatus.model_validate({**asdict(standing), "stopped_by": stopped})

"""What a refusal means, where its code alone does not tell: QuickBooks is looked at once more."""

from __future__ import annotations

from dataclasses import replace

import structlog

from connectors.contract import Outcome, Posting, Refused
from connectors.quickbooks import query
from connectors.quickbooks.client import Client
from connectors.quickbooks.encoding import decode
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.faults import Context
from connectors.quickbooks.matching import DELETED, has_name
from connectors.quickbooks.searching import Search
from connectors.quickbooks.setup import SetUp
from errors.kinds import (
    AccountRefused,
    CustomerNameTaken,
    DeletedInQuickBooks,
    InactiveReference,
    PeriodClosed,
    SubscriptionEnded,
)
from errors.problem import Fault, Problem, ProblemError, phrase

_OF_THE_SETUP = {PeriodClosed, SubscriptionEnded, AccountRefused, InactiveReference}

_log = structlog.get_logger("cuadre.quickbooks")


class Refusals:
    """One company's."""

    def __init__(self, client: Client, search: Search, setup: SetUp) -> None:
        self._client = client
        self._search = search
        self._setup = setup

    def told_apart(self, refused: Outcome, posting: Posting) -> Outcome:
        """Whether the set-up has changed; is the missing object the document or what it uses; who has the name."""
        if not isinstance(refused, Refused):
            return refused
        kinds = {problem.kind for problem in refused.problems}
        if kinds & _OF_THE_SETUP:
            self._setup.distrust()
        try:
            if InactiveReference in kinds and self._is_gone(posting):
                return Refused(problems=(self._gone(posting, refused.problems[0].fault),))
            if CustomerNameTaken in kinds:
                return replace(refused, problems=tuple(self._with_holder(problem) for problem in refused.problems))
        except ProblemError as error:
            _log.warning("not looked up", company=posting.company, why=error.problem.kind.code)
        return refused

    def _is_gone(self, posting: Posting) -> bool:
        target_id = decode(posting.body).get("Id")
        return target_id is not None and self._client.one(ENTITIES[posting.kind].name, target_id) is None

    def _gone(self, posting: Posting, fault: Fault) -> Problem:
        subject = f"{posting.kind.value} {posting.local_id}"
        return Problem(kind=DeletedInQuickBooks, subject=subject, facts={"document": posting.name}, fault=fault)

    def _with_holder(self, problem: Problem) -> Problem:
        """Who has the name: QuickBooks only says that somebody does (6240)."""
        if problem.kind is not CustomerNameTaken:
            return problem
        holders = {"Vendor": phrase("vendor"), "Customer": phrase("customer"), "Employee": phrase("employee")}
        name = str(problem.facts["name"])
        for entity, holder in holders.items():
            if any(
                has_name(row, "DisplayName", name)
                for row in self._search.asked(entity, "DisplayName", [name, name + DELETED], query.ANY_STATE)
            ):
                return replace(problem, facts={**problem.facts, "holder": holder})
        return problem

    def context(self, posting: Posting) -> Context:
        body = decode(posting.body)
        method = body.get("PaymentMethodRef", {}).get("value", "")
        books = self._setup.known
        methods = books.payment_methods if books is not None else ()
        return Context(
            company=self._client.company,
            kind=posting.kind,
            local_id=posting.local_id,
            name=posting.name,
            body=body,
            closing_date=books.closing_date if books is not None else None,
            payment_method=next((one.name for one in methods if one.target_id == method), ""),
        )

"""QuickBooks Online as a target: the contract (connectors/contract.py, Target), told in QuickBooks' terms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import requests
import structlog
from sqlalchemy import Connection

from connectors.contract import (
    Choice,
    Holder,
    Match,
    Operation,
    Outcome,
    Posted,
    Posting,
    References,
    Refused,
    Remote,
    Returned,
    Unknown,
)
from connectors.documents import Customer, Document, DocumentKind, Fee, Invoice, Payment, Refund, Service
from connectors.quickbooks import batch, books, finding
from connectors.quickbooks.answers import Answer
from connectors.quickbooks.batch import Room
from connectors.quickbooks.books import Books, setting_problems
from connectors.quickbooks.client import Client, silence
from connectors.quickbooks.differences import accepted, differences
from connectors.quickbooks.encoding import decode, encode
from connectors.quickbooks.entities import ENTITIES, write_params
from connectors.quickbooks.environments import pages_url
from connectors.quickbooks.limits import limit_problems
from connectors.quickbooks.mapping.customer import to_customer
from connectors.quickbooks.mapping.fee import to_purchase
from connectors.quickbooks.mapping.header import Body, Resolved, to_void
from connectors.quickbooks.mapping.invoice import to_invoice
from connectors.quickbooks.mapping.payment import to_payment
from connectors.quickbooks.mapping.refund import to_refund_receipt
from connectors.quickbooks.mapping.service import to_item
from connectors.quickbooks.matching import Row, remote_of
from connectors.quickbooks.mending import Mending
from connectors.quickbooks.mirror.mirror import Mirror
from connectors.quickbooks.outcomes import outcome_of
from connectors.quickbooks.refusals import Refusals
from connectors.quickbooks.resolving import period_problem, resolve
from connectors.quickbooks.searching import Search
from connectors.quickbooks.settings import CompanySettings
from connectors.quickbooks.setup import BOOKS_FRESH, BOOKS_LAST, SetUp
from connectors.quickbooks.sheets import sheet_of
from connectors.quickbooks.vendors import Vendors
from connectors.sheets import Sheet
from connectors.throttle import Throttle
from connectors.transport import Now
from errors.kinds import (
    CustomerNameTaken,
    InactiveReference,
    ServiceNameTaken,
)
from errors.problem import Phrase, Problem, ProblemError

_OF_OTHERS = {CustomerNameTaken, ServiceNameTaken, InactiveReference}  # the mirror may not have seen it yet

_log = structlog.get_logger("cuadre.quickbooks")


class QuickBooksTarget:
    """One company, for one thread at a time. Kept from tick to tick it knows the set-up, so idle ticks ask nothing."""

    def __init__(
        self, client: Client, settings: CompanySettings, mirror: Mirror, *, now: Now, fresh: timedelta
    ) -> None:
        self.settings = settings
        self._client = client
        self._mirror = mirror
        self._search = Search(client, mirror, fresh)
        self._setup = SetUp(client, mirror, now=now)
        self._vendors = Vendors(client, self._search, mirror)
        self._mending = Mending(client, self._search, self._setup, mirror)
        self._refusals = Refusals(client, self._search, self._setup)
        self._room = Room()

    @property
    def calls(self) -> int:
        """Calls made to QuickBooks since this target was opened; reads are metered (qbo-facts section 6)."""
        return self._client.session.calls

    @property
    def throttle(self) -> Throttle:
        """What keeps this company's limits."""
        assert self._client.session.throttle is not None
        return self._client.session.throttle

    @property
    def has_unsaved_calls(self) -> bool:
        return self._client.meter.has_unsaved

    def save_calls(self, connection: Connection) -> None:
        """Add the calls since the last time to the month's (connectors/quickbooks/meter.py)."""
        self._client.meter.save(connection)

    def guard(self, before_call: Callable[[], None] | None) -> None:
        """Asked before each call from here on; what it raises keeps the call from leaving."""
        self._client.session.before_call = before_call

    def expire(self, realm_id: str) -> None:
        """Something changed in QuickBooks that we did not write: the next question asks for the changes first."""
        self._mirror.expire(realm_id)

    # --- the company's set-up -----------------------------------------------------------------------------------------

    def books(self, no_older_than: timedelta = BOOKS_LAST) -> Books:
        """Accounts, payment methods and preferences. Raises as SetUp.books."""
        return self._setup.books(no_older_than)

    def probe(self) -> None:
        self._client.read("GET", f"companyinfo/{self._client.company_id}", attempts=1)

    def check(self, *, again: bool = False) -> tuple[Problem, ...]:
        try:
            problems = self._setting_problems(timedelta(0) if again else BOOKS_LAST)
            return problems and self._setting_problems(BOOKS_FRESH)
        except ProblemError as error:
            return (error.problem,)

    def advice(self) -> tuple[Phrase, ...]:
        return books.advice(self.books())

    def _setting_problems(self, no_older_than: timedelta) -> tuple[Problem, ...]:
        return setting_problems(self.books(no_older_than), self.settings)

    # --- matching -----------------------------------------------------------------------------------------------------

    def match(self, documents: Sequence[Customer | Service]) -> Mapping[str, Match]:
        return self._search.match(documents)

    def customers(self, text: str, limit: int) -> Sequence[Choice]:
        return self._search.customers(text, limit)

    # --- preparing ----------------------------------------------------------------------------------------------------

    def prepare(
        self,
        document: Document,
        references: References,
        operation: Operation,
        current: Remote | None,
        marker: str,
    ) -> str | tuple[Problem, ...]:
        """As the contract says; `current` is needed for an update and for a void.

        Raises:
            ProblemError: QuickBooks does not answer when the set-up or a vendor must be read.
        """
        if operation is not Operation.CREATE and current is None:
            raise ValueError(f"{operation} of {document.kind} {document.local_id} needs the document as it is now")
        held = current if operation is not Operation.CREATE else None
        if operation is Operation.VOID and held is not None:
            return self._prepare_void(document, held)
        problems = limit_problems(document, marker)
        resolved = self._resolve(document, references, held)
        if not isinstance(resolved, Resolved):
            return (*problems, *resolved)
        return problems or encode(_body(document, references, resolved, held, marker))

    def _resolve(self, document: Document, known: References, held: Remote | None) -> Resolved | tuple[Problem, ...]:
        if isinstance(document, Customer):
            return Resolved()
        given = (self.settings, held, self._vendors.id_of, known.methods)
        resolved = resolve(document, self.books(), *given)
        return resolved if isinstance(resolved, Resolved) else resolve(document, self.books(BOOKS_FRESH), *given)

    def _prepare_void(self, document: Document, current: Remote) -> str | tuple[Problem, ...]:
        """Cancelling changes the period in which QuickBooks holds the document, whatever the local date says now."""
        entered = str(current.body.get("TxnDate", ""))[:10]
        closing = self._closing_date(entered)
        if closing is None:
            return encode(to_void(document.kind, current))
        moment = datetime.fromisoformat(entered).date()
        return (period_problem(document, closing, moment, self.settings.name),)

    def _closing_date(self, entered: str) -> Any:
        """The closing date when it covers this day, read anew before anything is refused for it."""
        if not entered:
            return None
        for age in (BOOKS_LAST, BOOKS_FRESH):
            closing = self.books(age).closing_date
            if closing is None or entered > closing.isoformat():
                return None
        return closing

    # --- numbers ------------------------------------------------------------------------------------------------------

    def holders(self, kind: DocumentKind, numbers: Collection[str]) -> Mapping[str, Holder]:
        return self._search.holders(kind, numbers)

    def recent_numbers(self, kind: DocumentKind, prefix: str) -> Sequence[str]:
        return self._search.recent_numbers(kind, prefix)

    # --- posting ------------------------------------------------------------------------------------------------------

    def room(self, tries: int = 0) -> int:
        return self._room.size(tries)

    def batchable(self, kind: DocumentKind, operation: Operation) -> bool:
        return batch.batchable(kind, operation)

    def take_turn(self, documents: int) -> None:
        self._client.take_turn(batch=documents > 1)

    def post(self, postings: Sequence[Posting]) -> Sequence[Outcome]:
        """As the contract says. What was certainly not sent answers Refused, what may have been, Unknown.

        Not sent means throttled or not connected: the problem's verb is WAIT or HALT.
        """
        try:
            outcomes = self._answered(postings, self._written(postings))
        except ProblemError as error:
            # No status: it is the token endpoint's, and this document's request never left.
            unsent = replace(error.problem, fault=replace(error.problem.fault, status=None))
            return [Refused(problems=(unsent,))] * len(postings)
        except requests.RequestException as error:
            self._room.shrink()
            return [Unknown(problem=silence(self.settings.name, error))] * len(postings)
        self._tell(postings, outcomes)
        self._remember(postings, outcomes)
        return [
            self._refusals.told_apart(outcome, posting) for outcome, posting in zip(outcomes, postings, strict=True)
        ]

    def send(self, posting: Posting) -> Outcome:
        """One document alone."""
        return self.post([posting])[0]

    def _written(self, postings: Sequence[Posting]) -> Answer:
        first = postings[0]
        if first.bid:
            return self._client.write("batch", batch.body_of(postings), request_id=first.request_id)
        params = write_params(first.kind, first.operation)
        return self._client.write(ENTITIES[first.kind].name, first.body, request_id=first.request_id, params=params)

    def _answered(self, postings: Sequence[Posting], answer: Answer) -> list[Outcome]:
        answers = batch.answers_of(answer, postings) if postings[0].bid else None
        pairs = list(zip(answers or [answer] * len(postings), postings, strict=True))
        outcomes = [outcome_of(one, posting, self._refusals.context(posting)) for one, posting in pairs]
        if postings[0].bid and answers is None:
            outcomes = [batch.returned(outcome) for outcome in outcomes]
        self._learn(answer, outcomes)
        return outcomes

    def _learn(self, answer: Answer, outcomes: Sequence[Outcome]) -> None:
        """A call that was too much for QuickBooks carries fewer documents next time."""
        if answer.unauthorised or answer.throttled:
            return
        if isinstance(outcomes[0], Returned) or answer.status >= 500 or answer.body is None:
            self._room.shrink()
        else:
            self._room.worked()

    def _tell(self, postings: Sequence[Posting], outcomes: Sequence[Outcome]) -> None:
        for posting, outcome in zip(postings, outcomes, strict=True):
            _log.info(
                "sent",
                company=posting.company,
                document=posting.subject,
                operation=str(posting.operation),
                request_id=posting.request_id,
                bid=posting.bid,
                outcome=type(outcome).__name__,
            )

    def _remember(self, postings: Sequence[Posting], outcomes: Sequence[Outcome]) -> None:
        """Our own numbers and names are known from the answer; a refusal may tell of what somebody else has done."""
        rows: dict[str, list[Row]] = {}
        for posting, outcome in zip(postings, outcomes, strict=True):
            if isinstance(outcome, Posted):
                rows.setdefault(ENTITIES[posting.kind].name, []).append(outcome.remote.body)
        for entity, held in rows.items():
            self._mirror.remember(entity, held)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        if any(one.holder_id or _OF_OTHERS & {problem.kind for problem in one.problems} for one in refused):
            self._mirror.expire()

    def find(self, postings: Sequence[Posting]) -> Mapping[str, Remote]:
        return finding.find(self._client, postings)

    # --- mending ------------------------------------------------------------------------------------------------------

    def reactivate(self, document: Customer | Service, order: str, target_id: str = "") -> Phrase | None:
        if target_id:
            return self._mending.activate(document, target_id, order)
        return self._mending.reactivate(document, order)

    def create_method(self, name: str, *, credit_card: bool, order: str) -> Phrase | None:
        return self._mending.create_method(name, order, credit_card=credit_card)

    def payment_methods(self) -> Sequence[str]:
        return books.method_names(self.books(BOOKS_FRESH))

    def income_accounts(self) -> Sequence[str]:
        return books.income_accounts(self.books(BOOKS_FRESH))

    # --- reading ------------------------------------------------------------------------------------------------------

    def get(self, kind: DocumentKind, target_id: str) -> Remote | None:
        held = self._client.one(ENTITIES[kind].name, target_id)
        return remote_of(held) if held is not None else None

    def differences(self, sent: str, remote: Remote) -> tuple[str, ...]:
        return differences(decode(sent), remote.body)

    def accepted(self, sent: str, remote: Remote) -> str:
        return encode(accepted(decode(sent), remote.body))

    def customer_of(self, sent: str) -> str:
        reference = (decode(sent) if sent else {}).get("CustomerRef") or {}
        return str(reference.get("value", ""))

    def home_currency(self) -> str:
        return self.books().home_currency

    def sheet(self, kind: DocumentKind, remote: Remote) -> Sheet:
        return sheet_of(kind, remote.body, self.home_currency())

    def link(self, kind: DocumentKind, target_id: str) -> str:
        page = ENTITIES[kind].page.format(id=target_id)
        return f"{pages_url(self._client.environment)}/{page}"


def _body(document: Document, references: References, resolved: Resolved, current: Remote | None, marker: str) -> Body:
    match document:
        case Customer():
            return to_customer(document, current)
        case Service():
            return to_item(document, resolved, current)
        case Invoice():
            return to_invoice(document, references, resolved, current, marker)
        case Payment():
            return to_payment(document, references, resolved, current, marker)
        case Refund():
            return to_refund_receipt(document, references, resolved, current, marker)
        case Fee():
            return to_purchase(document, resolved, current, marker)

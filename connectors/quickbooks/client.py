"""The wire to one company: python-quickbooks' client on our own session, with every fault of an answer read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, Self

import requests
from quickbooks import QuickBooks
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from connectors.quickbooks import query
from connectors.quickbooks.answers import Answer, read_answer
from connectors.quickbooks.environments import api_url
from connectors.quickbooks.faults import Context, problems_of
from connectors.quickbooks.meter import Kind, Meter, kind_of
from connectors.tokens import Renewer, TokenStore
from connectors.transport import Session
from errors.kinds import QuickBooksUnavailable, Throttled
from errors.problem import Fault, Problem, ProblemError, phrase

ATTEMPTS = 4  # of a read
_GROWING = wait_exponential(multiplier=1, max=20)
_RANDOM = random.SystemRandom()
PAUSE = 60.0  # Intuit's advice after 429 (qbo-facts section 6)


class FaultError(ProblemError):
    """QuickBooks refused a read; `answer` tells all it said."""

    def __init__(self, problem: Problem, answer: Answer) -> None:
        super().__init__(problem)
        self.answer = answer


class _PassingError(Exception):
    """A read that may be asked again: no answer, or a failure on QuickBooks' side."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.code)
        self.problem = problem


class _Bearer(AuthBase):
    """As `auth`, so that no .netrc of the machine can take its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client(QuickBooks):  # type: ignore[misc]  # the library has no types
    """One company's client. Reads are repeated while they can pass; a write leaves once, whatever happens.

    The objects of python-quickbooks work with it (`Account.where(..., qb=client)`): they call `make_request`.
    """

    def __new__(cls, **_arguments: Any) -> Self:
        # The library's __new__ starts an OAuth2Session, may refresh the token and may hand out one global client.
        return object.__new__(cls)

    def __init__(
        self,
        *,
        company: str,
        environment: str,
        store: TokenStore,
        renewer: Renewer,
        session: Session,
        sleep: Callable[[float], None],
        meter: Meter,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        self.company = company
        self.environment = environment
        self.minorversion = self.MINIMUM_MINOR_VERSION
        self.session = session
        self.meter = meter
        self.realm = ""  # of the last call
        self._store = store
        self._renewer = renewer
        self._sleep = sleep
        self._jitter = jitter

    @property
    def api_url(self) -> str:
        return api_url(self.environment)

    @property
    def company_id(self) -> str:
        """The realm; raises ProblemError (ConnectionLost) while the company is not connected."""
        return self._renewer.fresh(self.company).realm_id

    # --- reads --------------------------------------------------------------------------------------------------------

    def read(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: str = "",
        content_type: str = "",
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """An answer without faults. A body is a query, unless `content_type` says otherwise.

        Raises:
            FaultError: QuickBooks refused it.
            ProblemError: QuickBooksUnavailable, QuickBooksFailed, Throttled, ConnectionLost.
        """
        retrying = Retrying(
            stop=stop_after_attempt(attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_PassingError),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            kind = content_type or ("application/text" if body else "application/json")
            return retrying(self._read_once, method, path, params, body, kind)
        except _PassingError as error:
            raise ProblemError(error.problem) from error

    def _wait(self, state: RetryCallState) -> float:
        """1, 2, 4 ... seconds, less up to a half: clients that failed together do not come back together."""
        return _GROWING(state) * (1 - self._jitter() / 2)

    def rows(self, entity: str, *conditions: str, order_by: str = "Id", limit: int | None = None) -> list[Any]:
        """Every row that a query finds, page by page; with `limit`, the first ones only. Raises as `read`."""
        return list(self._pages(entity, conditions, order_by, limit))

    def one(self, entity: str, target_id: str) -> Mapping[str, Any] | None:
        """An object by its id; None when it does not exist (610 with HTTP 400, qbo-facts 1.7). Raises as `read`."""
        try:
            answer = self.read("GET", f"{entity.lower()}/{target_id}")
        except FaultError as error:
            if error.answer.has("610"):
                return None
            raise
        found = (answer.body or {}).get(entity)
        return found if isinstance(found, Mapping) and found.get("status") != "Deleted" else None

    def _pages(self, entity: str, conditions: tuple[str, ...], order_by: str, limit: int | None) -> Iterator[Any]:
        size = min(limit or query.PAGE, query.PAGE)
        start = 1
        while True:
            statement = query.select(entity, *conditions, order_by=order_by, start=start, limit=size)
            answer = self.read("POST", "query", body=statement)
            page = (answer.body or {}).get("QueryResponse", {}).get(entity, [])
            yield from page
            start += size
            if len(page) < size or limit is not None:
                return

    def _read_once(self, method: str, path: str, params: Mapping[str, str] | None, body: str, kind: str) -> Answer:
        answer = self._passing_call(method, path, params, body, kind)
        if answer.unauthorised:  # the token died early: one renewal, then it counts
            answer = self._passing_call(method, path, params, body, kind)
        if answer.throttled:
            raise ProblemError(throttled(self.company, answer))
        if not answer.ok:
            self._refuse(answer)
        return answer

    def _refuse(self, answer: Answer) -> NoReturn:
        if not answer.entries and not answer.unauthorised:
            raise _PassingError(unreadable(self.company, answer))
        problem = problems_of(answer, Context(company=self.company))[0]
        if answer.status >= 500 or answer.has("10000"):
            raise _PassingError(problem)
        raise FaultError(problem, answer)

    def _passing_call(
        self, method: str, path: str, params: Mapping[str, str] | None, body: str, content_type: str
    ) -> Answer:
        try:
            return self.call(method, path, params=params, body=body, content_type=content_type)
        except requests.RequestException as error:
            raise _PassingError(silence(self.company, error)) from error

    # --- writes -------------------------------------------------------------------------------------------------------

    def write(self, resource: str, body: str, *, request_id: str, params: Mapping[str, str] | None = None) -> Answer:
        """One POST that is never repeated here, with its request id (qbo-facts 1.4: at most 50 characters).

        Raises:
            ProblemError: nothing was sent (Throttled, ConnectionLost, QuickBooksUnavailable at the token endpoint).
            requests.RequestException: sent, perhaps stored, not answered.
        """
        wanted = {**(params or {}), "requestid": request_id}
        return self.call("POST", resource.lower(), params=wanted, body=body, content_type="application/json")

    def take_turn(self, *, batch: bool) -> None:
        """Renew the token if need be and wait for the throttle now, so that the next write leaves without delay.

        Raises:
            ProblemError: nothing may leave (Throttled, ConnectionLost, QuickBooksUnavailable at the token endpoint).
        """
        self._renewer.fresh(self.company)
        if self.session.throttle is not None:
            self.session.throttle.reserve(batch=batch)

    # --- both ---------------------------------------------------------------------------------------------------------

    def call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: str = "", content_type: str
    ) -> Answer:
        """One HTTP call. A 401 marks the token, so that the next call renews it; a 429 pauses the company."""
        token = self._renewer.fresh(self.company)
        self.realm = token.realm_id
        response = self.session.request(
            method,
            f"{self.api_url}/company/{token.realm_id}/{path}",
            params={**(params or {}), "minorversion": str(self.minorversion)},
            data=body.encode() if body else None,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "Content-Type": content_type},
            auth=_Bearer(token.access_token),
            allow_redirects=False,  # a token follows nobody
        )
        answer = read_answer(response.status_code, response.headers, response.content.decode("utf-8", "replace"))
        self.meter.add(token.realm_id, kind_of(method, path) if answer.ok else Kind.FAILED)
        if answer.unauthorised:
            self._store.mark_stale(self.company, token.access_token)
        if answer.throttled and self.session.throttle is not None:
            self.session.throttle.pause(PAUSE * (1 + self._jitter() / 4))
        return answer

    def make_request(
        self,
        request_type: str,
        url: str,
        request_body: Any = None,
        content_type: str = "application/json",
        params: Mapping[str, Any] | None = None,
        file_path: str | None = None,
        file_bytes: bytes | None = None,
        request_id: str | None = None,
    ) -> Any:
        """What the library's objects call (`Account.where(..., qb=client)`); a write is sent once.

        Raises:
            ValueError: an upload.
            FaultError, ProblemError: as `read`.
        """
        if file_path or file_bytes:
            raise ValueError("files are not uploaded through this client")
        path = url.removeprefix(f"{self.api_url}/company/{self.company_id}/")
        named = {str(name): str(value) for name, value in (params or {}).items()}
        if request_type == "GET" or path == "query":
            return self.read(request_type, path, params=named, body=request_body or "").body
        named |= {"requestid": request_id} if request_id else {}
        try:
            answer = self.call(request_type, path, params=named, body=request_body or "", content_type=content_type)
        except requests.RequestException as error:
            raise ProblemError(silence(self.company, error)) from error
        if not answer.ok:
            problem = problems_of(answer, Context(company=self.company))[0] if answer.entries else None
            raise FaultError(problem or unreadable(self.company, answer), answer)
        return answer.body


def silence(company: str, error: requests.RequestException) -> Problem:
    """No answer. Says the failure's class only: the text of `error` holds the address with its query."""
    detail = phrase("no answer ({failure})", failure=type(error).__name__)
    return Problem(kind=QuickBooksUnavailable, subject=f"company {company}", facts={"detail": detail})


def unreadable(company: str, answer: Answer) -> Problem:
    detail = phrase("HTTP {status} without a readable answer", status=answer.status)
    facts = {"detail": detail}
    return Problem(kind=QuickBooksUnavailable, subject=f"company {company}", facts=facts, fault=answer.fault())


def throttled(company: str, answer: Answer | None = None) -> Problem:
    fault = answer.fault(answer.entries[0] if answer.entries else None) if answer else Fault()
    return Problem(kind=Throttled, subject=f"company {company}", fault=fault)

"""Connecting a company by its admin's consent in the browser, and ending the connection (qbo-facts 8.1)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from connectors.quickbooks.oauth import OAuth
from connectors.tokens import DISCONNECTED, LOST, TokenStore
from errors.kinds import ConnectionLost, ConsentFailed, DifferentCompany
from errors.problem import Fact, Fault, Problem, ProblemError, phrase


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What Intuit's page sends to the redirect address: ?code=...&state=...&realmId=..., or ?error=...&state=..."""

    state: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    realm_id: str = ""
    error: str = ""


def begin(oauth: OAuth) -> tuple[str, str]:
    """The page for the admin's browser, and the state by which the answer to it is known.

    Raises:
        ProblemError: QuickBooksUnavailable.
    """
    state = secrets.token_urlsafe(32)
    return oauth.authorization_url(state), state


def read_callback(url: str) -> Callback:
    """The address to which the browser was sent, or only its query string."""
    url = url.strip()
    values = {name: found[0] for name, found in parse_qs(urlsplit(url).query or url).items()}
    return Callback(
        state=values.get("state", ""),
        code=values.get("code", ""),
        realm_id=values.get("realmId", ""),
        error=values.get("error", ""),
    )


def answers(callback: Callback, expected_state: str) -> bool:
    """Whether it is the answer to our question, good or bad."""
    return secrets.compare_digest(callback.state.encode(), expected_state.encode())


def refusal(company: str, callback: Callback, expected_state: str) -> Problem | None:
    """Why this is no consent; None when it is one."""
    if not answers(callback, expected_state):
        return failed(company, phrase("the address does not belong to this attempt; use the newest link, once"))
    if callback.error == "access_denied":
        return failed(company, phrase("the consent was declined"))
    if callback.error:
        return failed(company, phrase("Intuit answered: {error}", error=callback.error))
    if not (callback.code and callback.realm_id):
        detail = phrase("the address has no code or no realmId; copy all of it from the browser's address bar")
        return failed(company, detail)
    return None


def failed(company: str, detail: Fact, fault: Fault | None = None) -> Problem:
    """The company was not connected, and why."""
    facts: dict[str, Fact] = {"company": company, "detail": detail}
    return Problem(kind=ConsentFailed, subject=f"company {company}", facts=facts, fault=fault or Fault())


def finish(
    oauth: OAuth,
    store: TokenStore,
    *,
    company: str,
    environment: str,
    callback: Callback,
    expected_state: str,
    force: bool = False,
) -> None:
    """Store the company's first tokens; durable when this returns.

    A company keeps its realm: what Cuadre remembers of the documents in one is wrong in another. `force` is for a
    company whose state was made anew.

    Raises:
        ProblemError: ConsentFailed (see `refusal`; or Intuit did not take the code), DifferentCompany, AppRefused,
            QuickBooksUnavailable.
    """
    if problem := refusal(company, callback, expected_state):
        raise ProblemError(problem)
    _require_same_realm(store, company, callback.realm_id, force=force)
    try:
        grant = oauth.exchange(company, callback.code, callback.realm_id)
    except ProblemError as error:
        if error.problem.kind is not ConnectionLost:
            raise
        detail = phrase("Intuit did not take the code, which is good once and for a few minutes")
        raise ProblemError(failed(company, detail, error.problem.fault)) from error
    store.connect(company, callback.realm_id, environment, grant)


def disconnect(oauth: OAuth, store: TokenStore, company: str) -> bool:
    """Revoke the tokens at Intuit, then forget them. False: there was nothing to end.

    Raises:
        ProblemError: QuickBooksUnavailable, AppRefused: nothing was forgotten; try again.
    """
    token = store.load(company)
    if token is None or token.status == DISCONNECTED:
        return False
    if token.status != LOST:
        _revoke(oauth, company, token.refresh_token)
    store.disconnect(company)
    return True


def _revoke(oauth: OAuth, company: str, refresh_token: str) -> None:
    try:
        oauth.revoke(company, refresh_token)
    except ProblemError as error:
        if error.problem.kind is not ConnectionLost:  # tokens that are dead already need no end
            raise


def _require_same_realm(store: TokenStore, company: str, realm_id: str, *, force: bool) -> None:
    earlier = store.realm_of(company)
    if earlier and earlier != realm_id and not force:
        facts: dict[str, Fact] = {"company": company, "earlier": earlier, "chosen": realm_id}
        raise ProblemError(Problem(kind=DifferentCompany, subject=f"company {company}", facts=facts))

"""Connecting a company by its admin's consent in the browser, and ending the connection (qbo-facts 8.1)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from connectors.quickbooks.oauth import OAuth
from connectors.tokens import DISCONNECTED, TokenStore, lost
from errors.kinds import ConnectionLost, DifferentCompany
from errors.language import _, say
from errors.problem import Problem, ProblemError


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What Intuit's page sends to the redirect address."""

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
    values = {name: found[0] for name, found in parse_qs(urlsplit(url).query or url).items()}
    return Callback(
        state=values.get("state", ""),
        code=values.get("code", ""),
        realm_id=values.get("realmId", ""),
        error=values.get("error", ""),
    )


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
        ProblemError: ConnectionLost (refused, or an answer to another question), DifferentCompany, AppRefused,
            QuickBooksUnavailable.
    """
    if callback.error:
        raise lost(company, say("the consent was not given ({error})", error=callback.error))
    if not secrets.compare_digest(callback.state.encode(), expected_state.encode()):
        raise lost(company, _("the answer from the browser does not belong to this attempt (state)"))
    if not (callback.code and callback.realm_id):
        raise lost(company, _("the answer from the browser lacks the code or the company (code, realmId)"))
    _require_same_realm(store, company, callback.realm_id, force=force)
    grant = oauth.exchange(company, callback.code, callback.realm_id)
    store.connect(company, callback.realm_id, environment, grant)


def disconnect(oauth: OAuth, store: TokenStore, company: str) -> bool:
    """Revoke the tokens at Intuit, then forget them. False: there was nothing to end.

    Raises:
        ProblemError: QuickBooksUnavailable, AppRefused: nothing was forgotten; try again.
    """
    token = store.load(company)
    if token is None or token.status == DISCONNECTED:
        return False
    try:
        oauth.revoke(company, token.refresh_token)
    except ProblemError as error:
        if error.problem.kind is not ConnectionLost:  # tokens that are dead already need no end
            raise
    store.disconnect(company)
    return True


def _require_same_realm(store: TokenStore, company: str, realm_id: str, *, force: bool) -> None:
    earlier = store.realm_of(company)
    if earlier and earlier != realm_id and not force:
        facts = {"company": company, "earlier": earlier, "chosen": realm_id}
        raise ProblemError(Problem(kind=DifferentCompany, subject=f"company {company}", facts=facts))

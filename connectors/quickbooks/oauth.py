"""Consent and tokens: Intuit's own library, with time limits, one look at the discovery document, and our errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Any

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from connectors.quickbooks.environments import discovery_url
from connectors.quickbooks.settings import AppSettings
from connectors.tokens import Grant, lost
from connectors.transport import Mount, Now, Session, trace_id
from errors.kinds import AppRefused, QuickBooksUnavailable
from errors.problem import Fact, Fault, Problem, ProblemError, phrase

_KEYS = ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "issuer", "jwks_uri")


class IntuitClient(Session, AuthClient):  # type: ignore[misc]  # the library has no types
    """intuit-oauth's client without its constructor, which would fetch the discovery document each time."""

    def __init__(self, app: AppSettings, document: dict[str, str], *, now: Now, mount: Mount | None) -> None:
        Session.__init__(self, now=now, timeouts=app.timeouts, mount=mount)
        self.client_id = app.client_id
        self.client_secret = app.client_secret
        self.redirect_uri = app.redirect_uri
        self.environment = app.environment
        self.auth_endpoint = document["authorization_endpoint"]
        self.token_endpoint = document["token_endpoint"]
        self.revoke_endpoint = document["revocation_endpoint"]
        self.user_info_url = document["userinfo_endpoint"]
        self.issuer_uri = document["issuer"]
        self.jwks_uri = document["jwks_uri"]
        self.state_token = self.realm_id = self.id_token = None
        self.access_token: str | None = None
        self.refresh_token: str | None = None
        self.expires_in: int | None = None
        self.x_refresh_token_expires_in: int | None = None


class OAuth:
    """What can be asked of Intuit about tokens, for every company of one app. Safe to share between threads."""

    def __init__(self, app: AppSettings, *, now: Now, mount: Mount | None = None) -> None:
        self._app = app
        self._now = now
        self._mount = mount
        self._document: dict[str, str] = {}
        self._lock = Lock()

    def authorization_url(self, state: str) -> str:
        """The page on which a company's admin consents. `state` comes from `secrets`, the library's is predictable."""
        return str(self._client("").get_authorization_url([Scopes.ACCOUNTING], state_token=state))

    def exchange(self, company: str, code: str, realm_id: str) -> Grant:
        """The first pair of tokens, for the code of a consent.

        Raises:
            ProblemError: ConnectionLost (the code is no longer good), AppRefused, QuickBooksUnavailable.
        """
        client = self._client(company)
        self._ask(company, lambda: client.get_bearer_token(code, realm_id=realm_id))
        return self._grant(company, client)

    def refresh(self, company: str, refresh_token: str) -> Grant:
        """The next pair of tokens. Raises as `exchange`."""
        client = self._client(company)
        self._ask(company, lambda: client.refresh(refresh_token=refresh_token))
        return self._grant(company, client)

    def revoke(self, company: str, token: str) -> None:
        """End the connection on Intuit's side; either token ends both. Raises as `exchange`."""
        client = self._client(company)
        self._ask(company, lambda: client.revoke(token=token))

    def _client(self, company: str) -> IntuitClient:
        # A client for each call: the library keeps answers as attributes of itself, so threads must not share one.
        return IntuitClient(self._app, self._discovered(company), now=self._now, mount=self._mount)

    def _discovered(self, company: str) -> dict[str, str]:
        with self._lock:
            if not self._document:
                self._document = self._ask(company, self._discover)
            return self._document

    def _discover(self) -> dict[str, str]:
        with Session(now=self._now, timeouts=self._app.timeouts, mount=self._mount) as session:
            answer = session.get(discovery_url(self._app.environment), headers={"Accept": "application/json"})
        if answer.status_code != 200:
            raise AuthClientError(answer)
        document = answer.json()
        if not isinstance(document, dict) or any(not isinstance(document.get(key), str) for key in _KEYS):
            raise requests.exceptions.InvalidJSONError("the discovery document is not complete")
        return {key: document[key] for key in _KEYS}

    def _ask(self, company: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except AuthClientError as error:
            raise _problem(company, error) from None  # the library's message may hold a token
        except (requests.RequestException, ValueError) as error:  # ValueError: an answer that is no JSON
            detail = phrase("the token endpoint did not answer ({failure})", failure=type(error).__name__)
            raise _unavailable(company, detail, Fault()) from None

    def _grant(self, company: str, client: IntuitClient) -> Grant:
        lives, refresh_lives = client.expires_in, client.x_refresh_token_expires_in
        if not (client.access_token and client.refresh_token and lives and refresh_lives):
            raise _unavailable(company, phrase("the token endpoint answered without tokens"), Fault(status=200))
        moment = self._now()
        return Grant(
            access_token=client.access_token,
            refresh_token=client.refresh_token,
            access_expires_at=moment + timedelta(seconds=lives),
            refresh_expires_at=moment + timedelta(seconds=refresh_lives),
        )


def _problem(company: str, error: AuthClientError) -> ProblemError:
    """invalid_grant: a person connects again; other refusals: the keys are wrong; the rest passes by itself."""
    code, detail = _oauth_error(error.content)
    fault = Fault(code=code, detail=detail, trace_id=trace_id(error.headers), status=error.status_code)
    if code == "invalid_grant":
        return lost(company, detail or code, fault)
    if code and error.status_code in {400, 401, 403}:
        facts = {"company": company or "NAME", "detail": detail or code}
        return ProblemError(Problem(kind=AppRefused, subject="app", facts=facts, fault=fault))
    text = phrase("the token endpoint answered HTTP {status}", status=error.status_code)
    return _unavailable(company, text, fault)


def _oauth_error(content: bytes) -> tuple[str, str]:
    """`error` and `error_description` of RFC 6749; two empty texts when the answer is something else."""
    try:
        body = json.loads(content)
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("error") or ""), str(body.get("error_description") or "")


def _unavailable(company: str, detail: Fact, fault: Fault) -> ProblemError:
    subject = f"company {company}" if company else "app"
    return ProblemError(Problem(kind=QuickBooksUnavailable, subject=subject, facts={"detail": detail}, fault=fault))

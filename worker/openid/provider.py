"""The sign-in service, as it is asked: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636).

What it publishes of itself (addresses, keys) is kept for an hour. Keys are asked for again when a token names one
that we do not hold, at most once a minute, so that a new key counts at once and forged tokens cost it nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from worker.config.schema import OpenId
from worker.openid.identity import Identity, identity_of, lacks
from worker.openid.token import Expected, claims_of
from worker.openid.trouble import OpenIdError, Trouble, UnknownKeyError

TIMEOUT = 10  # seconds
KEPT, AGAIN = timedelta(hours=1), timedelta(minutes=1)
PAUSE = timedelta(seconds=10)  # a service that does not answer is left alone so long: readers must not pile up
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class _Published:
    metadata: Mapping[str, Any]
    keys: KeySet
    at: datetime


class Provider:
    """One service. `redirect_uri`: where it sends readers back to. May be used from several threads."""

    def __init__(self, settings: OpenId, redirect_uri: str) -> None:
        self.settings, self.redirect_uri = settings, redirect_uri
        self._lock = Lock()
        self._published: _Published | None = None
        self._failed_at: datetime | None = None

    def address(self, *, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Where a reader signs in.

        Raises:
            OpenIdError: the service cannot be reached, or publishes what cannot be.
        """
        metadata = self._known(now).metadata
        with self._session(metadata) as session:
            url, _ = session.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    def identity(self, code: str, *, nonce: str, verifier: str, now: datetime) -> Identity:
        """Who signed in.

        Raises:
            OpenIdError: the service refused the code, or its answer cannot be trusted.
        """
        known = self._known(now)
        with self._session(known.metadata) as session:
            try:
                given = session.fetch_token(
                    known.metadata["token_endpoint"], code=code, code_verifier=verifier, allow_redirects=False
                )
            except (requests.RequestException, ValueError):
                raise OpenIdError(Trouble.UNREACHABLE, "no answer about the code") from None
            except AuthlibBaseError:
                raise OpenIdError(Trouble.DENIED, "the code was refused") from None
            claims = self._claims(given, nonce, now)
            if lacks(claims, self.settings) and "userinfo_endpoint" in known.metadata:
                claims = {**_more(session, known.metadata["userinfo_endpoint"], claims["sub"]), **claims}
        return identity_of(claims, self.settings)

    def published(self, now: datetime) -> Mapping[str, Any]:
        """What the service says of itself.

        Raises:
            OpenIdError: as `address`.
        """
        return self._known(now).metadata

    def way_out(self, now: datetime) -> str:
        """Where a reader ends the session at the service itself (RP-Initiated Logout 1.0); empty: it tells nowhere."""
        try:
            there = self._known(now).metadata.get("end_session_endpoint")
        except OpenIdError:
            return ""
        if not _is_safe(there, self.settings.issuer):
            return ""
        return f"{there}{'&' if '?' in there else '?'}{urlencode({'client_id': self.settings.client_id})}"

    # --- how ---------------------------------------------------------------------------------------------------------

    def _claims(self, given: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        expected = Expected(
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            nonce=nonce,
            access_token=str(given.get("access_token", "")),
        )
        token = str(given.get("id_token", ""))
        try:
            return claims_of(token, self._known(now).keys, expected, now)
        except UnknownKeyError:
            return claims_of(token, self._known(now, AGAIN).keys, expected, now)

    def _known(self, now: datetime, kept: timedelta = KEPT) -> _Published:
        with self._lock:
            if self._published is None or now - self._published.at >= kept:
                if self._failed_at is not None and now - self._failed_at < PAUSE:
                    raise OpenIdError(Trouble.UNREACHABLE, "it did not answer a moment ago")
                self._failed_at = now
                self._published = _published(self.settings.issuer, now)
                self._failed_at = None
            return self._published

    def _session(self, metadata: Mapping[str, Any]) -> Any:
        secret = self.settings.client_secret.get_secret_value()
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        with_secret = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self.settings.client_id,
            secret or None,
            token_endpoint_auth_method=with_secret if secret else "none",
            scope=" ".join(self.settings.scopes),
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
        )


def _published(issuer: str, now: datetime) -> _Published:
    metadata = _json(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if metadata.get("issuer") != issuer:
        raise OpenIdError(Trouble.UNTRUSTED, "it calls itself by another issuer than site.openid.issuer")
    for name in NEEDED:
        if not _is_safe(metadata.get(name), issuer):
            raise OpenIdError(Trouble.UNTRUSTED, f"its {name} is missing or not https")
    if not _is_safe(metadata.get("userinfo_endpoint"), issuer):
        metadata = {name: value for name, value in metadata.items() if name != "userinfo_endpoint"}
    return _Published(metadata, _keys(metadata["jwks_uri"]), now)


def _is_safe(url: object, issuer: str) -> TypeGuard[str]:
    """Http only where the issuer itself is on this machine (worker/config/checks.py)."""
    if not isinstance(url, str):
        return False
    return urlsplit(url).scheme in {"https", urlsplit(issuer).scheme}


def _keys(url: str) -> KeySet:
    listed = _json(url).get("keys")
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    keys = [key for each in found if each.get("use", "sig") == "sig" for key in _key(each)]
    return KeySet(keys)


def _key(given: dict[str, Any]) -> list[Any]:
    """None for a key of a kind that we do not know: services publish those for others."""
    try:
        serialized: KeySetSerialization = {"keys": [given]}
        return list(KeySet.import_key_set(serialized).keys)
    except (JoseError, ValueError, KeyError, TypeError):
        return []


def _more(session: Any, url: str, subject: str) -> Mapping[str, Any]:
    try:
        answer = session.get(url, allow_redirects=False)
        more = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, AuthlibBaseError):
        raise OpenIdError(Trouble.UNREACHABLE, "no answer about the person") from None
    if not isinstance(more, dict) or more.get("sub") != subject:
        raise OpenIdError(Trouble.UNTRUSTED, "it tells of another person than the one who signed in")
    return more


def _json(url: str) -> Mapping[str, Any]:
    try:
        answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False, headers={"Accept": "application/json"})
        found = answer.json() if answer.status_code == 200 else None
    except requests.RequestException:
        raise OpenIdError(Trouble.UNREACHABLE, "it does not answer") from None
    if not isinstance(found, dict):
        raise OpenIdError(Trouble.UNREACHABLE, f"no JSON at its address (status {answer.status_code})")
    return found

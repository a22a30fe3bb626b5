"""Intuit's sign-in over HTTP: discovery, tokens, revocation, keys, userinfo (qbo-facts 8.1)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.signin import person
from connectors.quickbooks.sandbox.signin.consent import authorize
from connectors.quickbooks.sandbox.signin.tokens import ACCESS_LIFE, GrantRefused, Tokens
from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

ISSUER = "https://oauth.platform.intuit.com/op/v1"  # a name, not an address: Node clients compare id tokens with it
AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"  # noqa: S105 - a path
REVOKE = "/v2/oauth2/tokens/revoke"
USERINFO = "/v1/openid_connect/userinfo"
JWKS = "/op/v1/jwks"
DISCOVERY = ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration")
HARD_HEADER = "x-include-refresh-token-hard-expires-in"


def answer(sandbox: Sandbox, request: Request) -> Response | None:
    """Answer a sign-in path; None when the path is not one of them, 405 for another method than it has."""
    handlers: dict[str, tuple[str, Callable[[Sandbox, Request], Response]]] = {
        **dict.fromkeys(DISCOVERY, ("GET", lambda _sandbox, asked: _json(200, discovery(root(asked))))),
        AUTHORIZE: ("GET, POST", authorize),
        TOKEN: ("POST", _token),
        REVOKE: ("POST", _revoke),
        USERINFO: ("GET", _userinfo),
        JWKS: ("GET", lambda sandbox, _asked: _json(200, sandbox.key.published())),
    }
    found = handlers.get(request.path.rstrip("/"))
    if found is None:
        return None
    methods, handler = found
    if request.method not in methods.split(", "):
        return Response(405, {"Allow": methods})
    return handler(sandbox, request)


def root(request: Request) -> str:
    """Return the address under which the client has found this sandbox, a proxy's included."""
    host = request.header("X-Forwarded-Host") or request.header("Host") or "quickbooks.sandbox"
    return f"{request.header('X-Forwarded-Proto') or 'http'}://{host}"


def discovery(root: str) -> Json:
    """Return the discovery document with absolute URLs below the address that was asked."""
    return {
        "issuer": ISSUER,
        "authorization_endpoint": root + AUTHORIZE,
        "token_endpoint": root + TOKEN,
        "userinfo_endpoint": root + USERINFO,
        "revocation_endpoint": root + REVOKE,
        "jwks_uri": root + JWKS,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def _token(sandbox: Sandbox, request: Request) -> Response:
    form = _sent(request)
    client = _client(sandbox, request, form)
    if client is None:
        return _json(401, {"error": "invalid_client"})
    try:
        if form.get("grant_type") == "authorization_code":
            return _exchanged(sandbox, request, form, client)
        if form.get("grant_type") == "refresh_token":
            return _json(200, _granted(sandbox.tokens.refresh(form.get("refresh_token", ""), client), request))
    except GrantRefused as refused:
        described = {"error_description": str(refused)} if str(refused) else {}
        return _json(400, {**described, "error": "invalid_grant"})
    return _json(400, {"error": "unsupported_grant_type" if form.get("grant_type") else "invalid_request"})


def _exchanged(sandbox: Sandbox, request: Request, form: dict[str, str], client: str) -> Response:
    tokens, consent = sandbox.tokens.exchange(form.get("code", ""), client, form.get("redirect_uri", ""))
    granted = _granted(tokens, request)
    if "openid" in consent.scope.split():
        claims = person.claims(consent, ISSUER, sandbox.clock.now())
        granted["id_token"] = sandbox.key.signed(claims)
    return _json(200, granted)


def _granted(tokens: Tokens, request: Request) -> Json:
    granted = {
        "token_type": "bearer",
        "access_token": tokens.access,
        "expires_in": ACCESS_LIFE.seconds,
        "refresh_token": tokens.refresh,
        "x_refresh_token_expires_in": tokens.refresh_seconds,
    }
    if request.header(HARD_HEADER).lower() == "true":
        granted["x_refresh_token_hard_expires_in"] = tokens.hard_seconds
    return granted


def _revoke(sandbox: Sandbox, request: Request) -> Response:
    """Kill the pair; the token comes as JSON or as a form."""
    sent = _sent(request)
    if _client(sandbox, request, sent) is None:
        return _json(401, {"error": "invalid_client"})
    if not sandbox.tokens.revoke(sent.get("token", "")):
        return _json(400, {"error": "invalid_request"})
    return Response(200)


def _userinfo(sandbox: Sandbox, request: Request) -> Response:
    token = request.header("Authorization").partition(" ")[2]
    scopes = sandbox.tokens.scopes_of(token)
    if not scopes:
        return _json(401, {"error": "invalid_token"})
    if "openid" not in scopes:
        return _json(403, {"error": "insufficient_scope"})
    return _json(200, person.userinfo(scopes))


def _sent(request: Request) -> dict[str, str]:
    """Return the members of a JSON object or of a form."""
    try:
        sent = request.json
    except (ValueError, RecursionError):
        return request.form
    return {name: str(value) for name, value in sent.items()} if isinstance(sent, dict) else {}


def _client(sandbox: Sandbox, request: Request, sent: dict[str, str]) -> str | None:
    """Return the client of a Basic header or of the body, None when missing or not registered with this secret."""
    scheme, _, coded = request.header("Authorization").partition(" ")
    client, secret = sent.get("client_id", ""), sent.get("client_secret", "")
    if scheme:
        try:
            client, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        if scheme.lower() != "basic":
            return None
    return client if client and sandbox.knows_client(client, secret) else None


def _json(status: int, body: Json) -> Response:
    headers = {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-cache, no-store"}
    return Response(status, headers, jsontext.dumps(body).encode())

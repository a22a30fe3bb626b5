"""Intuit's sign-in: discovery, consent, tokens, revocation (qbo-facts 8.1)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.signin.consent import consent_page
from connectors.quickbooks.sandbox.signin.tokens import GrantRefused, Tokens
from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"  # noqa: S105 - a path
REVOKE = "/v2/oauth2/tokens/revoke"
USERINFO = "/v1/openid_connect/userinfo"
JWKS = "/op/v1/jwks"
DISCOVERY = ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration")


def answer(sandbox: Sandbox, request: Request) -> Response | None:
    """Answer a sign-in path; None when the path is not one of them."""
    path = request.path.rstrip("/")
    if path in DISCOVERY:
        return _json(200, discovery(request.header("Host") or "quickbooks.sandbox"))
    if path == JWKS:
        return _json(200, {"keys": []})
    handlers = {AUTHORIZE: _authorize, TOKEN: _token, REVOKE: _revoke, USERINFO: _userinfo}
    handler = handlers.get(path)
    return handler(sandbox, request) if handler else None


def discovery(host: str) -> Json:
    """Return the discovery document with absolute URLs on the host that was asked."""
    root = f"http://{host}"
    return {
        "issuer": f"{root}/op/v1",
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


def _authorize(sandbox: Sandbox, request: Request) -> Response:
    """GET shows the consent page; POST answers as the person clicked."""
    asked = {**request.query, **(request.form if request.method == "POST" else {})}
    if not asked.get("redirect_uri") or not sandbox.knows_client(asked.get("client_id", "")):
        return Response(400, {"Content-Type": "text/plain;charset=utf-8"}, b"Unknown client_id or no redirect_uri.")
    if request.method == "GET":
        page = consent_page(asked, sandbox.company_names())
        return Response(200, {"Content-Type": "text/html;charset=utf-8"}, page.encode())
    returned = {"state": asked.get("state", "")}
    realm = asked.get("realmId", "")
    if asked.get("action") == "connect" and realm and sandbox.may_exist(realm):
        sandbox.company(realm)
        code = sandbox.tokens.new_code(asked["client_id"], realm, asked["redirect_uri"])
        returned = {"code": code, **returned, "realmId": realm}
    else:
        returned = {"error": "access_denied", **returned}
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    return Response(302, {"Location": f"{asked['redirect_uri']}{joint}{urlencode(returned)}"})


def _token(sandbox: Sandbox, request: Request) -> Response:
    client = _client(sandbox, request)
    if client is None:
        return _json(401, {"error": "invalid_client"})
    form = request.form
    try:
        if form.get("grant_type") == "authorization_code":
            tokens = sandbox.tokens.exchange(form.get("code", ""), client, form.get("redirect_uri", ""))
        elif form.get("grant_type") == "refresh_token":
            tokens = sandbox.tokens.refresh(form.get("refresh_token", ""), client)
        else:
            return _json(400, {"error": "unsupported_grant_type"})
    except GrantRefused as refused:
        described = {"error_description": str(refused)} if str(refused) else {}
        return _json(400, {**described, "error": "invalid_grant"})
    return _json(200, _granted(tokens))


def _granted(tokens: Tokens) -> Json:
    return {
        "token_type": "bearer",
        "access_token": tokens.access,
        "expires_in": 3600,
        "refresh_token": tokens.refresh,
        "x_refresh_token_expires_in": tokens.refresh_seconds,
    }


def _revoke(sandbox: Sandbox, request: Request) -> Response:
    """Kill the pair; the token comes as JSON or as a form."""
    if _client(sandbox, request) is None:
        return _json(401, {"error": "invalid_client"})
    try:
        sent = request.json
    except ValueError:
        sent = request.form
    token = str(sent.get("token", "")) if isinstance(sent, dict) else ""
    if not sandbox.tokens.revoke(token):
        return _json(400, {"error": "invalid_request"})
    return Response(200)


def _userinfo(sandbox: Sandbox, request: Request) -> Response:
    if not sandbox.tokens.realms_of(request.header("Authorization").removeprefix("Bearer ")):
        return _json(401, {"error": "invalid_token"})
    return _json(200, {"sub": "1182d6ec-0000-4000-8000-000000000001", "email": "owner@example.com"})


def _client(sandbox: Sandbox, request: Request) -> str | None:
    """Return the client of a Basic header, None when it is missing or not registered with this secret."""
    scheme, _, coded = request.header("Authorization").partition(" ")
    try:
        client, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if scheme.lower() != "basic" or not client or not sandbox.knows_client(client, secret):
        return None
    return client


def _json(status: int, body: Json) -> Response:
    headers = {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-cache, no-store"}
    return Response(status, headers, jsontext.dumps(body).encode())

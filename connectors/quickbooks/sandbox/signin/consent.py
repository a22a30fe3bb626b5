"""The page on which a person chooses a company and connects, or does not; a test posts what the person would click."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.signin.grants import ACCOUNTING, Consent

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

CARRIED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce")
SCOPES = {
    ACCOUNTING: "read and write the accounting data of one company",
    "com.intuit.quickbooks.payment": "take payments",
    "openid": "know who you are",
    "profile": "see your name",
    "email": "see your e-mail address",
    "phone": "see your telephone number",
    "address": "see your address",
}


def authorize(sandbox: Sandbox, request: Request) -> Response:
    """GET shows the page; POST answers as the person clicked, `action` being "connect" or "cancel".

    What is wrong with the app itself is told to the person, everything else to the app, at its redirect address.
    """
    asked = {**request.query, **(request.form if request.method == "POST" else {})}
    wrong = _wrong_app(sandbox, asked)
    if wrong:
        return Response(400, {"Content-Type": "text/plain;charset=utf-8"}, wrong.encode())
    refused = _wrong_request(asked)
    if refused:
        return _back(asked, {"error": refused})
    if request.method != "POST":
        page = consent_page(asked, sandbox.company_names())
        return Response(200, {"Content-Type": "text/html;charset=utf-8"}, page.encode())
    realm = asked.get("realmId") or next(iter(sandbox.companies), "")
    if asked.get("action") != "connect" or not realm or not sandbox.may_exist(realm):
        return _back(asked, {"error": "access_denied"})
    sandbox.company(realm)
    scope = asked.get("scope") or ACCOUNTING
    consent = Consent(asked["client_id"], realm, asked["redirect_uri"], scope, asked.get("nonce", ""))
    return _back(asked, {"code": sandbox.tokens.new_code(consent)}, {"realmId": realm})


def consent_page(asked: Mapping[str, str], companies: Mapping[str, str]) -> str:
    """Return the page's HTML; `companies` maps realm ids to names."""
    hidden = "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in CARRIED if name in asked
    )
    options = "\n".join(
        f'<option value="{escape(realm)}">{escape(name)} ({escape(realm)})</option>'
        for realm, name in companies.items()
    )
    wishes = "\n".join(f"<li>{SCOPES[scope]}</li>" for scope in (asked.get("scope") or ACCOUNTING).split())
    client = escape(asked.get("client_id", ""))
    return _template().substitute(client=client, hidden=hidden, options=options, wishes=wishes)


def _wrong_app(sandbox: Sandbox, asked: Mapping[str, str]) -> str:
    if not sandbox.knows_client(asked.get("client_id", "")):
        return "The client_id is missing or unknown to this sandbox."
    try:
        address = urlsplit(asked.get("redirect_uri", ""))
    except ValueError:
        return "The redirect_uri is no address."
    usable = address.scheme and (address.netloc or address.path)
    return "" if usable else "The redirect_uri is missing or no absolute address."


def _wrong_request(asked: Mapping[str, str]) -> str:
    if asked.get("response_type", "code") != "code":
        return "unsupported_response_type"
    return "" if set(asked.get("scope", "").split()) <= SCOPES.keys() else "invalid_scope"


def _back(asked: Mapping[str, str], first: Mapping[str, str], last: Mapping[str, str] | None = None) -> Response:
    state = {"state": asked["state"]} if "state" in asked else {}
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    members = urlencode({**first, **state, **(last or {})})
    return Response(302, {"Location": f"{asked['redirect_uri']}{joint}{members}"})


@cache
def _template() -> Template:
    page = resources.files("connectors.quickbooks.sandbox.signin").joinpath("consent.html")
    return Template(page.read_text(encoding="utf-8"))

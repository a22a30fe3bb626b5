"""The person who signs in, as OpenID shows them: what each scope lets an app see (Intuit's userinfo and id token)."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.signin.grants import ACCOUNTING, Consent

SUBJECT = "1182d6ec-0000-4000-8000-000000000001"
SHOWN: dict[str, Json] = {
    "email": {"email": "owner@example.com", "emailVerified": True},
    "profile": {"givenName": "Sandbox", "familyName": "Owner"},
    "phone": {"phoneNumber": "+1 6505550100", "phoneNumberVerified": False},
    "address": {
        "address": {
            "streetAddress": "123 Sierra Way",
            "locality": "San Pablo",
            "region": "CA",
            "postalCode": "87999",
            "country": "US",
        },
    },
}
LIFE = timedelta(seconds=3600)


def userinfo(scopes: frozenset[str]) -> Json:
    """Return the members that the scopes open."""
    shown = {"sub": SUBJECT}
    for scope, members in SHOWN.items():
        if scope in scopes:
            shown |= members
    return shown


def claims(consent: Consent, issuer: str, now: datetime) -> Json:
    """Return an id token's claims: `aud` is a list, `realmid` stands there when the books are open to the app."""
    issued = int(now.timestamp())
    found = {
        "sub": SUBJECT,
        "aud": [consent.client],
        "iss": issuer,
        "exp": issued + LIFE // timedelta(seconds=1),
        "iat": issued,
        "auth_time": issued,
    }
    if ACCOUNTING in consent.scope.split():
        found["realmid"] = consent.realm
    return {**found, "nonce": consent.nonce} if consent.nonce else found

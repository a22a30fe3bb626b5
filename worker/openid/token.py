"""The ID token: what it says counts only when the service signed it, for us, for this sign-in, and just now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from worker.openid.trouble import OpenIdError, Trouble, UnknownKeyError

# Only signatures that need the service's private key: neither "none", nor ones made with what others know, too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
LEEWAY = 120  # seconds that two clocks may differ
LONGEST = 64 * 1024  # characters

_registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)  # services add headers of their own


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the token must say."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


def claims_of(token: str, keys: KeySet, expected: Expected, now: datetime) -> Mapping[str, Any]:
    """The claims of a token that may be trusted (OpenID Connect Core, section 3.1.3.7).

    Raises:
        UnknownKeyError: none of these keys signed it.
        OpenIdError: it may not be trusted.
    """
    if len(token) > LONGEST:
        raise OpenIdError(Trouble.UNTRUSTED, "the token is too long")
    try:
        read = jwt.decode(token, keys, registry=_registry)
        _check(read, expected, now)
    except InvalidKeyIdError:
        raise UnknownKeyError from None
    except (JoseError, ValueError, TypeError) as error:  # libraries answer bad shapes in all these ways
        raise OpenIdError(Trouble.UNTRUSTED, f"the token is not valid: {_why(error)}") from None
    return dict(read.claims)


def _check(read: jwt.Token, expected: Expected, now: datetime) -> None:
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
    }
    params = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token}
    token = CodeIDToken(read.claims, read.header, options, params)
    token.validate(now=int(now.timestamp()), leeway=LEEWAY)
    if not isinstance(read.claims["sub"], str) or not 1 <= len(read.claims["sub"]) <= 255:
        raise ValueError("sub")


def _why(error: Exception) -> str:
    """The library's word for it, never the token's."""
    return str(getattr(error, "error", "") or type(error).__name__)

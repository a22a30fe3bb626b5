"""The sandbox's own signing key: made when first needed, published as a JWK, and used for id tokens (RS256)."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

NAME = "OPENIDDEFAULT"
BITS = 2048


class SigningKey:
    """An RSA key; `pem` is "" until it was needed once."""

    def __init__(self, pem: str = "") -> None:
        self.pem = pem

    def published(self) -> dict[str, Any]:
        """Return the JWK set."""
        numbers = self._key.public_key().public_numbers()
        public = {"e": _coded_number(numbers.e), "n": _coded_number(numbers.n)}
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": NAME, **public}]}

    def signed(self, claims: dict[str, Any]) -> str:
        """Return the claims as a signed JWT."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - see _key
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        header = {"kid": NAME, "typ": "JWT", "alg": "RS256"}
        text = ".".join(_coded(jsontext.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{_coded(self._key.sign(text.encode(), PKCS1v15(), SHA256()))}"

    @cached_property
    def _key(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - most runs need no key
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

        if self.pem:
            loaded = form.load_pem_private_key(self.pem.encode(), None)
            assert isinstance(loaded, rsa.RSAPrivateKey)
            return loaded
        made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        plain = form.NoEncryption()
        self.pem = made.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, plain).decode()
        return made


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _coded_number(number: int) -> str:
    return _coded(number.to_bytes((number.bit_length() + 7) // 8, "big"))

"""Why nobody was signed in: by the sign-in service's fault, or by an answer that cannot be trusted."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """UNREACHABLE: no answer, or one that says nothing. DENIED: it said no. UNTRUSTED: it is not what it must be."""

    UNREACHABLE = "unreachable"
    DENIED = "denied"
    UNTRUSTED = "untrusted"


class OpenIdError(Exception):
    """`detail` is in our own words and holds nothing that the service, or somebody in between, wrote."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble, self.detail = trouble, detail


class UnknownKeyError(OpenIdError):
    """Signed with a key that is not among those we hold: the service may have changed its keys since."""

    def __init__(self) -> None:
        super().__init__(Trouble.UNTRUSTED, "the token is signed with an unknown key")

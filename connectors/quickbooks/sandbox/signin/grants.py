"""What a company's admin has permitted: authorisation codes and grants, as plain values that a file can hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

ACCOUNTING = "com.intuit.quickbooks.accounting"
ANY_CLIENT = "*"
ANY_REALM = "*"


@dataclass(frozen=True)
class Consent:
    """What a person agreed to: which app, which company, which scopes; `nonce` comes back in the id token."""

    client: str
    realm: str
    redirect_uri: str
    scope: str = ACCOUNTING
    nonce: str = ""


@dataclass(frozen=True)
class Code:
    """An authorisation code: single use, five minutes."""

    consent: Consent
    issued: datetime

    def state(self) -> dict[str, Any]:
        return {"consent": vars(self.consent), "issued": self.issued.isoformat()}

    @classmethod
    def of(cls, state: dict[str, Any]) -> Code:
        return cls(Consent(**state["consent"]), datetime.fromisoformat(state["issued"]))


@dataclass
class Grant:
    """One app's permission for one company.

    `access` maps each access token to its end; `fixed` maps those given on the command line to how far the clock may
    be moved by order before they end, since a client under test cannot refresh them. `also` holds the companies that
    were made on demand for its tokens.
    """

    client: str
    realm: str
    scope: str
    refresh: str
    granted: datetime
    refresh_issued: datetime
    access: dict[str, datetime] = field(default_factory=dict)
    fixed: dict[str, timedelta] = field(default_factory=dict)
    also: list[str] = field(default_factory=list)

    def holds(self, token: str) -> bool:
        return token == self.refresh or token in self.access or token in self.fixed

    def living(self, token: str, now: datetime, moved: timedelta) -> bool:
        if token in self.fixed:
            return moved < self.fixed[token]
        return token in self.access and now < self.access[token]

    def state(self) -> dict[str, Any]:
        return {
            **vars(self),
            "granted": self.granted.isoformat(),
            "refresh_issued": self.refresh_issued.isoformat(),
            "access": {token: end.isoformat() for token, end in self.access.items()},
            "fixed": {token: span // timedelta(seconds=1) for token, span in self.fixed.items()},
        }

    @classmethod
    def of(cls, state: dict[str, Any]) -> Grant:
        moments = {name: datetime.fromisoformat(state[name]) for name in ("granted", "refresh_issued")}
        access = {token: datetime.fromisoformat(end) for token, end in state["access"].items()}
        fixed = {token: timedelta(seconds=span) for token, span in state["fixed"].items()}
        return cls(**{**state, **moments, "access": access, "fixed": fixed})

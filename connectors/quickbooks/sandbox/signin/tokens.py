"""The tokens that are out: given, refreshed, rotated, revoked (qbo-facts 8.1, 12.12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.quickbooks.sandbox.clock import Clock
from connectors.quickbooks.sandbox.signin.grants import ACCOUNTING, ANY_CLIENT, ANY_REALM, Code, Consent, Grant

ACCESS_LIFE = timedelta(seconds=3600)
REFRESH_LIFE = timedelta(seconds=8726400)
HARD_LIFE = timedelta(days=5 * 365)  # announced November 2025: no chain of refresh tokens outlives five years
CODE_LIFE = timedelta(minutes=5)
ROTATION = timedelta(hours=24)
ROTATIONS = ("daily", "always", "never")
EVERY_SCOPE = f"{ACCOUNTING} com.intuit.quickbooks.payment openid profile email phone address"
ACCESS_HEADER = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0"
UNKNOWN = "Incorrect or invalid refresh token"
WRONG_CLIENT = "Incorrect Token type or clientID"


class GrantRefused(Exception):  # noqa: N818 - a normal answer of the token endpoint
    """invalid_grant, with a description or without."""


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint answers; `hard_seconds` are left until the five years are over."""

    access: str
    refresh: str
    refresh_seconds: int
    hard_seconds: int


class TokenBook:
    """Gives out and checks tokens; `rotate` is "daily", "always" or "never"; `random_hex(n)` gives 2n characters.

    `version` grows with every change, so that a file need not be written when there was none.
    """

    def __init__(self, clock: Clock, random_hex: Callable[[int], str], rotate: str) -> None:
        if rotate not in ROTATIONS:
            raise ValueError(f"rotate is daily, always or never, not {rotate}")
        self.version = 0
        self._clock = clock
        self._random = random_hex
        self._rotate = rotate
        self._codes: dict[str, Code] = {}
        self._grants: list[Grant] = []

    def new_code(self, consent: Consent) -> str:
        self.version += 1
        code = "AB11" + self._random(23)
        self._codes[code] = Code(consent, self._now())
        return code

    def exchange(self, code: str, client: str, redirect_uri: str) -> tuple[Tokens, Consent]:
        """Turn a code into tokens; the app's older grant for the company dies. Raises `GrantRefused`."""
        self.version += 1
        found = self._codes.pop(code, None)
        if found is None or found.issued + CODE_LIFE <= self._now():
            raise GrantRefused
        consent = found.consent
        if (consent.client, consent.redirect_uri) != (client, redirect_uri):
            raise GrantRefused(WRONG_CLIENT)
        self._grants = [one for one in self._grants if (one.client, one.realm) != (client, consent.realm)]
        granted = self._new_grant(client, consent.realm, consent.scope, self._new_refresh())
        return self._issue(granted), consent

    def grant(self, realm: str = ANY_REALM, *, access: str = "", refresh: str = "") -> None:
        """Accept fixed tokens for a company, or for all; any client may refresh them, and they have every scope."""
        self.version += 1
        for one in self._grants:
            one.access.pop(access, None)
            one.fixed.pop(access, None)
        self._grants = [one for one in self._grants if not refresh or one.refresh != refresh]
        granted = self._new_grant(ANY_CLIENT, realm, EVERY_SCOPE, refresh or self._new_refresh())
        if access:
            granted.fixed[access] = self._clock.moved + ACCESS_LIFE

    def refresh(self, token: str, client: str) -> Tokens:
        """Give a new access token, and a new refresh token when it is time; raises `GrantRefused`."""
        now = self._now()
        granted = next((one for one in self._grants if one.refresh == token), None)
        if granted is None or now >= min(granted.refresh_issued + REFRESH_LIFE, granted.granted + HARD_LIFE):
            raise GrantRefused(UNKNOWN)
        if granted.client not in (client, ANY_CLIENT):
            raise GrantRefused(WRONG_CLIENT)
        self.version += 1
        old_enough = granted.refresh_issued + ROTATION <= now
        if self._rotate == "always" or (self._rotate == "daily" and old_enough):
            granted.refresh = self._new_refresh()
            granted.refresh_issued = now
        return self._issue(granted)

    def revoke(self, token: str) -> bool:
        """Kill the grant that an access or refresh token belongs to; says whether there was one."""
        return self._keep(lambda one: not one.holds(token))

    def disconnect(self, realm: str) -> bool:
        """Kill every grant of a company, as its owner can."""
        return self._keep(lambda one: one.realm != realm)

    def connected(self, realm: str) -> bool:
        """Say whether any app has a grant for a company."""
        return any(one.realm in (realm, ANY_REALM) or realm in one.also for one in self._grants)

    def realms_of(self, access: str) -> set[str]:
        """Return the companies an access token opens now, `ANY_REALM` among them for all; empty: unknown or expired."""
        return {realm for one in self._living(access) for realm in (one.realm, *one.also)}

    def scopes_of(self, access: str) -> frozenset[str]:
        return frozenset(scope for one in self._living(access) for scope in one.scope.split())

    def extend(self, access: str, realm: str) -> None:
        """Let a token open one more company."""
        self.version += 1
        for one in self._living(access):
            one.also.append(realm)

    def expired(self, access: str) -> bool:
        """Say whether this was a good access token once."""
        return not self._living(access) and any(access in one.access or access in one.fixed for one in self._grants)

    def state(self) -> dict[str, Any]:
        """Return codes and grants as JSON values, for a file."""
        codes = {code: one.state() for code, one in self._codes.items() if one.issued + CODE_LIFE > self._now()}
        return {"codes": codes, "grants": [one.state() for one in self._grants]}

    def restore(self, state: dict[str, Any]) -> None:
        self._codes = {code: Code.of(one) for code, one in state["codes"].items()}
        self._grants = [Grant.of(one) for one in state["grants"]]

    def _now(self) -> datetime:
        return self._clock.now()

    def _living(self, access: str) -> list[Grant]:
        now, moved = self._now(), self._clock.moved
        return [one for one in self._grants if one.living(access, now, moved)]

    def _keep(self, wanted: Callable[[Grant], bool]) -> bool:
        self.version += 1
        before = len(self._grants)
        self._grants = [one for one in self._grants if wanted(one)]
        return len(self._grants) < before

    def _new_grant(self, client: str, realm: str, scope: str, refresh: str) -> Grant:
        now = self._now()
        self._grants.append(Grant(client, realm, scope, refresh, granted=now, refresh_issued=now))
        return self._grants[-1]

    def _issue(self, granted: Grant) -> Tokens:
        """Give an access token of the form and the size of Intuit's (an encrypted JWT of some 800 characters)."""
        now = self._now()
        access = f"{ACCESS_HEADER}..{self._random(11)}.{self._random(350)}.{self._random(11)}"
        granted.access = {token: end for token, end in granted.access.items() if end > now}
        granted.access[access] = now + ACCESS_LIFE
        left = granted.refresh_issued + REFRESH_LIFE - now
        hard = granted.granted + HARD_LIFE - now
        return Tokens(access, granted.refresh, _seconds(min(left, hard)), _seconds(hard))

    def _new_refresh(self) -> str:
        return "AB11" + self._random(23)  # 50 characters, as Intuit's


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)

"""OAuth grants: codes, access tokens and refresh tokens, with their lives and their rotation (qbo-facts 8.1, 12.12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

ACCESS_LIFE = timedelta(seconds=3600)
REFRESH_LIFE = timedelta(seconds=8726400)
CODE_LIFE = timedelta(minutes=5)
ROTATION = timedelta(hours=24)
ANY_CLIENT = "*"
UNKNOWN = "Incorrect or invalid refresh token"
WRONG_CLIENT = "Incorrect Token type or clientID"


class GrantRefused(Exception):  # noqa: N818 - a normal answer of the token endpoint
    """invalid_grant, with a description or without."""


@dataclass(frozen=True)
class Code:
    """An authorisation code: single use, five minutes."""

    client: str
    realm: str
    redirect_uri: str
    issued: datetime


@dataclass
class Grant:
    """One app's permission for one company; `access` maps each living access token to its end."""

    client: str
    realm: str
    refresh: str
    refresh_issued: datetime
    access: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint answers."""

    access: str
    refresh: str
    refresh_seconds: int


class TokenBook:
    """Gives out and checks tokens; `rotate` is "daily", "always" or "never"; `random_hex(n)` gives 2n characters."""

    def __init__(self, now: Callable[[], datetime], random_hex: Callable[[int], str], rotate: str) -> None:
        if rotate not in ("daily", "always", "never"):
            raise ValueError(f"rotate is daily, always or never, not {rotate}")
        self._now = now
        self._random = random_hex
        self._rotate = rotate
        self._codes: dict[str, Code] = {}
        self._grants: list[Grant] = []

    def new_code(self, client: str, realm: str, redirect_uri: str) -> str:
        code = "AB11" + self._random(16)
        self._codes[code] = Code(client, realm, redirect_uri, self._now())
        return code

    def exchange(self, code: str, client: str, redirect_uri: str) -> Tokens:
        """Turn a code into tokens; the app's older grant for the company dies. Raises `GrantRefused`."""
        found = self._codes.pop(code, None)
        if found is None or found.issued + CODE_LIFE <= self._now():
            raise GrantRefused
        if (found.client, found.redirect_uri) != (client, redirect_uri):
            raise GrantRefused(WRONG_CLIENT)
        self._grants = [one for one in self._grants if (one.client, one.realm) != (client, found.realm)]
        return self._issue(self.grant(found.realm, client=client))

    def grant(self, realm: str, *, client: str = ANY_CLIENT, refresh: str = "", access: str = "") -> Grant:
        """Make a grant without a consent page, with fixed tokens when they are given."""
        for one in self._grants:
            one.access.pop(access, None)
        granted = Grant(client, realm, refresh or self._new_refresh(), self._now())
        if access:
            granted.access[access] = self._now() + ACCESS_LIFE
        self._grants.append(granted)
        return granted

    def refresh(self, token: str, client: str) -> Tokens:
        """Give a new access token, and a new refresh token when it is time; raises `GrantRefused`."""
        granted = next((one for one in self._grants if one.refresh == token), None)
        if granted is None or granted.refresh_issued + REFRESH_LIFE <= self._now():
            raise GrantRefused(UNKNOWN)
        if granted.client not in (client, ANY_CLIENT):
            raise GrantRefused(WRONG_CLIENT)
        old_enough = granted.refresh_issued + ROTATION <= self._now()
        if self._rotate == "always" or (self._rotate == "daily" and old_enough):
            granted.refresh = self._new_refresh()
            granted.refresh_issued = self._now()
        return self._issue(granted)

    def revoke(self, token: str) -> bool:
        """Kill the grant that an access or refresh token belongs to; says whether there was one."""
        before = len(self._grants)
        self._grants = [one for one in self._grants if one.refresh != token and token not in one.access]
        return len(self._grants) < before

    def disconnect(self, realm: str) -> None:
        """Kill every grant of a company, as its owner can."""
        self._grants = [one for one in self._grants if one.realm != realm]

    def realms_of(self, access: str) -> set[str]:
        """Return the companies an access token opens now; empty when it is unknown or expired."""
        now = self._now()
        return {one.realm for one in self._grants if one.access.get(access, now) > now}

    def expired(self, access: str) -> bool:
        return any(one.access.get(access, self._now() + ACCESS_LIFE) <= self._now() for one in self._grants)

    def state(self) -> list[dict[str, Any]]:
        """Return the grants as JSON values, for a snapshot."""
        return [
            {
                **asdict(one),
                "refresh_issued": one.refresh_issued.isoformat(),
                "access": {token: end.isoformat() for token, end in one.access.items()},
            }
            for one in self._grants
        ]

    def restore(self, state: list[dict[str, Any]]) -> None:
        self._grants = [
            Grant(
                one["client"],
                one["realm"],
                one["refresh"],
                datetime.fromisoformat(one["refresh_issued"]),
                {token: datetime.fromisoformat(end) for token, end in one["access"].items()},
            )
            for one in state
        ]

    def _issue(self, granted: Grant) -> Tokens:
        access = "eyJlbmMi" + self._random(48)
        granted.access = {token: end for token, end in granted.access.items() if end > self._now()}
        granted.access[access] = self._now() + ACCESS_LIFE
        left = granted.refresh_issued + REFRESH_LIFE - self._now()
        return Tokens(access, granted.refresh, int(left.total_seconds()))

    def _new_refresh(self) -> str:
        return "AB11" + self._random(24)

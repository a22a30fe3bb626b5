"""Who asks: an API key with the scope that a call needs, not too often, and not by guessing."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from errors.language import _, say
from worker.api.desk import Counter
from worker.api.problems import NotSoError
from worker.state import keys
from worker.state.database import reading
from worker.state.keys import Key, Scope

bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="`Authorization: Bearer KEY`; `cuadre keys add` makes one."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def counter_of(request: Request) -> Counter:
    found: Counter = request.app.state.counter
    return found


Shared = Annotated[Counter, Depends(counter_of)]


def needs(scope: Scope) -> Callable[[Request, Counter, HTTPAuthorizationCredentials | None], Key]:
    """A dependency: the key, if it may do this."""

    def entered(request: Request, counter: Shared, credentials: Credentials) -> Key:
        key = _verified(counter, _address(request), credentials.credentials if credentials else "")
        wait = counter.requests.take(key.id)
        if wait:
            raise too_many(wait)
        if scope not in key.scopes:
            detail = say("It needs the scope {scope}.", scope=scope.value)
            raise NotSoError(403, "forbidden", detail)
        return key

    return entered


def allowed(request: Request, counter: Counter, scope: Scope) -> bool:
    """Whether a key with this scope was given, where the call answers without one, too, only shorter."""
    scheme, _space, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or counter.wrong_keys.wait(_address(request)):
        return False
    with reading(counter.desk.engine) as connection:
        key = keys.verified(connection, given.strip())
    if key is None:
        counter.wrong_keys.take(_address(request))
    return key is not None and scope in key.scopes


def too_many(wait: float) -> NotSoError:
    seconds = max(1, ceil(wait))
    detail = say("Ask again in {seconds} seconds.", seconds=seconds)
    return NotSoError(429, "too-many-requests", detail, headers={"Retry-After": str(seconds)})


def _verified(counter: Counter, address: str, given: str) -> Key:
    wait = counter.wrong_keys.wait(address)
    if wait:
        raise too_many(wait)
    desk = counter.desk
    with reading(desk.engine) as connection:
        key = keys.verified(connection, given)
    if key is None:
        if given:
            counter.wrong_keys.take(address)
        detail = _("Send it as Authorization: Bearer KEY; `cuadre keys add` makes one.")
        raise NotSoError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
    now = desk.clock.now()
    if not keys.noted(key, now):
        with desk.engine.begin() as connection:
            keys.seen(connection, key, now)
    return key


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


MayRead = Annotated[Key, Depends(needs(Scope.READ))]
MayAct = Annotated[Key, Depends(needs(Scope.ACT))]
MaySync = Annotated[Key, Depends(needs(Scope.SYNC))]
MayHear = Annotated[Key, Depends(needs(Scope.WEBHOOKS))]

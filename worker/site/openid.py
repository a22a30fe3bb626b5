"""Signing in with a service of the firm: there, and back.

Everything that binds the way back to the way there is made of one random cookie by the site's key: state, nonce and
PKCE verifier. The database keeps a mark of it, which is taken away at the first return: no sign-in counts twice.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, func, insert, select
from starlette.responses import RedirectResponse, Response

from errors.language import _
from worker.openid.identity import Identity
from worker.openid.provider import Provider
from worker.openid.trouble import OpenIdError, Trouble
from worker.site import admission, entrance
from worker.site.desk import CALLBACK
from worker.site.door import Page, TurnedAwayError, Visit, page, way_back
from worker.site.keeping import FOR_A_START, STARTS, forget_tries, note_lock_out, try_openid
from worker.site.people import Person, RefusedError
from worker.state.deeds import Deed, record
from worker.state.tables import openid_starts

COOKIE = "cuadre_openid"

_log = structlog.get_logger("cuadre.site")


@dataclass(frozen=True)
class _Way:
    """What there and back have in common."""

    state: str
    nonce: str
    verifier: str
    mark: str


@page("/sign-in/openid", None)
def begun(visit: Visit) -> Response:
    provider, cookie = _provider(visit), secrets.token_urlsafe(32)
    way = _way(visit, cookie)
    try:
        there = provider.address(state=way.state, nonce=way.nonce, verifier=way.verifier, now=visit.now)
    except OpenIdError as error:
        return _failed(visit, error)
    if not _noted(visit, way):
        return entrance.form(visit, "/", 429, _("Too many tries. Wait a while."))
    answer = RedirectResponse(there, 303)
    desk = visit.desk
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(FOR_A_START.total_seconds()),
        path=desk.base or "/",
        secure=desk.secure,
        httponly=True,
        samesite="lax",  # it must come back with a reader whom the service sends
    )
    return answer


@page(CALLBACK, None)
def ended(visit: Visit) -> Response:
    provider = _provider(visit)
    back = _taken(visit)
    if back is None:
        _log.warning("openid sign-in refused", reason="not begun here, too late, or twice", address=visit.address)
        return entrance.form(visit, "/", 403, _("That sign-in was not begun here, or it took too long. Begin again."))
    with visit.desk.engine.begin() as connection:
        tried = try_openid(connection, visit.address, visit.now)
        if tried is None:
            note_lock_out(connection, "OpenID Connect", visit.address, visit.now)
    if tried is None:
        return entrance.form(visit, "/", 429, _("Too many tries. Wait a while."))
    try:
        return _in(visit, _person(visit, provider, _identity(visit, provider)), back, tried)
    except OpenIdError as error:
        return _failed(visit, error)
    except RefusedError as no:
        _log.warning("openid sign-in refused", reason="nobody here", address=visit.address)
        return _without_cookie(visit, entrance.form(visit, "/", 403, str(no)))


def pages() -> tuple[Page, ...]:
    return begun, ended


# --- how -------------------------------------------------------------------------------------------------------------


def _provider(visit: Visit) -> Provider:
    if visit.desk.provider is None:
        raise TurnedAwayError(404, _("There is no such page."))
    return visit.desk.provider


def _way(visit: Visit, cookie: str) -> _Way:
    mark = visit.desk.keeper.mark
    return _Way(mark("state", cookie), mark("nonce", cookie), mark("verifier", cookie), mark("openid", cookie))


def _noted(visit: Visit, way: _Way) -> bool:
    """False: this address began too many that did not end."""
    address = visit.address[:64]
    with visit.desk.engine.begin() as connection:
        connection.execute(delete(openid_starts).where(openid_starts.c.at <= visit.now - FOR_A_START))
        under_way = select(func.count()).where(openid_starts.c.address == address)
        if connection.execute(under_way).scalar_one() >= STARTS:
            return False
        back = way_back(visit.query.get("next", "/"))
        values = {"mark": way.mark, "address": address, "back": back[:2000], "at": visit.now}
        connection.execute(insert(openid_starts).values(**values))
    return True


def _taken(visit: Visit) -> str | None:
    """Where the reader wanted to go, if this ends what the same browser began; it cannot be ended again."""
    cookie, state = visit.cookies.get(COOKIE, ""), visit.query.get("state", "")
    way = _way(visit, cookie)
    if not cookie or not hmac.compare_digest(way.state.encode(), state.encode("utf-8", "replace")):
        return None
    with visit.desk.engine.begin() as connection:
        mine = (openid_starts.c.mark == way.mark) & (openid_starts.c.at > visit.now - FOR_A_START)
        row = connection.execute(delete(openid_starts).where(mine).returning(openid_starts.c.back)).first()
    return None if row is None else str(row.back)


def _identity(visit: Visit, provider: Provider) -> Identity:
    if visit.query.get("iss", provider.settings.issuer) != provider.settings.issuer:  # RFC 9207
        raise OpenIdError(Trouble.UNTRUSTED, "the answer is another service's")
    code = visit.query.get("code", "")
    if "error" in visit.query or not code:
        raise OpenIdError(Trouble.DENIED, "the service did not let them in")
    way = _way(visit, visit.cookies[COOKIE])
    return provider.identity(code, nonce=way.nonce, verifier=way.verifier, now=visit.now)


def _person(visit: Visit, provider: Provider, who: Identity) -> Person:
    with visit.desk.engine.begin() as connection:
        return admission.admit(connection, who, provider.settings.roles, visit.now)


def _in(visit: Visit, person: Person, back: str, tried: int) -> Response:
    desk = visit.desk
    with desk.engine.begin() as connection:
        forget_tries(connection, "", visit.address, tried)
        desk.keeper.end(connection, visit.cookie)
        cookie = desk.keeper.begin(connection, person, visit.now)
        value = "OpenID Connect"
        record(connection, Deed.SIGNED_IN, by=person.name, now=visit.now, subject=visit.address, value=value)
    return _without_cookie(visit, entrance.with_cookie(visit, visit.go(back), cookie))


def _failed(visit: Visit, error: OpenIdError) -> Response:
    _log.warning("openid sign-in failed", trouble=error.trouble.value, detail=error.detail, address=visit.address)
    status, text = {
        Trouble.UNREACHABLE: (503, _("The sign-in service does not answer. Try again in a minute.")),
        Trouble.DENIED: (403, _("The sign-in service did not let you in.")),
        Trouble.UNTRUSTED: (502, _("The answer of the sign-in service cannot be trusted. The log says why.")),
    }[error.trouble]
    return _without_cookie(visit, entrance.form(visit, "/", status, text))


def _without_cookie(visit: Visit, answer: Response) -> Response:
    answer.delete_cookie(COOKIE, path=visit.desk.base or "/")
    return answer

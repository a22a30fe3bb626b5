"""Signing in and out, choosing a password, choosing a language: the pages around the others."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from starlette.responses import Response

from errors.language import LANGUAGES, _, say
from worker.site import people
from worker.site.door import FORM, SESSION, Page, TurnedAwayError, Visit, deed, page, way_back
from worker.site.keeping import WINDOW, forget_tries, note_lock_out, try_sign_in
from worker.site.people import RefusedError, Role, SignsIn
from worker.state.deeds import Deed, record

THEMES = ("", "light", "dark")

_log = structlog.get_logger("cuadre.site")


@page("/sign-in", None)
def sign_in(visit: Visit) -> Response:
    if visit.person is not None:
        return visit.go(way_back(visit.query.get("next", "/")))
    return form(visit, way_back(visit.query.get("next", "/")))


@deed("/sign-in", None)
def signed_in(visit: Visit) -> Response:
    if not visit.desk.passwords:
        raise TurnedAwayError(403, _("Nobody signs in with a password here."))
    desk, name, back = visit.desk, visit.field("name").strip(), way_back(visit.field("next"))
    with desk.engine.begin() as connection:
        tried = try_sign_in(connection, name, visit.address, visit.now)
        if tried is None:
            note_lock_out(connection, name, visit.address, visit.now)
    if tried is None:
        _log.warning("too many tries to sign in", user=name, address=visit.address)
        minutes = int(WINDOW.total_seconds() // 60)
        return form(visit, back, 429, say("Too many tries. Wait {minutes} minutes.", minutes=minutes))
    with visit.reading() as connection:
        person = people.verified(connection, name, visit.field("password"))
    if person is None:
        _log.warning("sign-in refused", user=name, address=visit.address)
        return form(visit, back, 403, _("Name or password is wrong."))
    with desk.engine.begin() as connection:
        forget_tries(connection, name, visit.address, tried)
        cookie = desk.keeper.begin(connection, person, visit.now)
        record(connection, Deed.SIGNED_IN, by=person.name, now=visit.now, subject=visit.address, value="password")
    return with_cookie(visit, visit.go("/password" if person.once else back), cookie)


@deed("/sign-out", Role.VIEWER, once_too=True)
def sign_out(visit: Visit) -> Response:
    with visit.desk.engine.begin() as connection:
        visit.desk.keeper.end(connection, visit.cookie)
    assert visit.person is not None
    answer = visit.go("/sign-in" if visit.person.signs_in is SignsIn.PASSWORD else "/sign-in?out=1")
    answer.delete_cookie(SESSION, path=visit.desk.base or "/")
    return answer


@page("/password", Role.VIEWER, once_too=True)
def password(visit: Visit) -> Response:
    assert visit.person is not None
    if visit.person.signs_in is not SignsIn.PASSWORD:
        raise TurnedAwayError(404, _("There is no such page."))
    return visit.show("password.html", title=_("Password"), problem="")


@deed("/password", Role.VIEWER, once_too=True)
def set_password(visit: Visit) -> Response:
    try:
        return _change(visit)
    except RefusedError as no:
        return visit.show("password.html", 400, title=_("Password"), problem=str(no))


def _change(visit: Visit) -> Response:
    assert visit.person is not None
    desk, name = visit.desk, visit.person.name
    with desk.engine.begin() as connection:  # the old password is asked for, and guessed no faster than at the door
        tried = try_sign_in(connection, name, visit.address, visit.now)
    if tried is None:
        raise TurnedAwayError(429, _("Too many tries. Wait a while."))
    with visit.reading() as connection:
        if people.verified(connection, name, visit.field("old")) is None:
            raise RefusedError(_("The present password is wrong."))
    if visit.field("new") != visit.field("again"):
        raise RefusedError(_("The two new passwords differ."))
    if visit.field("new") == visit.field("old"):
        raise RefusedError(_("That is the password that you have."))
    with desk.engine.begin() as connection:
        forget_tries(connection, name, visit.address, tried)
        people.set_password(connection, name, visit.field("new"), by=name, now=visit.now)
        cookie = desk.keeper.begin(connection, visit.person, visit.now)
    return with_cookie(visit, visit.go("/"), cookie)


@deed("/preferences", Role.VIEWER, once_too=True)
def prefer(visit: Visit) -> Response:
    assert visit.person is not None
    language, theme = visit.field("language"), visit.field("theme")
    if language not in ("", *LANGUAGES) or theme not in THEMES:
        raise TurnedAwayError(400, _("That cannot be chosen."))
    with visit.desk.engine.begin() as connection:
        people.prefer(connection, visit.person, language=language, theme=theme)
    return visit.go(way_back(visit.field("back")))


def pages() -> tuple[Page, ...]:
    return sign_in, signed_in, sign_out, password, set_password, prefer


def form(visit: Visit, back: str, status: int = 200, problem: str = "") -> Response:
    """What to sign in with. The form has a cookie of its own, so that nobody can sign a reader in as somebody else."""
    fresh = not visit.cookie
    cookie = visit.cookie or secrets.token_urlsafe(32)
    stamp = visit.desk.keeper.stamp(cookie)
    facts: dict[str, Any] = {
        "title": _("Sign in"),
        "back": back,
        "problem": problem,
        "form_stamp": stamp,
        "name": visit.field("name"),
    }
    provider = visit.desk.provider
    label = provider.settings.label if provider else ""
    out = "out" in visit.query and provider is not None
    facts |= {"passwords": visit.desk.passwords, "openid": provider is not None, "label": label, "out": out}
    facts["way_out"] = provider.way_out(visit.now) if provider is not None and out else ""
    answer = visit.show("sign_in.html", status, **facts)
    if fresh:
        _set(visit, answer, FORM, cookie)
    return answer


def with_cookie(visit: Visit, answer: Response, cookie: str) -> Response:
    _set(visit, answer, SESSION, cookie)
    return answer


def _set(visit: Visit, answer: Response, name: str, value: str) -> None:
    desk = visit.desk
    seconds = int(desk.keeper.lasts.total_seconds())
    answer.set_cookie(
        name, value, max_age=seconds, path=desk.base or "/", secure=desk.secure, httponly=True, samesite="lax"
    )

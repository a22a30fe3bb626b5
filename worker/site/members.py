"""Users: added, given another role or password, removed. A one-time password is shown once, on the answer itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

import structlog
from sqlalchemy import Connection
from starlette.responses import Response

from errors.language import _, say
from worker.site import admission, people
from worker.site.door import Page, Visit, deed, page
from worker.site.people import RefusedError, Role

_log = structlog.get_logger("cuadre.site")


@page("/users", Role.ADMIN)
def listed(visit: Visit) -> Response:
    return _show(visit)


@deed("/users", Role.ADMIN)
def added(visit: Visit) -> Response:
    name, role = visit.field("name").strip(), _role(visit)
    if visit.field("openid") and visit.desk.provider is not None:
        return _do(visit, lambda connection: admission.add(connection, name, role, **_whose(visit)), name)
    return _do(visit, lambda connection: people.add(connection, name, role, None, **_whose(visit)), name)


@deed("/users/{name}/password", Role.ADMIN)
def reset(visit: Visit) -> Response:
    name = str(visit.parts["name"])
    return _do(visit, lambda connection: people.set_password(connection, name, None, **_whose(visit)), name)


@deed("/users/{name}/role", Role.ADMIN)
def changed(visit: Visit) -> Response:
    name, role = str(visit.parts["name"]), _role(visit)
    return _do(visit, lambda connection: people.set_role(connection, name, role, **_whose(visit)), name)


@deed("/users/{name}/remove", Role.ADMIN)
def removed(visit: Visit) -> Response:
    name = str(visit.parts["name"])
    return _do(visit, lambda connection: people.remove(connection, name, **_whose(visit)), name)


def pages() -> tuple[Page, ...]:
    return listed, added, reset, changed, removed


class _Whose(TypedDict):
    by: str
    now: datetime


def _whose(visit: Visit) -> _Whose:
    return {"by": visit.by, "now": visit.now}


def _do(visit: Visit, deed: Callable[[Connection], str | None], name: str) -> Response:
    try:
        with visit.desk.engine.begin() as connection:
            given = deed(connection)
    except RefusedError as no:
        return _show(visit, problem=str(no), status=400)
    _log.info("user changed", user=name, by=visit.by, path=visit.path)
    if given is None:
        return visit.go("/users")
    told = say("One-time password of {name}, shown this once:", name=name)
    return _show(visit, told=told, one_time=given)


def _show(visit: Visit, *, problem: str = "", told: str = "", one_time: str = "", status: int = 200) -> Response:
    with visit.reading() as connection:
        found = people.listed(connection)
    return visit.show("users.html", status, title=_("Users"), people=found, problem=problem, told=told,
                      one_time=one_time, roles=list(Role), openid=visit.desk.provider is not None,
                      passwords=visit.desk.passwords)  # fmt: skip


def _role(visit: Visit) -> Role:
    wanted = visit.field("role")
    return Role(wanted) if wanted in set(Role) else Role.VIEWER

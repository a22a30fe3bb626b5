"""Companies: connection, backlog, what is wished of the daemon, and buttons for it."""

from __future__ import annotations

from starlette.responses import Response

from connectors.quickbooks.meter import reads
from errors.language import _
from worker.site.door import Page, TurnedAwayError, Visit, deed, page, way_back
from worker.site.people import Role
from worker.state import wishes
from worker.status import standings

LONGEST_REASON = 500


@page("/companies", Role.VIEWER)
def listed(visit: Visit) -> Response:
    desk = visit.desk
    with visit.reading() as connection:
        wished, metered = wishes.of(connection), reads(connection, visit.now)
    return visit.show(
        "companies.html",
        title=_("Companies"),
        companies=standings(desk.config, desk.engine),
        wished=wished,
        reads=metered,
        budget=desk.config.quickbooks.reads_per_month,
        connection_words=connection_words(),
    )


@deed("/companies/{company}/pause", Role.ADMIN)
def paused(visit: Visit) -> Response:
    name = _known(visit)
    with visit.desk.engine.begin() as connection:
        why = visit.field("why").strip()[:LONGEST_REASON]
        wishes.pause(connection, name, by=visit.by, why=why, now=visit.now)
    return visit.go("/companies")


@deed("/companies/{company}/resume", Role.ADMIN)
def resumed(visit: Visit) -> Response:
    name = _known(visit)
    with visit.desk.engine.begin() as connection:
        wishes.resume(connection, name, by=visit.by, now=visit.now)
    return visit.go("/companies")


@deed("/companies/{company}/sync", Role.OPERATOR)
def synced(visit: Visit) -> Response:
    name = _known(visit)
    with visit.desk.engine.begin() as connection:
        wishes.want(connection, name, by=visit.by, now=visit.now)
    return visit.go(way_back(visit.field("back") or "/companies"))


def pages() -> tuple[Page, ...]:
    return listed, paused, resumed, synced


def connection_words() -> dict[str, str]:
    return {
        "connected": _("connected"),
        "lost": _("lost"),
        "disconnected": _("disconnected"),
        "never": _("never connected"),
    }


def _known(visit: Visit) -> str:
    name = str(visit.parts["company"])
    if name not in visit.desk.config.companies:
        raise TurnedAwayError(404, _("There is no such company."))
    return name

"""What a morning needs, on one page."""

from __future__ import annotations

from starlette.responses import Response

from errors.language import _
from worker.site.door import Page, Visit, page
from worker.site.people import Role


@page("/", Role.VIEWER)
def dashboard(visit: Visit) -> Response:
    return visit.show("dashboard.html", title=_("Overview"))


def pages() -> tuple[Page, ...]:
    return (dashboard,)

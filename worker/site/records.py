"""What was done: runs of the daemon, mails."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.responses import Response

from errors import outbox
from errors.language import _
from worker.site.door import Page, TurnedAwayError, Visit, page
from worker.site.people import Role
from worker.state.tables import runs

PAGE = 50
MOST_PAGES = 100_000


@page("/runs", Role.VIEWER)
def listed_runs(visit: Visit) -> Response:
    number = _number(visit)
    query = select(runs).order_by(runs.c.id.desc()).limit(PAGE).offset(PAGE * (number - 1))
    with visit.reading() as connection:
        rows = list(connection.execute(query).mappings())
        total = connection.execute(select(func.count()).select_from(runs)).scalar_one()
    return visit.show("runs.html", title=_("Runs"), rows=rows, page=number, pages=_pages(total))


@page("/mail", Role.OPERATOR)
def listed_mails(visit: Visit) -> Response:
    number = _number(visit)
    with visit.reading() as connection:
        mails = outbox.mails(connection, visit.now, limit=PAGE, offset=PAGE * (number - 1))
        counts = outbox.counts(connection, visit.now)
    words = {"queued": _("queued"), "sent": _("sent"), "failed": _("failed")}
    return visit.show("mail.html", title=_("Mail"), mails=mails, counts=counts, words=words, page=number,
                      pages=_pages(sum(counts.values())))  # fmt: skip


@page("/mail/{mail_id:int}", Role.OPERATOR)
def shown_mail(visit: Visit) -> Response:
    with visit.reading() as connection:
        found = outbox.read(connection, visit.parts["mail_id"])
    if found is None:
        raise TurnedAwayError(404, _("There is no such mail."))
    return visit.show("letter.html", title=found.subject, mail=found)


def pages() -> tuple[Page, ...]:
    return listed_runs, listed_mails, shown_mail


def _number(visit: Visit) -> int:
    text = visit.query.get("page", "")
    return max(1, min(int(text), MOST_PAGES)) if text.isdecimal() and len(text) < 9 else 1


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))

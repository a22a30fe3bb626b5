"""Ranges of numbers: what comes next, what is missing and why, and a format that shows what it makes as it is typed."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from errors.language import _, say, told
from worker.numbering.proposal import Proposal, propose, shown
from worker.numbering.ranges import RangeKind
from worker.numbering.report import missing
from worker.site.door import Page, TurnedAwayError, Visit, deed, page
from worker.site.people import Role
from worker.state import numbers


@page("/numbers", Role.VIEWER)
def ranges(visit: Visit) -> Response:
    today = visit.now.date()
    found = []
    with visit.reading() as connection:
        for company in visit.desk.config.companies:
            known = numbers.ranges(connection, company)
            found.append((company, [(one, shown(one, known, today)) for one in known]))
    return visit.show("numbers.html", title=_("Numbers"), companies=found, kinds=RangeKind, year=today.year)


@page("/numbers/{company}/{kind}/{year}", Role.VIEWER)
def one(visit: Visit) -> Response:
    with visit.reading() as connection:
        found = _proposal(visit, connection, None, None)
    return _shown(visit, found)


@page("/numbers/{company}/{kind}/{year}/preview", Role.VIEWER)
def preview(visit: Visit) -> Response:
    """What a format would make, for the page that is being typed in."""
    with visit.reading() as connection:
        found = _proposal(visit, connection, visit.query.get("format"), visit.query.get("next"))
    says = [_says(mistake.column, told(mistake.says)) for mistake in found.mistakes]
    warnings = [told(warning) for warning in found.warnings]
    return JSONResponse({"numbers": list(found.preview), "mistakes": says, "warnings": warnings})


@deed("/numbers/{company}/{kind}/{year}", Role.ADMIN)
def keep(visit: Visit) -> Response:
    company, kind, year = _which(visit)
    with visit.desk.engine.begin() as connection:
        found = _proposal(visit, connection, visit.field("format"), visit.field("next"))
        if not found.mistakes:
            numbers.save(connection, company, found.wanted, by=visit.by, now=visit.now)
    return _shown(visit, found, 400) if found.mistakes else visit.go(f"/numbers/{company}/{kind}/{year}")


def pages() -> tuple[Page, ...]:
    return ranges, one, preview, keep


def _which(visit: Visit) -> tuple[str, RangeKind, int]:
    company, kind, year = (str(visit.parts[name]) for name in ("company", "kind", "year"))
    if company not in visit.desk.config.companies or kind not in list(RangeKind) or not _is_year(year):
        raise TurnedAwayError(404, _("There is no such page."))
    return company, RangeKind(kind), int(year)


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 9999


def _proposal(visit: Visit, connection: Connection, format_: str | None, next_: str | None) -> Proposal:
    company, kind, year = _which(visit)
    known = numbers.ranges(connection, company)
    counter = None if not next_ else int(next_) if next_.isascii() and next_.isdigit() and len(next_) < 20 else 0
    return propose(known, kind, year, visit.now.date(), format_=format_, next_=counter)


def _shown(visit: Visit, found: Proposal, status: int = 200) -> Response:
    company, kind, year = _which(visit)
    with visit.desk.engine.begin() as connection:
        gaps = missing(connection, company, kind, year, visit.now)
    says = [_says(mistake.column, told(mistake.says)) for mistake in found.mistakes]
    facts = {"company": company, "kind": kind, "year": year, "found": found, "says": says, "gaps": gaps}
    return visit.show("number_range.html", status, title=f"{_(kind.value)} {year}, {company}", **facts)


def _says(column: int, text: str) -> str:
    return say("column {column}: {text}", column=column, text=text) if column else text

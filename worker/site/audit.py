"""Who did what, when and why: one list of everything that people ordered or changed, with filters and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from errors import language
from errors.console.export import line
from errors.language import _
from worker import audit_words
from worker.site.door import Page, Visit, page
from worker.site.people import Role
from worker.state import audit
from worker.state.audit import OPEN_TO_ALL, Act, Entry, Question, Subject
from worker.state.database import reading

PAGE = 50
MOST_PAGES = 100_000
FIELDS = ("by", "act", "company", "since", "until")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the reader asked for. `said`: as it was written, without what cannot be read."""

    said: Mapping[str, str]
    question: Question
    page: int

    def link(self, **changes: str) -> str:
        return urlencode({name: value for name, value in {**self.said, **changes}.items() if value})


@page("/audit", Role.VIEWER)
def listed(visit: Visit) -> Response:
    wanted = _wanted(visit)
    with visit.reading() as connection:
        total = audit.count(connection, wanted.question)
        lines = audit.entries(connection, wanted.question, PAGE, PAGE * (wanted.page - 1))
    return visit.show(
        "audit.html",
        title=_("Audit"),
        wanted=wanted,
        lines=lines,
        total=total,
        pages=max(1, -(-total // PAGE)),
        companies=tuple(visit.desk.config.companies),
        subjects=_subjects(visit),
        audit_words=audit_words,
    )


@page("/audit/export", Role.VIEWER)
def exported(visit: Visit) -> Response:
    engine = visit.desk.engine
    chunks = audit.all_entries(lambda: reading(engine), _wanted(visit).question)
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(csv(chunks, visit.language), media_type="text/csv; charset=utf-8", headers=headers)


def pages() -> tuple[Page, ...]:
    return listed, exported


def csv(chunks: Iterator[list[Entry]], spoken: str) -> Iterator[str]:
    """Heading and lines in the language `spoken`: each step may be taken by another thread, which speaks its own."""
    language.use(spoken)
    yield line((_("When"), _("Who"), _("What"), _("About"), _("Value"), _("Company"), _("Why"), _("Result")))
    for chunk in chunks:
        language.use(spoken)
        yield "".join(line(_cells(entry)) for entry in chunk)


# --- how -------------------------------------------------------------------------------------------------------------


def _cells(entry: Entry) -> tuple[str, ...]:
    subject = audit_words.about(entry) if entry.error_id is None else str(entry.error_id)
    words = audit_words.did(entry.act), subject, audit_words.value(entry)
    return entry.at.isoformat(), entry.by, *words, entry.company, entry.why, audit_words.result(entry)


def _subjects(visit: Visit) -> tuple[Subject, ...]:
    return tuple(Subject) if visit.may(Role.ADMIN) else OPEN_TO_ALL


def _wanted(visit: Visit) -> Wanted:
    """What cannot be read is left out, and the form shows it empty."""
    query, subjects = visit.query, _subjects(visit)
    said = {name: value for name in FIELDS if (value := query.get(name, "").strip()[:200])}
    acts = _acts(said, subjects)
    since, until = _day(said, "since"), _day(said, "until")
    number = query.get("page", "")
    return Wanted(
        question=Question(
            acts=acts,
            by=said.get("by", ""),
            company=said.get("company", ""),
            since=since,
            until=until + timedelta(days=1) if until else None,
        ),
        said=said,
        page=max(1, min(int(number), MOST_PAGES)) if number.isdecimal() and len(number) < 9 else 1,
    )


def _acts(said: dict[str, str], subjects: tuple[Subject, ...]) -> tuple[Act, ...]:
    """One act, or all of a subject."""
    known: dict[str, tuple[Act, ...]] = {subject.value: subject.acts() for subject in subjects}
    known |= {act.value: (act,) for subject in subjects for act in subject.acts()}
    if said.get("act", "") in known:
        return known[said["act"]]
    said.pop("act", None)
    return tuple(act for subject in subjects for act in subject.acts())


def _day(said: dict[str, str], name: str) -> datetime | None:
    """Its first moment, in UTC."""
    try:
        day = date.fromisoformat(said.get(name, ""))
    except ValueError:
        said.pop(name, None)
        return None
    if not 1970 <= day.year < 9000:
        said.pop(name)
        return None
    return datetime.combine(day, time(), UTC)

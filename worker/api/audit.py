"""The audit for programs: what people and programs ordered and changed; nothing that tells of users or their keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from worker import audit_words
from worker.api.entrance import MayRead, Shared
from worker.api.errors import Moment
from worker.api.problems import documented
from worker.api.shapes import Text
from worker.state import audit
from worker.state.audit import OPEN_TO_ALL, Act, Entry, Question, Subject
from worker.state.database import reading

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


class Page(BaseModel):
    """Every part that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[Text, Field(description="A part of the name of who did it.")] = ""
    company: Text = ""
    since: Annotated[Moment | None, Field(description="Then or later.")] = None
    until: Annotated[Moment | None, Field(description="Before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class AuditEntry(BaseModel):
    """Who did what, when and why. `error_id` is null where it was no order for an error."""

    at: datetime
    by: str = Field(examples=["eva"])
    act: Act = Field(examples=["company-paused"])
    did: str = Field(examples=["paused the company"], description="In the language that Accept-Language asks for.")
    subject: str
    value: str
    company: str
    why: str
    error_id: int | None
    waits: bool = Field(description="No tick carried it out yet.")
    result: str


class AuditList(BaseModel):
    """The latest first."""

    total: int
    limit: int
    offset: int
    lines: list[AuditEntry]


@router.get("", summary="Who did what, when and why: the latest first", responses=documented(401, 403, 422, 429))
def listed(page: Annotated[Page, Query()], counter: Shared, _key: MayRead) -> AuditList:
    question = Question(acts=_acts(OPEN_TO_ALL), by=page.by, company=page.company, since=page.since, until=page.until)
    with reading(counter.desk.engine) as connection:
        total = audit.count(connection, question)
        found = audit.entries(connection, question, page.limit, page.offset)
    return AuditList(total=total, limit=page.limit, offset=page.offset, lines=[_entry(each) for each in found])


def _acts(subjects: tuple[Subject, ...]) -> tuple[Act, ...]:
    return tuple(act for subject in subjects for act in subject.acts())


def _entry(entry: Entry) -> AuditEntry:
    names = ("at", "by", "act", "subject", "value", "company", "why", "error_id", "waits")
    plain = {name: getattr(entry, name) for name in names}
    return AuditEntry(**plain, did=audit_words.did(entry.act), result=audit_words.result(entry))

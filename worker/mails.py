"""What people are told by mail: written to the outbox once, then delivered. Runs beside the companies."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine

from errors.kinds import Category
from errors.listing import list_errors
from errors.mail import DeliveryReport, deliver
from errors.notices import notice_halt, notice_new
from errors.selection import Selection
from errors.tables import State
from worker.config import Config, settings

EVER = datetime(2000, 1, 1, tzinfo=UTC)  # an error is told once, however old it is
BANNERS = 1000

_log = structlog.get_logger("cuadre.mail")


def send(config: Config, engine: Engine, now: datetime) -> DeliveryReport | None:
    """Put what is new into the outbox, and deliver what is due. None: no mail server is configured."""
    server = settings.mail(config)
    if server is None:
        return None
    people = settings.recipients(config)
    with engine.begin() as connection:
        for row in list_errors(connection, Selection(category=Category.COMPANY, state=State.OPEN), BANNERS):
            notice_halt(connection, people, row.id, now)
        notice_new(connection, people, EVER, now)
    report = deliver(engine, server, now)
    if report.error:
        _log.warning("mail not delivered", detail=report.error, failed=report.failed, waiting=report.waiting)
    elif report.sent:
        _log.info("mail delivered", sent=report.sent)
    return report

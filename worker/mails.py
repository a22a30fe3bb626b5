"""What people are told by mail: written to the outbox once, then delivered. Runs beside the companies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import structlog
from sqlalchemy import Connection, Engine, select

from connectors.tokens import CONNECTED, tokens
from errors import channels, mail, notices, outbox, stale
from errors.kinds import Category
from errors.mail import DeliveryReport
from errors.summary import CompanyDay, Summary
from errors.tables import outbox as outbox_table
from worker.clock import Now
from worker.config import Config, settings
from worker.state import runs
from worker.status import UNDER_WAY, Standing, standings

DAY = timedelta(days=1)

_log = structlog.get_logger("cuadre.mail")


def send(config: Config, engine: Engine, now: Now) -> DeliveryReport | None:
    """Put what is new into the outbox, and deliver what is due. None: neither mail server nor channel is configured."""
    if not config.mail.reaches_somebody():
        return None
    write(config, engine, now())
    reports = []
    if (server := settings.mail(config)) is not None:
        reports.append(mail.deliver(engine, server, now))
    reports.append(channels.deliver(engine, settings.channels(config), now))
    return _told(reports)


def write(config: Config, engine: Engine, now: datetime) -> None:
    """What is new, into the outbox."""
    readers, letterhead = settings.readers(config), settings.letterhead(config)
    with engine.begin() as connection:
        notices.notice_halts(connection, readers, letterhead, now)
        notices.notice_problems(connection, readers, letterhead, settings.habits(config), now)
        notices.notice_clear(connection, readers, letterhead, now)
        for company, ends_at in _endings(connection, config):
            notices.notice_token(connection, readers, letterhead, company, ends_at, now)
        stale.renew(connection, readers, letterhead, now)
        outbox.forget(connection, now)
    if _wants_summary(config, engine, letterhead.zone, now):
        summary = summarise(config, engine, letterhead.zone, now)
        with engine.begin() as connection:
            notices.notice_summary(connection, readers, letterhead, summary, now)


def summarise(config: Config, engine: Engine, zone: tzinfo, now: datetime) -> Summary:
    """The day behind us, company by company."""
    with engine.connect() as connection:
        posted = runs.posted_since(connection, now - DAY)
    days = [_company_day(each, posted.get(each.company, {}), now) for each in standings(config, engine) if each.enabled]
    return Summary(day=now.astimezone(zone).date(), companies=days)


def _company_day(standing: Standing, posted: dict[str, int], now: datetime) -> CompanyDay:
    ends_at = standing.refresh_expires_at
    return CompanyDay(
        company=standing.company,
        connected=standing.connection == CONNECTED,
        stopped=bool(standing.stopped_by),
        posted=posted,
        open={Category(name): count for name, count in standing.open_errors.items()},
        waiting=sum(count for name, count in standing.items.items() if name in {state.value for state in UNDER_WAY}),
        oldest=standing.oldest_waiting,
        ends_in=max(0, (ends_at - now).days) if ends_at and standing.connection == CONNECTED else None,
    )


def _wants_summary(config: Config, engine: Engine, zone: tzinfo, now: datetime) -> bool:
    """Whether today's is due and not written yet. One that was missed is sent later the same day."""
    wanted = settings.summary_time(config)
    if wanted is None:
        return False
    local = now.astimezone(zone)
    due = datetime.combine(local.date(), wanted, zone).astimezone(UTC)
    if now < due:
        return False
    written = select(outbox_table.c.id).where(outbox_table.c.key == notices.summary_key(local.date())).limit(1)
    with engine.connect() as connection:
        return connection.execute(written).first() is None


def _endings(connection: Connection, config: Config) -> list[tuple[str, datetime]]:
    """The companies whose connection stands, and when it ends."""
    query = select(tokens.c.company, tokens.c.refresh_expires_at).where(tokens.c.status == CONNECTED)
    enabled = set(config.enabled())
    return [(company, ends_at) for company, ends_at in connection.execute(query) if company in enabled]


def _told(reports: list[DeliveryReport]) -> DeliveryReport:
    report = DeliveryReport(
        sent=sum(each.sent for each in reports),
        failed=sum(each.failed for each in reports),
        waiting=reports[-1].waiting,
        error=next((each.error for each in reports if each.error), ""),
    )
    if report.error:
        _log.warning("mail not delivered", detail=report.error, failed=report.failed, waiting=report.waiting)
    elif report.sent:
        _log.info("mail delivered", sent=report.sent)
    return report

"""Everything that Cuadre needs, looked at one by one; what fails keeps nothing else from being looked at."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol

import requests
from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from connectors.local.source import LocalSource
from connectors.quickbooks.environments import discovery_url
from connectors.tokens import TokenStore, require_connected
from connectors.transport import Session as HttpSession
from errors import mail, outbox
from errors.kinds import Verb
from errors.language import _, fix, say, sentence, told
from errors.problem import Problem, ProblemError
from worker.clock import Clock
from worker.companies import open_company, open_state
from worker.config import Config, ConfigError, Loaded, settings
from worker.log import clean
from worker.openid.provider import Provider
from worker.openid.trouble import OpenIdError, Trouble
from worker.schedule.workshop import Open
from worker.state.tables import runs

SKEW = timedelta(minutes=2)  # tokens live an hour and are renewed five minutes early
ENDING = timedelta(days=14)  # a refresh token that was not used for 100 days ends


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at. `fix`: what a person can do, empty when there is nothing to do."""

    name: str
    state: State
    text: str
    fix: str = ""
    company: str = ""


class Given(Protocol):
    """The session of the command line."""

    @property
    def clock(self) -> Clock: ...

    def load(self, *, whole: bool = True) -> Loaded: ...


def examine(given: Given, opener: Open = open_company) -> Iterator[Check]:
    """Each check as soon as it is made."""
    try:
        given.load()
    except ConfigError as error:
        yield from _mistakes(error)
    try:
        loaded = given.load(whole=False)
    except ConfigError:
        return  # all of it was told above, and there is nothing to go on with
    yield from _configuration(loaded)
    config, clock = loaded.config, given.clock
    yield _time(config, clock)
    yield from _mail(config)
    yield from _openid(config, clock)
    engine, check = _state(config)
    yield check
    if engine is None:
        return
    try:
        yield from _outbox(config, engine, clock.now())
        for name in config.enabled():
            yield from _company(config, name, engine, clock, opener)
    finally:
        engine.dispose()


def _mistakes(error: ConfigError) -> Iterator[Check]:
    for mistake in error.mistakes:
        text = _("Correct it in the configuration; `cuadre config check` looks again.")
        yield Check(name="configuration", state=State.PROBLEM, text=str(mistake), fix=text)


def _configuration(loaded: Loaded) -> Iterator[Check]:
    for warning in loaded.warnings:
        yield Check(name="configuration", state=State.WARNING, text=str(warning))
    if not loaded.warnings:
        yield Check(name="configuration", state=State.OK, text=say("{file} was read", file=str(loaded.file)))


def _openid(config: Config, clock: Clock) -> Iterator[Check]:
    settings = config.site.openid
    if not settings.issuer:
        return
    try:
        Provider(settings, "").published(clock.now())
    except OpenIdError as error:
        words = {
            Trouble.UNREACHABLE: say("{issuer} does not answer", issuer=settings.issuer),
            Trouble.UNTRUSTED: say("{issuer} publishes something else of itself than expected", issuer=settings.issuer),
        }
        text = words[error.trouble]
        fix_ = _("Compare site.openid.issuer with what the sign-in service publishes; nobody can sign in that way now.")
        yield Check(name="sign-in service", state=State.PROBLEM, text=text, fix=fix_)
        return
    yield Check(name="sign-in service", state=State.OK, text=say("{issuer} answers", issuer=settings.issuer))


def _state(config: Config) -> tuple[Engine | None, Check]:
    """Reachable, migrated (opening does that) and writable: even a write of no rows is refused where none may be."""
    try:
        engine = open_state(config)
        try:
            with engine.begin() as connection:
                connection.execute(update(runs).where(runs.c.id < 0).values(calls=0))
        except SQLAlchemyError:
            engine.dispose()
            raise
    except (SQLAlchemyError, OSError) as error:
        advice = _("See whether the database runs, state.url is right, and its user may write there.")
        return None, Check(name="state database", state=State.PROBLEM, text=_short(error), fix=advice)
    return engine, Check(name="state database", state=State.OK, text=_("reachable, up to date and writable"))


def _time(config: Config, clock: Clock) -> Check:
    """Our clock beside the Date header of Intuit's public discovery document."""
    name = "quickbooks"
    app = settings.app(config)
    try:
        with HttpSession(now=clock.now, timeouts=app.timeouts) as session:
            answer = session.get(discovery_url(app.environment))
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (requests.RequestException, ProblemError) as error:
        advice = _("See whether this machine reaches the internet (firewall, proxy, DNS), and quickbooks.environment.")
        detail = sentence(error.problem) if isinstance(error, ProblemError) else _why(error)
        return Check(name=name, state=State.PROBLEM, text=say("no answer: {detail}", detail=detail), fix=advice)
    except ValueError:
        return Check(name=name, state=State.OK, text=_("answers (without a date)"))
    skew = abs(clock.now() - theirs)
    if skew > SKEW:
        text = say("this machine's clock is {seconds} seconds away from theirs", seconds=int(skew.total_seconds()))
        return Check(
            name=name, state=State.PROBLEM, text=text, fix=_("Let NTP keep the time: timedatectl set-ntp true")
        )
    return Check(name=name, state=State.OK, text=_("answers, and the clocks agree"))


def _mail(config: Config) -> Iterator[Check]:
    server = settings.mail(config)
    if server is None:
        return
    try:
        with mail.server(server):
            pass
    except (OSError, smtplib.SMTPException) as error:
        advice = _("See [mail] in the configuration; `cuadre mail test` tries again.")
        yield Check(name="mail", state=State.PROBLEM, text=_short(error), fix=advice)
    else:
        yield Check(name="mail", state=State.OK, text=say("{host} answers", host=server.host))


def _outbox(config: Config, engine: Engine, now: datetime) -> Iterator[Check]:
    """Only what somebody should have been told and was not."""
    if not config.mail.reaches_somebody():
        return
    with engine.connect() as connection:
        failed = outbox.counts(connection, now)[outbox.Standing.FAILED]
    if failed:
        text = say("mails that could not be sent: {count}", count=failed)
        yield Check(
            name="outbox",
            state=State.WARNING,
            text=text,
            fix=_("`cuadre mail list --state failed` says why; `cuadre mail retry` tries again."),
        )


def _company(config: Config, name: str, engine: Engine, clock: Clock, opener: Open) -> Iterator[Check]:
    yield from _end(name, "source", lambda: _source(config, name), _("every query fits"))
    connected = False
    for check in _token(config, name, engine, clock.now()):
        connected = check.state is not State.PROBLEM
        yield check
    if connected:
        yield from _end(
            name, "accounts", lambda: _target(config, name, engine, clock, opener), _("accounts and preferences fit")
        )
        yield from _advice(config, name, engine, clock, opener)


def _source(config: Config, name: str) -> tuple[Problem, ...]:
    source = LocalSource(settings.local(config, name))
    try:
        return source.check()
    finally:
        source.close()


def _target(config: Config, name: str, engine: Engine, clock: Clock, opener: Open) -> tuple[Problem, ...]:
    with opener(config, name, engine, clock) as company:
        return company.target.check()


def _advice(config: Config, name: str, engine: Engine, clock: Clock, opener: Open) -> Iterator[Check]:
    """What was read by the check before is not asked for again."""
    try:
        with opener(config, name, engine, clock) as company:
            found = company.target.advice()
    except ProblemError:
        return  # the check has said so
    for advice in found:
        yield Check(company=name, name="preferences", state=State.WARNING, text=told(advice))


def _token(config: Config, name: str, engine: Engine, now: datetime) -> Iterator[Check]:
    keys = settings.token_keys(config)
    if not keys:
        return  # the configuration's check tells
    try:
        store = TokenStore(engine, keys, now=lambda: now)
        token = require_connected(store.load(name), name, config.quickbooks.environment)
    except ProblemError as error:
        yield _problem(name, "connection", error.problem)
        return
    left = token.refresh_expires_at - now
    if left < ENDING:
        text = say("the connection ends in {days} days", days=max(0, left.days))
        yield Check(
            company=name,
            name="connection",
            state=State.WARNING,
            text=text,
            fix=say("Connect again before: `cuadre connect {company}`.", company=name),
        )
    else:
        text = say("connected to {realm}, good until {day}", realm=token.realm_id, day=token.refresh_expires_at.date())
        yield Check(company=name, name="connection", state=State.OK, text=text)


def _end(company: str, name: str, check: Callable[[], tuple[Problem, ...]], good: str) -> Iterator[Check]:
    """One end of a company: all its problems, or one line that there are none."""
    try:
        problems = check()
    except ProblemError as error:
        problems = (error.problem,)
    for problem in problems:
        yield _problem(company, name, problem)
    if not problems:
        yield Check(company=company, name=name, state=State.OK, text=good)


def _problem(company: str, name: str, problem: Problem) -> Check:
    state = State.WARNING if problem.verb is Verb.WAIT else State.PROBLEM
    return Check(company=company, name=name, state=state, text=sentence(problem), fix=fix(problem))


def _why(error: requests.RequestException) -> str:
    """The reason at the heart of it ("Connection refused"): around it, urllib3 tells of pools and retries."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return str(reason).rpartition(": ")[2] if reason is not None else _short(error)


def _short(error: Exception) -> str:
    """The first line of what a library says, without secrets."""
    cause = getattr(error, "orig", None) or error
    return clean(str(cause)).strip().partition("\n")[0] or type(error).__name__

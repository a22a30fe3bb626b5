"""From the configuration to what the connectors and the mails want to be told."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from connectors.documents import DocumentKind
from connectors.local import reference_setup
from connectors.local.settings import KindSettings, LocalSettings
from connectors.quickbooks.settings import Accounts, AppSettings, CompanySettings
from connectors.transport import Timeouts
from errors.channels import Channel
from errors.letterhead import Letterhead, Recipient
from errors.mail import MailSettings
from errors.notices import Habits
from worker.config.schema import Config


def app(config: Config) -> AppSettings:
    """The keys of the app at Intuit."""
    quickbooks = config.quickbooks
    return AppSettings(
        environment=quickbooks.environment,
        client_id=quickbooks.client_id,
        client_secret=quickbooks.client_secret.get_secret_value(),
        redirect_uri=quickbooks.redirect_uri,
        timeouts=Timeouts(connect=quickbooks.connect_timeout, read=quickbooks.timeout),
        fresh=timedelta(seconds=quickbooks.fresh),
        pages=quickbooks.copied_pages,
        reads_per_month=quickbooks.reads_per_month,
    )


def token_keys(config: Config) -> tuple[str, ...]:
    """The Fernet keys: the first one encrypts, every one decrypts."""
    return tuple(config.quickbooks.token_key.get_secret_value().split())


def company(config: Config, name: str) -> CompanySettings:
    """One company, for the QuickBooks connector."""
    chosen = config.companies[name]
    return CompanySettings(
        name=name,
        accounts=Accounts(**chosen.accounts.model_dump()),
        payment_methods=dict(chosen.payment_methods),
        default_service=chosen.policies.default_service,
        default_processor=chosen.policies.default_processor,
        job_numbers=chosen.numbers.jobs,
        **config.quickbooks.limits.model_dump(),
    )


def local(config: Config, name: str) -> LocalSettings:
    """One company's own books: the reference schema, or the existing tables that queries map."""
    source = config.companies[name].source
    if source.layout == "reference":
        return reference_setup.settings(source.url.get_secret_value(), f"companies.{name}.source")
    kinds = {DocumentKind(word): KindSettings(**rows.model_dump()) for word, rows in source.rows().items()}
    return LocalSettings(url=source.url.get_secret_value(), kinds=kinds, setting=f"companies.{name}.source")


def mail(config: Config) -> MailSettings | None:
    """The mail server; None: no mails."""
    chosen = config.mail
    if not chosen.host:
        return None
    return MailSettings(
        host=chosen.host,
        port=chosen.port,
        security=chosen.security,
        username=chosen.username,
        password=chosen.password.get_secret_value(),
        sender=chosen.sender,
    )


def recipients(config: Config) -> tuple[Recipient, ...]:
    """Who gets the mails of which companies, each in a language of their own."""
    return tuple(
        Recipient(
            address=each.address,
            language=each.language or config.language,
            companies=frozenset(each.companies) or None,
        )
        for each in config.mail.recipients
    )


def channels(config: Config) -> tuple[Channel, ...]:
    """Other ways to reach people."""
    return tuple(Channel(url) for url in config.mail.channels.get_secret_value().split())


def readers(config: Config) -> tuple[Recipient, ...]:
    """Everybody who is told, by mail or by a channel."""
    others = (Recipient(address=channel.name, language=config.language) for channel in channels(config))
    return (*(recipients(config) if config.mail.host else ()), *others)


def letterhead(config: Config) -> Letterhead:
    """What all mails have in common."""
    return Letterhead(site=config.site.address, zone=ZoneInfo(config.mail.time_zone))


def habits(config: Config) -> Habits:
    """When mails are written."""
    return Habits(window=timedelta(seconds=config.mail.digest), patience=timedelta(seconds=config.mail.patience))


def summary_time(config: Config) -> time | None:
    """When, on the clock of mail.time_zone, the daily summary is due; None: there is none."""
    return time.fromisoformat(config.mail.summary) if config.mail.summary else None

"""What spans several keys. Each check yields (path, sentence) for one thing; the loader adds the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet

from errors import channels
from errors.channels import Channel, ChannelError
from errors.language import _, say
from errors.letterhead import is_language
from worker.config.mistakes import Path
from worker.config.schema import Config, Mail, QuickBooks, Site, Source

Found = Iterator[tuple[Path, str]]
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_KEY = 32  # characters: what `cuadre config new-key` makes has 44
LONGEST_CALL = 120  # seconds; QBO gives up on a call then, qbo-facts section 1.7


def always(config: Config) -> Found:
    """What is wrong whatever the command."""
    yield from _state(config)
    yield from _quickbooks(config)
    yield from _mail(config)
    yield from _site(config.site)
    yield from _openid(config.site)
    for name, company in config.companies.items():
        yield from _source(("companies", name, "source"), company.source)
        if company.jitter >= company.poll:
            yield ("companies", name, "jitter"), _("jitter must be smaller than poll")


def complete(config: Config) -> Found:
    """What a command that works with QuickBooks cannot do without."""
    if not config.companies:
        yield ("companies",), _("no company is configured; add a table such as [companies.main]")
    elif not config.enabled():
        yield ("companies",), _("every company has enabled = false")
    app = config.quickbooks
    if not app.client_id:
        yield ("quickbooks", "client_id"), _("missing; it is under Keys & OAuth of your app at developer.intuit.com")
    if not app.client_secret.get_secret_value():
        yield ("quickbooks", "client_secret"), _("missing; give it, client_secret_file or a systemd credential")
    if not app.token_key.get_secret_value():
        yield ("quickbooks", "token_key"), _("missing; `cuadre config new-key` makes one. Tokens are encrypted with it")
    for name in config.enabled():
        if not config.companies[name].source.url.get_secret_value():
            yield ("companies", name, "source", "url"), _("missing; the database URL of your own books")


def warnings(config: Config) -> Found:
    """What works today and will trouble somebody tomorrow."""
    if config.quickbooks.environment == "production" and config.quickbooks.redirect_uri.startswith("http:"):
        yield (
            ("quickbooks", "redirect_uri"),
            _("Intuit takes only https addresses with production keys; see `cuadre connect --paste`"),
        )

    heard = {name for each in config.mail.recipients for name in each.companies or config.companies}
    for name in config.enabled() if config.mail.host and not config.mail.channels.get_secret_value() else ():
        if name not in heard:
            yield ("mail", "recipients"), say("nobody gets the mails of {name}", name=name)


def _state(config: Config) -> Found:
    url = config.state.url.get_secret_value()
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        yield ("state", "url"), _("expected sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")


def _quickbooks(config: Config) -> Found:
    yield from _environment(config.quickbooks.environment)
    yield from _limits(config.quickbooks)
    address = urlsplit(config.quickbooks.redirect_uri)
    if address.scheme not in {"http", "https"} or not address.hostname:
        yield ("quickbooks", "redirect_uri"), _("expected an address such as http://localhost:8400/callback")
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        yield ("quickbooks", "redirect_uri"), _("http only on this machine (localhost); elsewhere https")
    key = config.quickbooks.token_key.get_secret_value()
    if not all(map(_is_fernet, key.split())):  # several, while one is being replaced
        yield (
            ("quickbooks", "token_key"),
            _("not a Fernet key (32 bytes, URL-safe base64); `cuadre config new-key` makes one"),
        )


def _limits(quickbooks: QuickBooks) -> Found:
    """Intuit's limits (qbo-facts section 6); a sandbox on this machine has none."""
    if quickbooks.environment not in {"production", "sandbox"}:
        return
    allowed = {
        "requests_per_second": 10,
        "requests_per_minute": 500,
        "batches_per_minute": 40,
        "requests_in_flight": 10,
    }
    for name, most in allowed.items():
        if getattr(quickbooks.limits, name) > most:
            yield ("quickbooks", "limits", name), say("Intuit allows at most {most}", most=most)
    if quickbooks.settle < LONGEST_CALL:
        yield (
            ("quickbooks", "settle"),
            say("at least {least}: so long QuickBooks may work on a call that it did not answer", least=LONGEST_CALL),
        )


def _environment(value: str) -> Found:
    if value in {"production", "sandbox"}:
        return
    address = urlsplit(value)
    path: Path = ("quickbooks", "environment")
    if address.scheme not in {"http", "https"}:
        yield path, _('expected "production", "sandbox" or the address of a `cuadre sandbox`')
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        yield path, _("http only on this machine (127.0.0.1): tokens would cross the network readable")


def _is_fernet(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _mail(config: Config) -> Found:
    mail = config.mail
    if mail.host:
        if not mail.sender:
            yield ("mail", "sender"), _("missing, although mail.host is given")
        if not mail.recipients:
            yield ("mail", "recipients"), _('missing, although mail.host is given; expected [{address = "..."}]')
    elif mail.recipients or mail.username:
        yield ("mail", "host"), _("missing, although other keys of [mail] are given")
    for place, recipient in enumerate(mail.recipients):
        if recipient.language is not None and not is_language(recipient.language):
            yield ("mail", "recipients", place, "language"), _("expected en or es, with a country or without: es-MX")
        for name in recipient.companies:
            if name not in config.companies:
                yield ("mail", "recipients", place, "companies"), say("no company is called {name}", name=name)
    yield from _mail_times(mail)
    yield from _channels(mail)
    if mail.username and not mail.password.get_secret_value():
        yield ("mail", "password"), _("missing, although mail.username is given")


def _mail_times(mail: Mail) -> Found:
    if mail.summary and not HOUR.fullmatch(mail.summary):
        yield ("mail", "summary"), _('expected a time of day such as "07:30", or nothing')
    try:
        ZoneInfo(mail.time_zone)
    except (ValueError, OSError, KeyError):
        yield ("mail", "time_zone"), _("no such time zone; expected one such as Europe/Madrid")


def _channels(mail: Mail) -> Found:
    try:
        channels.check([Channel(url) for url in mail.channels.get_secret_value().split()])
    except ChannelError as error:
        yield ("mail", "channels"), str(error)


def _site(site: Site) -> Found:
    """A password must never cross a network readable, and a session is worth no more than the key that signs it."""
    key, address = site.secret_key.get_secret_value(), urlsplit(site.address)
    if site.enabled and not key:
        yield ("site", "secret_key"), _("missing; `cuadre config new-key` makes one. Sessions are signed with it")
    elif key and len(key) < SHORTEST_KEY:
        yield ("site", "secret_key"), _("too short to keep sessions safe; `cuadre config new-key` makes one")
    if site.address and (address.scheme not in {"http", "https"} or not address.hostname):
        yield ("site", "address"), _("expected an address such as https://books.example.com/cuadre")
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        yield ("site", "address"), _("http only on this machine (localhost); elsewhere https")
    elif site.host not in LOOPBACK and not site.address:
        yield (
            ("site", "address"),
            _("missing, although site.host is open to others; the https address of your reverse proxy"),
        )


def _openid(site: Site) -> Found:
    """What comes back from the service decides who gets in: nobody between may read or change it."""
    openid, path = site.openid, ("site", "openid")
    if not openid.issuer:
        if openid.client_id or openid.roles or not openid.passwords:
            yield (*path, "issuer"), _("missing, although other keys of [site.openid] are given")
        return
    address = urlsplit(openid.issuer)
    if address.scheme not in {"http", "https"} or not address.hostname or address.query or address.fragment:
        yield (*path, "issuer"), _("expected an address such as https://login.example.com/realms/firm")
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        yield (*path, "issuer"), _("http only on this machine (localhost); elsewhere https")
    if not openid.client_id:
        yield (*path, "client_id"), _("missing; the sign-in service gives it to the console as an application")
    if "openid" not in openid.scopes:
        yield (*path, "scopes"), _('"openid" must be among them')
    if not site.address:
        yield ("site", "address"), _("missing; the sign-in service sends readers back to it")


def _source(path: Path, source: Source) -> Found:
    rows = source.rows()
    if source.layout == "reference":
        for kind in rows:
            yield (*path, kind), _('only with schema = "mapped"; the reference schema needs no queries')
        return
    if not rows:
        yield (*path, "schema"), _('"mapped" needs a query for each kind you have, e.g. [...source.invoice]')
    for kind, mapped in rows.items():
        if not mapped.query:
            yield (*path, kind, "query"), _("missing; the SELECT that reads these rows")
    if source.invoice is not None and not source.invoice.lines:
        yield (*path, "invoice", "lines"), _("missing; the SELECT that reads the lines of invoices")
    for needed in ("customer", "service"):
        if "invoice" in rows and needed not in rows:
            yield (*path, "invoice"), say("invoices need [...source.{kind}] too", kind=needed)

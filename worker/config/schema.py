"""Every key of the configuration: type, default, limits. Durations are seconds. What spans keys is in checks.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Language = Literal["en", "es"]
Seconds = Annotated[float, Field(gt=0)]
CompanyName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]


class Section(BaseModel):
    """A table of the configuration: frozen, unknown keys refused, values never echoed in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_by_name=True)


class State(Section):
    """Where Cuadre keeps its own tables: SQLite or postgresql+psycopg://."""

    url: SecretStr = SecretStr("sqlite:///cuadre.sqlite")
    url_file: Path | None = None


class Log(Section):
    """`auto`: for people when standard error is a terminal, JSON otherwise."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Limits(Section):
    """At most what Intuit allows for each company (qbo-facts section 6); see checks.py."""

    requests_per_second: Annotated[int, Field(ge=1)] = 8
    requests_per_minute: Annotated[int, Field(ge=1)] = 400
    batches_per_minute: Annotated[int, Field(ge=1)] = 40
    requests_in_flight: Annotated[int, Field(ge=1)] = 10


class QuickBooks(Section):
    """The keys of your app at Intuit, and the key that encrypts tokens at rest."""

    environment: str = "production"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    redirect_uri: str = "http://localhost:8400/callback"
    token_key: SecretStr = SecretStr("")
    token_key_file: Path | None = None
    timeout: Seconds = 60
    connect_timeout: Seconds = 10
    settle: Annotated[float, Field(ge=0)] = 125  # before a call without an answer is looked up; see checks.py
    fresh: Annotated[float, Field(ge=0)] = 300  # seconds that our copy of QuickBooks' lists counts as up to date
    copied_pages: Annotated[int, Field(ge=0)] = 100  # a list with more pages of 1000 is asked by query, not copied
    reads_per_month: Annotated[int, Field(ge=1)] = 500_000  # of all companies; Intuit's free tier
    limits: Limits = Limits()


class Recipient(Section):
    """Who gets the mails; no language: that of the configuration. No companies: those of all."""

    address: Annotated[str, Field(pattern=r"^[^\s<>,;:@()]+@[^\s<>,;:@()]+$")]
    language: str | None = None
    companies: tuple[str, ...] = ()


class Mail(Section):
    """No host: no mail is sent. `digest`, `patience`: see errors/notices.py. `channels`: addresses for Apprise."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    sender: str = ""
    recipients: tuple[Recipient, ...] = ()
    digest: Annotated[float, Field(ge=60)] = 900
    patience: Annotated[float, Field(ge=0)] = 3600
    summary: str = ""
    time_zone: str = "UTC"
    channels: SecretStr = SecretStr("")
    channels_file: Path | None = None

    def reaches_somebody(self) -> bool:
        return bool(self.host or self.channels.get_secret_value())


class OpenId(Section):
    """Signing in with a service of your own (docs/console.md). No issuer: there is none.

    `roles`: group at the service -> role here. `passwords` False: the sign-in page takes none.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    name_claim: Annotated[str, Field(min_length=1)] = "email"
    groups_claim: Annotated[str, Field(min_length=1)] = "groups"
    label: Annotated[str, Field(max_length=60)] = ""
    passwords: bool = True
    roles: Mapping[str, Literal["viewer", "operator", "admin"]] = {}


class Site(Section):
    """The console in a browser. `address`: where people reach it, through a reverse proxy as a rule; mails link to it.

    `proxies`: the addresses of proxies whose X-Forwarded-For and -Proto are believed.
    """

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8480
    address: str = ""
    secret_key: SecretStr = SecretStr("")
    secret_key_file: Path | None = None
    session_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 12
    allowed_hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ("127.0.0.1",)
    largest_body: Annotated[int, Field(ge=1024)] = 262_144  # bytes
    openid: OpenId = OpenId()


class Api(Section):
    """The HTTP API of the site (docs/api.md): how often each key may ask."""

    requests_per_minute: Annotated[int, Field(ge=1)] = 300
    number_checks_per_minute: Annotated[int, Field(ge=1)] = 60


class Webhooks(Section):
    """What QuickBooks tells us by itself (docs/webhooks.md). Several tokens while one is replaced."""

    verifier_token: SecretStr = SecretStr("")
    verifier_token_file: Path | None = None


class Rows(Section):
    """How one kind of document is read from existing tables (schema = "mapped")."""

    query: str = ""
    key: Literal["integer", "text"] = "integer"


class ServiceRows(Rows):
    """`delete`: the statement that takes a failing service off the local list."""

    delete: str = ""


class InvoiceRows(Rows):
    """`lines`: the query for the lines; `write_number`: the statement that writes a new number back; `rename_job`:
    the one that gives all rows of a job its new number.
    """

    lines: str = ""
    write_number: str = ""
    rename_job: str = ""


class PaymentRows(Rows):
    """`allocations`: the query for the invoices that a payment settles."""

    allocations: str = ""


class NumberedRows(Rows):
    """`write_number`: the statement that writes a new number back."""

    write_number: str = ""


class Source(Section):
    """One company's local books. `layout` is the key `schema` (pydantic owns that attribute's name)."""

    url: SecretStr = SecretStr("")
    url_file: Path | None = None
    layout: Annotated[Literal["reference", "mapped"], Field(alias="schema")] = "reference"
    overlap: Annotated[float, Field(ge=0)] = 300
    customer: Rows | None = None
    service: ServiceRows | None = None
    invoice: InvoiceRows | None = None
    payment: PaymentRows | None = None
    refund: NumberedRows | None = None
    fee: NumberedRows | None = None

    def rows(self) -> Mapping[str, Rows]:
        """The mapped kinds, by the kind's word."""
        kinds = ("customer", "service", "invoice", "payment", "refund", "fee")
        return {kind: rows for kind in kinds if isinstance(rows := getattr(self, kind), Rows)}


class Accounts(Section):
    """Accounts by name or number in the chart of accounts; `cuadre doctor` looks for each."""

    income: str = "Services"
    deposit: str = "Undeposited Funds"
    refunds_from: str = "Checking"
    fees_from: str = "Checking"
    fees_expense: str = "Bank Charges"


class Policies(Section):
    """`create`: what is missing in QuickBooks is created; `match`: it becomes an error."""

    customers: Literal["create", "match"] = "create"
    services: Literal["create", "match"] = "create"
    default_service: str = ""
    default_processor: str = "Card processor"


class Numbers(Section):
    """`sync`: invoices without a number get the next one of their range. `jobs`: invoices of jobs have the numbers of
    their jobs. Here and in QuickBooks (docs/numbers.md).
    """

    sync: bool = False
    jobs: bool = False


class Company(Section):
    """One QuickBooks company and the local books that go with it."""

    enabled: bool = True
    poll: Annotated[float, Field(ge=1)] = 60
    jitter: Annotated[float, Field(ge=0)] = 5
    source: Source = Source()
    accounts: Accounts = Accounts()
    policies: Policies = Policies()
    numbers: Numbers = Numbers()
    payment_methods: Mapping[str, str] = {}


class Config(Section):
    """The whole configuration."""

    language: Language = "en"
    state: State = State()
    log: Log = Log()
    quickbooks: QuickBooks = QuickBooks()
    mail: Mail = Mail()
    site: Site = Site()
    api: Api = Api()
    webhooks: Webhooks = Webhooks()
    companies: Mapping[CompanyName, Company] = {}

    def enabled(self) -> tuple[str, ...]:
        """The names of the companies that are worked on."""
        return tuple(name for name, company in self.companies.items() if company.enabled)

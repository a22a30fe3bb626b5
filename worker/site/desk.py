"""What all parts of the site share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from sqlalchemy import Engine

from worker.clock import Clock
from worker.config.checks import LOOPBACK
from worker.config.schema import Config
from worker.openid.provider import Provider
from worker.schedule.workshop import Open
from worker.site.keeping import Keeper

CALLBACK = "/sign-in/openid/back"  # where the sign-in service sends readers
AT_ONCE = 2  # questions to QuickBooks under way


@dataclass(kw_only=True)
class Desk:
    """`config` is replaced when the daemon reads its configuration again; `[site]` counts from the next start."""

    config: Config
    engine: Engine
    clock: Clock
    open_company: Open

    def __post_init__(self) -> None:
        site = self.config.site
        self.asking = BoundedSemaphore(AT_ONCE)
        self.keeper = Keeper(site.secret_key.get_secret_value().encode(), timedelta(hours=site.session_hours))
        address = urlsplit(site.address)
        self.base = address.path.rstrip("/")  # what stands before every path, as a reader's browser sees it
        self.origin = f"{address.scheme}://{address.netloc}" if address.netloc else ""
        self.secure = address.scheme == "https"
        self.passwords = site.openid.passwords
        self.provider = Provider(site.openid, site.address.rstrip("/") + CALLBACK) if site.openid.issuer else None

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the site answers, without ports."""
        site = self.config.site
        ours = LOOPBACK if site.host in LOOPBACK else (site.host,)
        return frozenset((urlsplit(site.address).hostname or "", *ours, *site.allowed_hosts)) - {""}

    def url(self, path: str) -> str:
        return f"{self.base}{path}"

"""The sandbox as a program: set up, announced, served until it is stopped. `cuadre sandbox` calls `run`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Literal

from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.server import SandboxServer, serve
from connectors.quickbooks.sandbox.signin.grants import ANY_REALM
from connectors.quickbooks.sandbox.storage.keeper import Keeper, template
from connectors.quickbooks.sandbox.trouble.limits import Limits

Realms = Sequence[str] | Literal["any"]


@dataclass(frozen=True)
class Setup:
    """What a sandbox is started with.

    Attributes:
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        data: a file that is loaded on start, if it exists, and kept up to date after every request.
        seed: what new companies hold: the name of a seed, or the path of a file made with `data`.
        country: the country of new companies: US, CA, MX or GB.
        realms: the companies that exist (none: the one of `realm`, else one with a number of our own), or "any": one
            never seen before is made when a living token asks for it.
        realm: the company of the fixed tokens, which is made; empty means that they open every company.
        client_id: the one registered app; empty means that any app is accepted.
        client_secret: its secret.
        refresh_token: a fixed refresh token that is accepted from the start.
        access_token: a fixed access token; it ends when the clock is moved, not when time passes.
        rotate: "daily", "always" or "never", see `tokens.TokenBook`.
        latency: how long every answer waits.
        limits: whether Intuit's throttling holds; a client on the same machine is faster than any that Intuit meets.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data: Path | None = None
    seed: str = "us"
    country: str = "US"
    realms: Realms = ()
    realm: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    rotate: str = "daily"
    latency: timedelta = timedelta()
    limits: bool = False


def run(
    setup: Setup,
    *,
    now: Callable[[], datetime],
    on_ready: Callable[[SandboxServer], None],
    stopped: Event | None = None,
) -> None:
    """Serve until `stopped` is set or Ctrl-C; `on_ready` is called once with the listening server.

    Raises:
        FileRefused: the data file, or the file to seed from, cannot be used.
        ValueError: an option has a value that the sandbox does not know.
        OSError: the address or the port cannot be had.
    """
    sandbox = made(setup, now)
    with closing(Keeper(setup.data)) if setup.data else nullcontext() as keeper:
        if keeper is not None:
            keeper.load(sandbox)
        _let_in(sandbox, setup)
        if keeper is not None:
            keeper.save(sandbox)
            sandbox.keeper = keeper
        with serve(sandbox, setup.host, setup.port, latency=setup.latency) as server:
            try:
                on_ready(server)
                (stopped or Event()).wait()
            except KeyboardInterrupt:
                return


def made(setup: Setup, now: Callable[[], datetime]) -> Sandbox:
    """Make the sandbox in memory."""
    return Sandbox(
        now,
        realms=_realms(setup),
        seed=template(Path(setup.seed)) if Path(setup.seed).is_file() else setup.seed,
        country=setup.country,
        clients={setup.client_id: setup.client_secret} if setup.client_id else None,
        rotate=setup.rotate,
        limits=Limits() if setup.limits else None,
    )


def _realms(setup: Setup) -> Realms:
    if setup.realms == "any":
        return "any"
    named = [*setup.realms, *([setup.realm] if setup.realm else [])]
    return list(dict.fromkeys(named)) or [FIRST_REALM]


def _let_in(sandbox: Sandbox, setup: Setup) -> None:
    sandbox.make_missing()
    if setup.realm and setup.realm not in sandbox.companies:
        sandbox.add_company(setup.realm)
    if setup.refresh_token or setup.access_token:
        realm = setup.realm or ANY_REALM
        sandbox.connect(realm, access_token=setup.access_token, refresh_token=setup.refresh_token)

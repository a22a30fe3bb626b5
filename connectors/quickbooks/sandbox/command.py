"""The sandbox as a program: started, announced, saved on stop. `cuadre sandbox` calls `run`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Literal

from connectors.quickbooks.sandbox.books import snapshot
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.server import SandboxServer, serve


def run(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    data: Path | None = None,
    seed: str = "us",
    realms: Sequence[str] | Literal["any"] = "any",
    client_id: str = "",
    client_secret: str = "",
    refresh_token: str = "",
    access_token: str = "",
    realm: str = "",
    rotate: str = "daily",
    now: Callable[[], datetime],
    on_ready: Callable[[SandboxServer], None],
    stopped: Event | None = None,
) -> None:
    """Serve until `stopped` is set or Ctrl-C, then save to `data`.

    Args:
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        data: a file that is loaded on start, if it exists, and saved on stop.
        seed: "us" or "empty", for new companies.
        realms: the companies that exist, or "any".
        client_id: the one registered app; empty means that any app is accepted.
        client_secret: its secret.
        refresh_token: a fixed refresh token that is accepted from the start.
        access_token: a fixed access token that is accepted for an hour from the start.
        realm: the company of the fixed tokens; empty means the first one.
        rotate: "daily", "always" or "never", see `tokens.TokenBook`.
        now: reads the time, timezone-aware.
        on_ready: is called once with the listening server (its `url` can be shown).
        stopped: ends the run when it is set.
    """
    clients = {client_id: client_secret} if client_id else None
    sandbox = Sandbox(now, realms=realms, seed=seed, clients=clients, rotate=rotate)
    if data is not None:
        snapshot.load(sandbox, data)
    if refresh_token or access_token:
        first = FIRST_REALM if realms == "any" else realms[0]
        sandbox.connect(realm or first, access_token=access_token, refresh_token=refresh_token)
    server = serve(sandbox, host, port)
    try:
        on_ready(server)
        (stopped or Event()).wait()
    except KeyboardInterrupt:
        return
    finally:
        server.stop()
        if data is not None:
            snapshot.save(sandbox, data)

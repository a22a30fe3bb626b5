"""cuadre sandbox"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated, Literal

import typer

from connectors.quickbooks.sandbox.command import run
from connectors.quickbooks.sandbox.server import SandboxServer
from errors.language import _, say
from worker.commands.output import line
from worker.commands.session import session

app = typer.Typer(add_completion=False)


@app.command(help=_("Run a QuickBooks of your own on this machine until stopped: for trying, staging and tests."))
def sandbox(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help=_("The address to listen on."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("The port to listen on; 0 takes a free one."))] = 8765,
    data: Annotated[Path | None, typer.Option(help=_("Load from this file, and save to it when stopped."))] = None,
    seed: Annotated[Literal["us", "empty"], typer.Option(help=_("What a new company holds."))] = "us",
    client_id: Annotated[str, typer.Option(help=_("The only app that is let in; empty: any."))] = "",
    client_secret: Annotated[str, typer.Option(help=_("Its secret."))] = "",
    refresh_token: Annotated[str, typer.Option(help=_("A refresh token that works from the start."))] = "",
    access_token: Annotated[str, typer.Option(help=_("An access token that works for the first hour."))] = "",
    realm: Annotated[str, typer.Option(help=_("The company of these tokens; empty: the first."))] = "",
    rotate: Annotated[
        Literal["daily", "always", "never"], typer.Option(help=_("When a refresh token is replaced by a new one."))
    ] = "daily",
) -> None:
    signal.signal(signal.SIGTERM, _stop)
    run(
        host=host,
        port=port,
        data=data,
        seed=seed,
        client_id=client_id,
        client_secret=client_secret,
        refresh_token=refresh_token,
        access_token=access_token,
        realm=realm,
        rotate=rotate,
        now=session(context).now,
        on_ready=_announce,
    )


def _announce(server: SandboxServer) -> None:
    line(say('A QuickBooks is listening at {url} (quickbooks.environment = "{url}").', url=server.url))
    line(_("Ctrl-C stops it."))


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt  # the sandbox saves its data and ends as after Ctrl-C

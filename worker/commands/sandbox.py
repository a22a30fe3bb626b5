"""cuadre sandbox"""

from __future__ import annotations

import json
import re
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from connectors.quickbooks.sandbox.books.seed import SEEDS
from connectors.quickbooks.sandbox.command import Realms, Setup, run
from connectors.quickbooks.sandbox.server import SandboxServer
from connectors.quickbooks.sandbox.storage.database import FileRefused
from errors.language import _, say
from worker import exits
from worker.commands.output import Json, complain, line
from worker.commands.session import session

app = typer.Typer(add_completion=False)
SPAN = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>ms|s)")
NUMBER = re.compile(r"\d{1,20}")


@app.command(help=_("Run a QuickBooks of your own on this machine until stopped: for trying, staging and tests."))
def sandbox(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(help=_("The address to listen on."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("The port to listen on; 0 takes a free one."), min=0, max=65535)] = 8765,
    data: Annotated[Path | None, typer.Option(help=_("Keep everything in this file, after every request."))] = None,
    country: Annotated[
        Literal["US", "CA", "MX", "GB"], typer.Option(help=_("The country of new companies."), case_sensitive=False)
    ] = "US",
    seed: Annotated[
        str, typer.Option(help=_("What a new company holds: us, lists, empty, or a file made with --data."))
    ] = "us",
    latency: Annotated[str, typer.Option(help=_("How long every answer waits, for example 80ms or 2s."))] = "0ms",
    limits: Annotated[Literal["on", "off"], typer.Option(help=_("Whether Intuit's throttling holds."))] = "off",
    rotate: Annotated[
        Literal["daily", "always", "never"], typer.Option(help=_("When a refresh token is replaced by a new one."))
    ] = "daily",
    realms: Annotated[
        str, typer.Option(help=_("The companies that exist (ID,ID), or any: made when first asked for."))
    ] = "",
    realm: Annotated[str, typer.Option(help=_("The company of the fixed tokens; empty: they open every one."))] = "",
    client_id: Annotated[str, typer.Option(help=_("The only app that is let in; empty: any."))] = "",
    client_secret: Annotated[str, typer.Option(help=_("Its secret."))] = "",
    refresh_token: Annotated[str, typer.Option(help=_("A refresh token that works from the start."))] = "",
    access_token: Annotated[str, typer.Option(help=_("An access token that works from the start and lasts."))] = "",
    as_json: Json = False,
) -> None:
    setup = Setup(
        host=host,
        port=port,
        data=data,
        seed=_seed(seed),
        country=country.upper(),
        realms=_realms(realms),
        realm=_number(realm, "--realm") if realm else "",
        client_id=client_id,
        client_secret=client_secret,
        refresh_token=refresh_token,
        access_token=access_token,
        rotate=rotate,
        latency=_span(latency),
        limits=limits == "on",
    )
    signal.signal(signal.SIGTERM, _stop)
    try:
        run(setup, now=session(context).now, on_ready=_announce_json if as_json else _announce)
    except FileRefused as refused:
        complain(_reasons()[refused.reason].format(file=refused.file))
        raise typer.Exit(exits.CONFIGURATION) from None


def _seed(text: str) -> str:
    if text not in SEEDS and not Path(text).is_file():
        known = ", ".join(SEEDS)
        problem = say("{value} is no seed ({known}) and no file", value=text, known=known)
        raise typer.BadParameter(problem, param_hint="--seed")
    return text


def _realms(text: str) -> Realms:
    if text.strip().lower() == "any":
        return "any"
    return [_number(part.strip(), "--realms") for part in text.split(",") if part.strip()]


def _number(text: str, option: str) -> str:
    if not NUMBER.fullmatch(text):
        problem = say("{value} is no company number: up to 20 digits, or any for --realms", value=text)
        raise typer.BadParameter(problem, param_hint=option)
    return text


def _span(text: str) -> timedelta:
    found = SPAN.fullmatch(text.strip().lower())
    if found is None:
        problem = say("{value} is no time; write for example 80ms or 2s", value=text)
        raise typer.BadParameter(problem, param_hint="--latency")
    number = int(found["number"])
    return timedelta(milliseconds=number) if found["unit"] == "ms" else timedelta(seconds=number)


def _reasons() -> dict[str, str]:
    """Why a file was refused, as `FileRefused.reason` says; `{file}` is its name."""
    return {
        "foreign": _("{file} was not made by `cuadre sandbox`; name another file."),
        "older": _("{file} was made by an older Cuadre; begin a new file."),
        "newer": _("{file} was made by a newer Cuadre; use that one, or begin a new file."),
        "busy": _("{file} is in use by another sandbox; stop that one, or name another file."),
        "unreadable": _("{file} is damaged and cannot be read."),
        "unwritable": _("{file} cannot be written; look at its folder and its permissions."),
        "empty": _("{file} holds no company to begin with."),
    }


def _announce(server: SandboxServer) -> None:
    line(say('A QuickBooks is listening at {url} (quickbooks.environment = "{url}").', url=server.url))
    line(say("Companies: {realms}. Look inside: {page}", realms=_shown(server), page=f"{server.url}/sandbox/"))
    line(_("Ctrl-C stops it."))


def _shown(server: SandboxServer) -> str:
    return ", ".join(server.sandbox.companies)


def _announce_json(server: SandboxServer) -> None:
    """One document on one line, so that a program can read it while this one goes on."""
    found = {"url": server.url, "realms": list(server.sandbox.companies), "page": f"{server.url}/sandbox/"}
    found["discovery"] = f"{server.url}/.well-known/openid_sandbox_configuration"
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt  # ends as after Ctrl-C

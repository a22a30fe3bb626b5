"""cuadre demo"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from errors.language import _
from worker.commands.output import Json
from worker.commands.session import session
from worker.demo.command import browse, demo as show

app = typer.Typer(add_completion=False)


@app.command(help=_("Show the whole way on this machine: books, a sandbox QuickBooks, errors and their mending."))
def demo(
    context: typer.Context,
    *,
    as_json: Json = False,
    keep: Annotated[
        Path | None, typer.Option("--keep", help=_("Leave configuration, databases and sandbox in this folder."))
    ] = None,
    site: Annotated[
        bool, typer.Option("--site", help=_("Serve the console, with the troubles still there, until Ctrl-C."))
    ] = False,
) -> None:
    if site:
        raise typer.Exit(browse(session(context).clock))
    raise typer.Exit(show(as_json=as_json, keep=keep, clock=session(context).clock))

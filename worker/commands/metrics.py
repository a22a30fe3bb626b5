"""cuadre metrics"""

from __future__ import annotations

import sys

import typer

from errors.language import _
from worker import metrics
from worker.commands.session import session

app = typer.Typer(add_completion=False)


@app.command("metrics", help=_("Cuadre's figures in Prometheus' text format."))
def show(context: typer.Context) -> None:
    current = session(context)
    sys.stdout.write(metrics.exposition(current.config, current.engine, current.now()))

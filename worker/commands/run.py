"""cuadre run"""

from __future__ import annotations

import os
from threading import Event

import typer
from sqlalchemy import Engine

from errors.language import _
from worker import mails, pipeline
from worker.app import create_app
from worker.clock import Clock
from worker.commands.session import session
from worker.companies import open_company, open_state
from worker.config import Loaded
from worker.daemon import Daemon
from worker.log import setup
from worker.notify import notifier, watchdog_seconds
from worker.schedule.wishing import Wishes
from worker.schedule.workshop import Workshop
from worker.site.serving import Serving
from worker.state.beats import Heartbeats

app = typer.Typer(add_completion=False)


@app.command(help=_("Run in the foreground until stopped (SIGTERM, Ctrl-C); SIGHUP reads the configuration again."))
def run(context: typer.Context) -> None:
    current = session(context)
    loaded = current.load()
    setup(loaded.config.log)

    def reload() -> Loaded:
        again = current.load()
        setup(again.config.log)
        if site is not None:
            site.app.state.desk.config = again.config
        return again

    engine, stopping = open_state(loaded.config), Event()
    site = _site(loaded, engine, current.clock)
    workshop = Workshop(
        loaded.config, engine, current.clock, opener=open_company, run=pipeline.run, stopping=stopping.is_set
    )
    daemon = Daemon(
        loaded=loaded,
        reload=reload,
        engine=engine,
        workshop=workshop,
        deliver_mail=lambda config: mails.send(config, engine, current.now),
        clock=current.clock,
        stopping=stopping,
        notify=notifier(),
        beat=watchdog_seconds(current.environment, os.getpid()),
        wishes=Wishes(engine, current.now),
        heartbeats=Heartbeats(current.now),
        at_the_end=site.stop if site else None,
    )
    daemon.listen()
    if site is not None:
        site.start()
    raise typer.Exit(daemon.run())


def _site(loaded: Loaded, engine: Engine, clock: Clock) -> Serving | None:
    settings = loaded.config.site
    return Serving(create_app(loaded.config, engine, clock), settings) if settings.enabled else None

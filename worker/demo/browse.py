"""`cuadre demo --site`: the planted troubles, a daemon that looks often, and the console to click through."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event
from typing import Any

from cryptography.fernet import Fernet
from pydantic import SecretStr

from errors.language import _, say
from errors.person import me
from worker import pipeline
from worker.app import create_app
from worker.clock import Clock
from worker.commands.output import line
from worker.companies import open_company
from worker.config import Loaded
from worker.config.schema import Config, Site
from worker.daemon import Daemon
from worker.demo import troubles
from worker.demo.stage import COMPANIES, Stage, give_consent
from worker.schedule.wishing import Wishes
from worker.schedule.workshop import Workshop
from worker.site import people
from worker.site.people import Role
from worker.site.serving import Serving

POLL = 3.0  # seconds: who clicks wants to see what comes of it
USER = "admin"


def browse(stage: Stage, clock: Clock) -> int:
    """Until Ctrl-C. Returns the exit code."""
    troubles.plant(stage)
    for name in COMPANIES:
        give_consent(stage, name, clock)
    config, engine, stopping = _config(stage.loaded.config), stage.engine, Event()
    serving = Serving(create_app(config, engine, clock), config.site)
    with engine.begin() as connection:
        password = people.add(connection, USER, Role.ADMIN, None, by=me(), now=clock.now())
    loaded = Loaded(config=config, file=stage.loaded.file)
    daemon = Daemon(
        loaded=loaded,
        reload=lambda: loaded,
        engine=engine,
        workshop=Workshop(config, engine, clock, opener=open_company, run=pipeline.run, stopping=stopping.is_set),
        deliver_mail=lambda _config: None,
        clock=clock,
        stopping=stopping,
        notify=lambda _told: None,
        wishes=Wishes(engine, clock.now),
        at_the_end=serving.stop,
    )
    daemon.listen()
    serving.start()
    line(say("The console is at {address}", address=serving.address))
    line(say("User: {name}", name=USER))
    line(say("One-time password of {name}, shown this once: {password}", name=USER, password=password))
    line(_("The first look takes a minute; the planted troubles stand under Errors then. Ctrl-C ends it."))
    return daemon.run()


def _config(config: Config) -> Config:
    companies: Mapping[str, Any] = {
        name: company.model_copy(update={"poll": POLL, "jitter": 0.0}) for name, company in config.companies.items()
    }
    site = Site(port=0, secret_key=SecretStr(Fernet.generate_key().decode()))
    return config.model_copy(update={"companies": companies, "site": site})

"""The site as one FastAPI application: the console and, beside it, whatever else is served over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from worker.api import mounting
from worker.clock import Clock
from worker.companies import open_beside
from worker.config.schema import Config
from worker.schedule.workshop import Open
from worker.site import console
from worker.site.desk import Desk
from worker.site.look import STATIC
from worker.site.shield import Shield

Part = Callable[[FastAPI, Desk], None]

# Each part adds its own routes to the application. The shield (hosts, sizes, headers) stands before all of them;
# who may do what is each part's own affair, and tests/site walks every route of every part.
PARTS: tuple[Part, ...] = (console.add_to, mounting.add_to)


def create_app(config: Config, engine: Engine, clock: Clock, *, opener: Open = open_beside) -> FastAPI:
    """The application; what its parts share is `app.state.desk`."""
    app = FastAPI(title="Cuadre", docs_url=None, redoc_url=None, openapi_url=None)
    desk = Desk(config=config, engine=engine, clock=clock, open_company=opener)
    app.state.desk = desk
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for part in PARTS:
        part(app, desk)
    app.add_middleware(Shield, desk=desk)
    return app

"""Hangs the API into the site's application, with its own shape of answers for everything that is its own."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Route

from worker.api.application import create_api
from worker.api.desk import Desk
from worker.api.wrapping import Wrapping

PATHS = ("/api/{rest:path}", "/webhooks/{rest:path}", "/healthz", "/readyz", "/metrics")


def add_to(app: FastAPI, desk: Desk) -> None:
    """Paths stay as they are: a reader of the description finds them as they are asked for."""
    api = Wrapping(create_api(desk), lambda: desk.config.language)
    for path in PATHS:
        app.router.routes.append(Route(path, endpoint=api, include_in_schema=False))

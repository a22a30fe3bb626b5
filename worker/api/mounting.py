"""Hangs the API into the site's application, with its own shape of answers for everything that is its own."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Match, Route
from starlette.types import Scope

from worker.api.application import create_api
from worker.api.desk import Desk
from worker.api.wrapping import Wrapping

PATHS = ("/api/", "/webhooks/", "/healthz", "/readyz", "/metrics")


class Under(Route):
    """Everything under a path, line breaks and all, which no pattern of a route matches."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        ours = path.startswith(self.path) if self.path.endswith("/") else path == self.path
        return (Match.FULL, {"endpoint": self.endpoint}) if ours and scope["type"] == "http" else (Match.NONE, {})


def add_to(app: FastAPI, desk: Desk) -> None:
    """Paths stay as they are: a reader of the description finds them as they are asked for."""
    api = Wrapping(create_api(desk), lambda: desk.config.language)
    for path in PATHS:
        app.router.routes.append(Under(path, endpoint=api, include_in_schema=False))

"""A reader of the console: a client that keeps cookies, fills in forms as a browser does, and one who does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from worker.site import people
from worker.site.people import Role

ADDRESS = "http://127.0.0.1"
PASSWORD = "four words and a comma"
KEY = "k" * 44


class Reader:
    """Somebody with a browser. `signs_in` is the first thing most of them do."""

    def __init__(self, app: FastAPI, language: str = "en") -> None:
        self.app = app
        headers = {"Accept-Language": language, "Origin": ADDRESS}
        self.client = TestClient(app, base_url=ADDRESS, headers=headers, follow_redirects=False)

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def stamp(self, path: str) -> str:
        """What the forms of this page carry."""
        found = re.search(r'name="stamp" value="(\w+)"', self.get(path).text)
        assert found is not None, f"no form on {path}"
        return found[1]

    def post(self, path: str, fields: Mapping[str, Any] | None = None, *, on: str = "/", **more: Any) -> Any:
        """Send a form that stands on the page `on`."""
        return self.client.post(path, data={"stamp": self.stamp(on), **(fields or {})}, **more)

    def signs_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.post("/sign-in", {"name": name, "password": password}, on="/sign-in")


def person(app: FastAPI, role: Role, name: str = "") -> str:
    """A user with a password of their own."""
    desk = app.state.desk
    with desk.engine.begin() as connection:
        people.add(connection, name or role.value, role, PASSWORD, by="boss", now=desk.clock.now())
    return name or role.value


def signed_in(app: FastAPI, role: Role, name: str = "", language: str = "en") -> Reader:
    reader = Reader(app, language)
    answer = reader.signs_in(person(app, role, name))
    assert answer.status_code == 303, answer.text
    return reader


def text(answer: Any) -> str:
    """As a reader sees it."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def routes(app: Any) -> Iterator[tuple[str, str]]:
    """Every method and path of an application, of what is included in it and mounted on it, too."""
    yield from _routes(app.routes, "")


def _routes(found: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            context = route.include_context
            yield from _routes(inner.routes, prefix + context.prefix)
        elif getattr(route, "methods", None):
            yield from ((method, prefix + route.path) for method in sorted(route.methods - {"HEAD"}))
        elif getattr(route, "routes", None):
            yield from _routes(route.routes, prefix + route.path)
        else:
            yield "GET", prefix + route.path  # a folder of files


Build = Callable[..., FastAPI]

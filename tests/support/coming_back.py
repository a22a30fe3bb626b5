"""Signing in with a service of the firm, as a reader's browser does it: there, and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.support.browsing import ADDRESS, Reader, person
from worker.site import admission
from worker.site.people import Role

EVA = "eva@firm.example"


def added(app: FastAPI, role: Role = Role.OPERATOR, name: str = EVA) -> None:
    with app.state.desk.engine.begin() as connection:
        admission.add(connection, name, role, by="boss", now=app.state.desk.clock.now())


def there(reader: Reader, path: str = "/sign-in/openid") -> str:
    """Begin, and be let in by the service: the address that it sends the reader back to."""
    begun = reader.get(path)
    assert begun.status_code == 303, begun.text
    sent = requests.get(begun.headers["location"], allow_redirects=False, timeout=10)
    assert sent.status_code == 302, sent.text
    return sent.headers["location"]


def back(reader: Reader, address: str) -> Any:
    parts = urlsplit(address)
    return reader.get(f"{parts.path}?{parts.query}")


def comes(reader: Reader, path: str = "/sign-in/openid") -> Any:
    return back(reader, there(reader, path))


def signed_in_from_elsewhere(app: FastAPI) -> Reader:
    """An admin at another address, which nobody came back to in vain."""
    reader = Reader(app)
    reader.client = TestClient(app, base_url=ADDRESS, headers={"Origin": ADDRESS}, client=("192.0.2.9", 50000))
    reader.client.follow_redirects = False
    assert reader.signs_in(person(app, Role.ADMIN, "boss")).status_code == 303
    return reader

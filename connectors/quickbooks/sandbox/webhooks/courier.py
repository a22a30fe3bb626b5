"""Carries webhooks over HTTP in a thread of its own, so that no request of a client waits for a receiver."""

from __future__ import annotations

from threading import Event, Thread
from typing import Self

import requests

from connectors.quickbooks.sandbox.webhooks.desk import Send, Webhooks
from connectors.quickbooks.sandbox.webhooks.payloads import Post

PATIENCE = 3  # seconds; Intuit waits no longer for the 200
LOOK_AGAIN = 1  # seconds between looks for a retry whose time has come


class Courier:
    """Delivers whenever the webhooks are awake, until it is stopped; `send` posts over HTTP unless another is given."""

    def __init__(self, webhooks: Webhooks, send: Send | None = None) -> None:
        self._webhooks = webhooks
        self._send = send or http_post
        self._stopping = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish the delivery under way, then end."""
        self._stopping.set()
        self._webhooks.awake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._webhooks.awake.wait(LOOK_AGAIN)
            self._webhooks.awake.clear()
            if not self._stopping.is_set():
                self._webhooks.deliver(self._send)


def http_post(post: Post) -> int:
    """Post once and return the status, 0 without an answer; a redirect is an answer and is not followed."""
    with requests.Session() as session:
        session.trust_env = False  # a receiver on this machine is not behind a proxy
        try:
            answer = session.post(
                post.url, data=post.body, headers=post.headers, timeout=PATIENCE, allow_redirects=False, stream=True
            )
        except (requests.RequestException, OSError, ValueError):
            return 0
        with answer:
            return answer.status_code

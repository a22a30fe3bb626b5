"""The site on its address: in a thread beside the daemon, or alone."""

from __future__ import annotations

import socket
from threading import Thread

import structlog
import uvicorn
from fastapi import FastAPI

from worker.config.schema import Site

BACKLOG = 128
GRACE = 10  # seconds for answers under way when it stops

_log = structlog.get_logger("cuadre.site")


class Serving:
    """Listens from the moment it is made, so that a port that is taken is told before anything else begins.

    Raises:
        OSError: the address cannot be listened on.
    """

    def __init__(self, app: FastAPI, site: Site) -> None:
        self.app = app
        self._socket = _listen(site.host, site.port)
        host, port = self._socket.getsockname()[:2]
        self.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        settings = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=list(site.proxies),
            timeout_graceful_shutdown=GRACE,
            lifespan="off",
            ws="none",
        )
        self._server = uvicorn.Server(settings)
        self._thread = Thread(target=self._serve, name="cuadre-site", daemon=True)

    def start(self) -> None:
        self._thread.start()
        _log.info("site listens", address=self.address)

    def halt(self) -> None:
        """Take no more requests; may be called from a signal handler."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Take no more requests; those under way are answered."""
        self.halt()
        if self._thread.is_alive():
            self._thread.join(GRACE + 5)
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def wait(self) -> None:
        """Until it was stopped, for who serves the site alone."""
        while self._thread.is_alive():
            self._thread.join(0.5)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise OSError(error.errno, f"{host}:{port}: {error.strerror}") from None
    return made

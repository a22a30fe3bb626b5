"""A sign-in service over real HTTP (OpenID Connect): strict with its client, and able to lie where a test wants it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "console", "secret-of-the-console"


@dataclass
class SignInService:
    """Whoever comes is `person`. `lie` changes what the ID token says, `sign` how it is signed."""

    now: Callable[[], datetime]
    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "email": "eva@firm.example"})
    told_separately: dict[str, Any] = field(default_factory=dict)
    lie: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))

    def changes_its_key(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})

    def published(self) -> dict[str, Any]:
        places = ("authorization", "token", "userinfo")
        found = {f"{place}_endpoint": f"{self.issuer}/{place}" for place in places}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **found, **self.metadata}

    def lets_in(self, query: dict[str, str]) -> str:
        """Where the reader is sent back to."""
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        begun = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        mine = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != mine:
            return 401, {"error": "invalid_client"}
        if (
            begun is None
            or begun["code_challenge"] != challenge.rstrip("=")
            or begun["redirect_uri"] != form.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant", "error_description": "markup <b>of theirs</b>"}
        at = int(self.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": begun["nonce"]}
        told = self.lie({**claims, **self.person})
        made = self.sign(told) if self.sign else jwt.encode({"alg": "ES256", "kid": self.key.kid}, told, self.key)
        return 200, {"access_token": "access-of-eva", "token_type": "Bearer", "id_token": made}


@contextmanager
def serving(service: SignInService) -> Iterator[SignInService]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            service.asked.append(address.path)
            if address.path == "/authorization":
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", service.lets_in(query))
                self.end_headers()
                return
            answers = {
                "/.well-known/openid-configuration": service.published,
                "/keys": lambda: {"keys": [service.key.as_dict(private=False)]},
                "/userinfo": lambda: {**service.person, **service.told_separately},
            }
            self._json(200, answers[address.path]())

        def do_POST(self) -> None:
            service.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(*service.token(form, self.headers.get("Authorization", "")))

        def _json(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_anything: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The sandbox behind `requests`, in this process: no ports, no threads.

`session.mount(SANDBOX_URL, SandboxAdapter(sandbox))` and nothing above notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.client import responses
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.messages import Request

SANDBOX_URL = "http://quickbooks.sandbox"


class SandboxAdapter(BaseAdapter):
    """Turns prepared requests into calls of the core, and a lost response into `requests.ConnectionError`."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - the signature is that of requests
        timeout: Any = None,
        verify: bool | str = True,  # noqa: ARG002, FBT001, FBT002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        """Answer the request at once, a delayed one too.

        Raises:
            requests.ReadTimeout: the answer would come later than `timeout`, or after a hang not at all.
            requests.ConnectionError: the sandbox lost the request or its reply.
            requests.exceptions.ChunkedEncodingError: the sandbox cut the answer in the middle of its body.
        """
        url = request.url or ""
        headers = {"Host": url.partition("://")[2].partition("/")[0], **dict(request.headers)}
        answer = self._sandbox.handle(Request.of(request.method or "GET", url, headers, _bytes(request.body)))
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        if answer.delay and (answer.lost or (patience is not None and answer.delay.total_seconds() > patience)):
            raise requests.ReadTimeout(f"no answer for {answer.delay}", request=request)
        if answer.cut:
            raise requests.exceptions.ChunkedEncodingError("the body ended in the middle", request=request)
        if answer.lost:
            raise requests.ConnectionError("the sandbox closed the connection without an answer", request=request)
        response = requests.Response()
        response.status_code = answer.status
        response.reason = responses.get(answer.status, "")
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = BytesIO(b"" if request.method == "HEAD" else answer.body)
        response.url = url
        response.request = request
        return response

    def close(self) -> None:
        """Nothing to close."""


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8")
    return bytes(body) if isinstance(body, (bytes, bytearray)) else bytes(body.read())

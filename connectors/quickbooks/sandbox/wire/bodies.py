"""A request's body, read as the JSON it is or stands for; its own content type tells the dialect, not Accept."""

from __future__ import annotations

from typing import Any

from connectors.quickbooks.sandbox.wire import jsontext, xmlreading


def read(content_type: str, body: bytes) -> Any:
    """Return the body as JSON; raises `ValueError` when it is neither JSON nor XML."""
    if "xml" in content_type.lower() or body.lstrip()[:1] == b"<":
        return xmlreading.loads(body)
    return jsontext.loads(body)

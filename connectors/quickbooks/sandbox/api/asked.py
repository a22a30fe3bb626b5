"""What a resource is asked: the company, the request, what its path means, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal


@dataclass(frozen=True)
class Asked:
    """One call of the accounting API, after its token was checked."""

    company: Company
    request: Request
    call: Call
    now: datetime

    @property
    def body(self) -> Json:
        """The body as JSON; raises `Refusal` 500 for bytes that are not UTF-8, 2010 for what is no object."""
        try:
            body = self.request.json
        except UnicodeDecodeError:
            text = "Malformed UTF-8: MalformedByteSequenceException"
            raise Refusal(faults.Fault("500", "Unsupported Operation", text, None)) from None
        except (ValueError, RecursionError):
            raise Refusal(faults.unreadable()) from None
        if not isinstance(body, dict):
            raise Refusal(faults.unreadable())
        return body

    def unsupported(self) -> Refusal:
        return Refusal(faults.unsupported_path(self.request.path, self.request.header("Host")))


# A resource answers a status and a body that is put into an envelope, or a whole response of its own (a PDF).
Resource = Callable[[Asked], tuple[int, Json] | Response]

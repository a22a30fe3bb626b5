"""requestid: the same id is answered with the original answer, and nothing runs twice (qbo-facts 1.4).

How long an id is remembered, and what another body under it does, nobody recorded: switches (qbo-facts 11.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LONGEST = 50
MEMORY = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class RequestId:
    """What names one write: the id, the item's bId in a batch, what was sent under it (`asked`), and when."""

    text: str
    asked: str
    now: datetime
    item: str = ""

    @property
    def key(self) -> str:
        return f"{self.text}\n{self.item}"

    @property
    def digest(self) -> str:
        return sha256(self.asked.encode()).hexdigest()


def once(company: Company, request: RequestId, run: Callable[[], tuple[int, Json]]) -> tuple[int, Json]:
    """Run a write once for each (realm, requestid, bId); answer (status, body), the stored one the second time.

    Raises:
        Refusal: 600 for a used id where the switches want it; 6000 or 2130 for one that is too long.
    """
    if not request.text:
        return run()
    _check_length(company, request)
    reply = _remembered(company, request)
    if reply is not None:
        return reply["status"], reply["body"]
    status, body = run()
    if "Fault" not in body or company.switches.replay_faults:
        asked = {"asked": request.digest, "time": request.now.isoformat()}
        company.replies[request.key] = {"status": status, "body": body, **asked}
    return status, body


def _check_length(company: Company, request: RequestId) -> None:
    """The id and the bId together have at most 50 characters (recorded for a batch, qbo-facts 12.11)."""
    whole = request.text + request.item
    if len(whole) <= LONGEST:
        return
    if company.switches.long_request_id == "2130":
        raise Refusal(faults.malformed_request_id(request.text))
    shown = f"{whole[:10]}..., which is {len(whole)} characters."
    text = f"You cannot enter more than {LONGEST} characters in the request_id field. You tried entering {shown}"
    raise Refusal(faults.business(text))


def _remembered(company: Company, request: RequestId) -> Json | None:
    """Return the first answer under this id, None when it runs (again)."""
    reply, switches = company.replies.get(request.key), company.switches
    if reply is None or switches.replay == "ignore":
        return None
    memory = MEMORY.get(switches.replay_memory)
    if memory is not None and request.now - datetime.fromisoformat(reply["time"]) > memory:
        return None
    other = reply["asked"] != request.digest
    if other and switches.replay_other_body == "run":
        return None
    if switches.replay == "refuse" or (other and switches.replay_other_body == "refuse"):
        raise Refusal(faults.used_request_id(request.text))
    return reply

"""requestid: the same id is answered with the original answer, and nothing runs twice (qbo-facts 1.4)."""

from __future__ import annotations

from collections.abc import Callable

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LONGEST = 50


def once(company: Company, request_id: str, run: Callable[[], tuple[int, Json]], item: str = "") -> tuple[int, Json]:
    """Run a write once for each (realm, requestid, bId); answer (status, body), the stored one the second time.

    Refused writes are remembered only with the company's switch `replay_faults` (real behaviour unknown).

    Raises:
        Refusal: 6000 when the request id and the bId together have more than 50 characters (qbo-facts 12.11).
    """
    if not request_id:
        return run()
    length = len(request_id) + len(item)
    if length > LONGEST:
        shown = f"{(request_id + item)[:10]}..., which is {length} characters."
        text = f"You cannot enter more than {LONGEST} characters in the request_id field. You tried entering {shown}"
        raise Refusal(faults.business(text))
    key = f"{request_id}\n{item}"
    if key in company.replies:
        reply = company.replies[key]
        return reply["status"], reply["body"]
    status, body = run()
    if "Fault" not in body or company.switches.replay_faults:
        company.replies[key] = {"status": status, "body": body}
    return status, body

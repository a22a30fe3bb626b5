"""A write to one of QuickBooks' lists that needs no intent: whoever makes it looks first, and may always repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import requests

from connectors.quickbooks.answers import Answer
from connectors.quickbooks.client import Client, silence, throttled, unreadable
from connectors.quickbooks.encoding import encode
from connectors.quickbooks.faults import Context, problems_of
from connectors.quickbooks.outcomes import TELLS_NOTHING
from errors.problem import ProblemError


def write_once(client: Client, entity: str, body: Mapping[str, Any], *wanted: str) -> Answer:
    """What QuickBooks says of it: taken, or refused with entries.

    `wanted`: what makes it this very write. Its request id comes from there, so a repetition meets the first one
    (qbo-facts 1.4).

    Raises:
        ProblemError: nothing left, or nobody knows whether it was carried out.
    """
    named = "\0".join((client.company_id, entity.lower(), *wanted))
    try:
        answer = client.write(entity, encode(body), request_id=sha256(named.encode()).hexdigest()[:50])
    except requests.RequestException as error:
        raise ProblemError(silence(client.company, error)) from error
    if answer.throttled:
        raise ProblemError(throttled(client.company, answer))
    if not answer.ok and (
        answer.unauthorised or not answer.entries
    ):  # an early end of a token: the next call renews it
        raise ProblemError(unreadable(client.company, answer))
    if not answer.ok and (answer.status >= 500 or answer.has(*TELLS_NOTHING)):
        raise ProblemError(problems_of(answer, Context(company=client.company))[0])
    return answer

"""Invoice numbers that follow their job (promise B6). Pure."""

from __future__ import annotations

from connectors.documents import Invoice

DEPOSIT = "deposit"


def number_of(invoice: Invoice) -> str | None:
    """The job's number for its one invoice, D-<job> for the deposit, <job>-<k> for its k-th segment.

    None: `job_part` is neither empty, nor "deposit", nor a whole number from 1.
    """
    part = invoice.job_part.strip().lower()
    if not part:
        return invoice.job
    if part == DEPOSIT:
        return f"D-{invoice.job}"
    if part.isascii() and part.isdigit() and int(part) > 0:
        return f"{invoice.job}-{int(part)}"
    return None

"""What a person may choose to mend an error with, as QuickBooks has it at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from errors.kinds import BY_NAME, Action
from errors.listing import ErrorRow

CREDIT_CARD, OTHER = "credit-card", "other"  # what sort of payment method is created

if TYPE_CHECKING:
    from worker.pipeline import Company


def chooses(row: ErrorRow) -> Action | None:
    """What is chosen by name for this error; None: nothing, or not now."""
    return next((action for action in row.actions if action in BY_NAME), None)


def choices(company: Company, action: Action) -> Sequence[str]:
    """Raises ProblemError where QuickBooks does not answer."""
    return {
        Action.CHOOSE_ACCOUNT: company.target.income_accounts,
        Action.USE_METHOD: company.target.payment_methods,
    }[action]()


def meant(choices: Sequence[str], typed: str) -> str | None:
    """QuickBooks' names know no case."""
    return next((name for name in choices if name.casefold() == typed.strip().casefold()), None)

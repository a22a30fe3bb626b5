"""What a kind of error is.

A class: its docstring is the sentence an operator reads, `fix` what that person can do about it, `steps` the way to it
through QuickBooks, one after the other. All are message ids of the catalogue (errors/language.py) and may name facts in
{braces}. `verb` tells the engine how to go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import ClassVar


class Category(StrEnum):
    """The six tabs of the error table; COMPANY is the banner above them: it stops the whole company."""

    ACCOUNTS = "accounts"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    EXPENSES = "expenses"
    SERVICES = "services"
    COMPANY = "company"


class Verb(StrEnum):
    """What the engine does next with what was stopped."""

    RETRY = "retry"  # soon, counted, with backoff
    WAIT = "wait"  # throttled or an outage: later, not counted
    ASK = "ask"  # a person must act
    HALT = "halt"  # this company stops until it is mended


class Action(StrEnum):
    """What a person may order for an error."""

    RESYNC = "resync"
    SKIP = "skip"
    UNSKIP = "unskip"
    DELETE = "delete"
    USE_NUMBER = "use-number"
    LINK = "link"  # to the document of QuickBooks that has its number, which stays as it is
    LINK_PUSH = "link-push"  # the same, and what the local books say is sent to it
    PUSH = "push"  # what the local books say, over what somebody changed in QuickBooks
    KEEP = "keep"  # what somebody changed in QuickBooks
    RECREATE = "recreate"  # what somebody deleted in QuickBooks
    LINK_CUSTOMER = "link-customer"  # to the customer of QuickBooks that a person chose
    CREATE_CUSTOMER = "create-customer"  # in QuickBooks, whatever the policy, under this or another name
    LEAVE_OUT = "leave-out"  # this customer and all its documents, until somebody undoes it
    UNLINK = "unlink"  # from a customer of QuickBooks that is the wrong one
    REACTIVATE = "reactivate"  # the customer or service that was made inactive there
    CREATE_METHOD = "create-method"  # of payment, in QuickBooks, under the name that the local books have for it
    USE_METHOD = "use-method"  # of payment, one that QuickBooks has, for a word of the local books
    CHOOSE_ACCOUNT = "choose-account"  # under which a service is sold, in place of what its row says


# What can be ordered for many errors at once; the others need a word more, and are for one (errors/deciding.py).
FOR_MANY = frozenset({Action.RESYNC, Action.SKIP, Action.UNSKIP, Action.LEAVE_OUT, Action.DELETE})

# What a person orders who has looked at both sides of one document.
AFTER_A_LOOK = (Action.LINK, Action.LINK_PUSH, Action.PUSH, Action.KEEP, Action.RECREATE)

# Which customer of QuickBooks is ours: one that is there, or a new one.
WHICH_CUSTOMER = (Action.LINK_CUSTOMER, Action.CREATE_CUSTOMER)
# Only of an error that is about one customer.
OF_CUSTOMERS = frozenset({*WHICH_CUSTOMER, Action.LEAVE_OUT})

# What only errors of one category can be ended by.
OF_CATEGORY: Mapping[Category, tuple[Action, ...]] = {
    Category.SERVICES: (Action.DELETE,),
    Category.ACCOUNTS: (Action.LEAVE_OUT,),
}

# What a person chooses by its name in QuickBooks, from a list.
BY_NAME = (Action.CHOOSE_ACCOUNT, Action.USE_METHOD)

KINDS: dict[str, type[Kind]] = {}


class Kind:
    """Something went wrong."""

    code: ClassVar[str] = ""
    fix: ClassVar[str] = ""
    steps: ClassVar[tuple[str, ...]] = ()  # errors/kinds/ways.py
    verb: ClassVar[Verb] = Verb.ASK
    category: ClassVar[Category | None] = None  # None: that of the document it stopped
    extra_actions: ClassVar[tuple[Action, ...]] = ()

    def __init_subclass__(cls) -> None:
        if not (cls.code and cls.fix and cls.__doc__):
            raise TypeError(f"{cls.__name__} needs a code, a fix and a sentence as its docstring")
        if cls.code in KINDS:
            raise TypeError(f"{cls.__name__}: the code {cls.code!r} is taken by {KINDS[cls.code].__name__}")
        KINDS[cls.code] = cls

    @classmethod
    def sentence(cls) -> str:
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def placeholders(cls) -> frozenset[str]:
        """The facts that a problem of this kind must carry."""
        texts = (cls.sentence(), cls.fix, *cls.steps)
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    @classmethod
    def actions(cls, category: Category) -> tuple[Action, ...]:
        """The orders that make sense for this kind; only services can be deleted (promise C2), only customers left out.

        What stops a whole company cannot be skipped: it can only be mended, and looked at again.
        """
        if category is Category.COMPANY:
            return (Action.RESYNC, *cls.extra_actions)
        return (Action.RESYNC, Action.SKIP, *OF_CATEGORY.get(category, ()), *cls.extra_actions)

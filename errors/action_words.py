"""What each order is called: on its button, in the audit, and when it was given."""

from __future__ import annotations

from errors.kinds import Action
from errors.language import _, say


def word(action: Action) -> str:
    """The name of the button."""
    return {
        Action.RESYNC: _("Resync"),
        Action.SKIP: _("Skip"),
        Action.UNSKIP: _("Undo skip"),
        Action.DELETE: _("Delete"),
        Action.USE_NUMBER: _("Use number"),
        Action.LINK: _("Link"),
        Action.LINK_PUSH: _("Link and push ours"),
        Action.PUSH: _("Push ours again"),
        Action.KEEP: _("Keep theirs"),
        Action.RECREATE: _("Create it again"),
        Action.LINK_CUSTOMER: _("Choose a customer"),
        Action.CREATE_CUSTOMER: _("Create the customer"),
        Action.LEAVE_OUT: _("Do not sync this account"),
        Action.UNLINK: _("Not this customer"),
        Action.REACTIVATE: _("Make it active again"),
        Action.CHOOSE_ACCOUNT: _("Choose an account"),
        Action.CREATE_METHOD: _("Create the payment method"),
        Action.USE_METHOD: _("Use another payment method"),
    }[action]


def past(action: Action) -> str:
    """What somebody did, in an audit line."""
    return {
        Action.RESYNC: _("resynced it"),
        Action.SKIP: _("skipped it"),
        Action.UNSKIP: _("took the skip back"),
        Action.DELETE: _("deleted it"),
        Action.USE_NUMBER: _("gave it another number"),
        Action.LINK: _("linked it to the document in QuickBooks"),
        Action.LINK_PUSH: _("linked it to the document in QuickBooks and pushed ours"),
        Action.PUSH: _("pushed ours again"),
        Action.KEEP: _("kept theirs"),
        Action.RECREATE: _("had it created again"),
        Action.LINK_CUSTOMER: _("chose the customer in QuickBooks"),
        Action.CREATE_CUSTOMER: _("had the customer created"),
        Action.LEAVE_OUT: _("left the account out of the sync"),
        Action.UNLINK: _("said that it was the wrong customer"),
        Action.REACTIVATE: _("had it made active again in QuickBooks"),
        Action.CHOOSE_ACCOUNT: _("chose its income account"),
        Action.CREATE_METHOD: _("had the payment method created"),
        Action.USE_METHOD: _("chose the payment method in QuickBooks"),
    }[action]


def ordered(action: Action, number: int) -> str:
    """What is going to happen now that so many were ordered."""
    return {
        Action.RESYNC: say("Tried again at the next tick: {count}", count=number),
        Action.SKIP: say("Skipped: {count}", count=number),
        Action.UNSKIP: say("Opened again, and tried at the next tick: {count}", count=number),
        Action.DELETE: say("Deleted at the next tick: {count}", count=number),
        Action.USE_NUMBER: _("The document gets its new number at the next tick."),
        Action.LINK: _("It is linked at the next tick."),
        Action.LINK_PUSH: _("It is linked at the next tick, and ours is pushed."),
        Action.PUSH: _("Ours is pushed again at the next tick."),
        Action.KEEP: _("Theirs is kept from the next tick on."),
        Action.RECREATE: _("It is created again at the next tick."),
        Action.LINK_CUSTOMER: _("It is linked to that customer at the next tick."),
        Action.CREATE_CUSTOMER: _("It is created under that name at the next tick, or renamed where it is linked."),
        Action.LEAVE_OUT: say("Not synced any more: {count}", count=number),
        Action.UNLINK: _("Its link to QuickBooks ends at the next tick."),
        Action.REACTIVATE: _("It is made active again at the next tick."),
        Action.CHOOSE_ACCOUNT: _("The service gets its account at the next tick."),
        Action.CREATE_METHOD: _("The payment method is created at the next tick."),
        Action.USE_METHOD: _("The payment method is used from the next tick on."),
    }[action]

"""The audit in words, for pages, terminal and API alike."""

from __future__ import annotations

from functools import cache

from errors import action_words
from errors.kinds import Action
from errors.language import _, current, told
from worker.state.audit import Act, Entry, Subject
from worker.state.deeds import Deed

TRANSLATED = {Deed.USER_ADDED, Deed.ROLE_CHANGED, Deed.SIGNED_IN}


def did(act: Act) -> str:
    """What somebody did."""
    return _did(act, current())


@cache
def _did(act: Act, _language: str) -> str:
    """Said once for each language: an export has fifty thousand lines."""
    if isinstance(act, Action):
        return action_words.past(act)
    return {
        Deed.USER_ADDED: _("added the user"),
        Deed.USER_MOVED: _("moved the user to OpenID Connect"),
        Deed.USER_REMOVED: _("removed the user"),
        Deed.ROLE_CHANGED: _("changed the role"),
        Deed.PASSWORD_CHOSEN: _("chose another password"),
        Deed.PASSWORD_RESET: _("set another password"),
        Deed.SIGNED_IN: _("signed in"),
        Deed.LOCKED_OUT: _("was locked out after too many tries"),
        Deed.KEY_MADE: _("made the API key"),
        Deed.KEY_REMOVED: _("removed the API key"),
        Deed.CONNECTED: _("connected the company"),
        Deed.DISCONNECTED: _("disconnected the company"),
        Deed.PAUSED: _("paused the company"),
        Deed.RESUMED: _("resumed the company"),
        Deed.SYNC_WANTED: _("wanted a look now"),
        Deed.RANGE_CHANGED: _("changed the range of numbers"),
        Deed.MAIL_RETRIED: _("had mails sent again"),
    }[act]


def of(subject: Subject) -> str:
    """What the acts are about."""
    return {
        Subject.ERRORS: _("Errors"),
        Subject.COMPANIES: _("Companies"),
        Subject.NUMBERS: _("Numbers"),
        Subject.MAIL: _("Mail"),
        Subject.KEYS: _("API keys"),
        Subject.USERS: _("Users"),
        Subject.SIGN_INS: _("Sign-ins"),
    }[subject]


def value(entry: Entry) -> str:
    """What it has now: a role, a format."""
    if entry.act not in TRANSLATED:
        return entry.value
    return " → ".join(_(word) for word in entry.value.split(" → "))


def about(entry: Entry) -> str:
    """Whom or what, where it is no error."""
    if entry.act is not Deed.RANGE_CHANGED:
        return entry.subject
    kind, _space, year = entry.subject.partition(" ")
    return f"{_(kind)} {year}"


def result(entry: Entry) -> str:
    if entry.waits:
        return _("waits for the next tick")
    return told(entry.result) if entry.result else _("done")

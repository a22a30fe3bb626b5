"""Other ways to reach people (chats, telephones): addresses that Apprise knows. An optional part: cuadre[channels]."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import Engine

from errors import outbox
from errors.language import _, say
from errors.letterhead import CHANNEL
from errors.mail import DeliveryReport
from errors.message import Message
from errors.tables import outbox as outbox_table
from errors.wording import plain

SECRET = re.compile(r"[^/@:?&=,\s]{5,}")  # parts of an address that may be a key


class ChannelError(Exception):
    """A channel cannot be used; the text says why, without its address, which is a secret."""


@dataclass(frozen=True)
class Channel:
    """One address of Apprise, which holds a secret. `name` tells two of one service apart without telling it."""

    url: str

    @property
    def service(self) -> str:
        return self.url.partition("://")[0]

    @property
    def name(self) -> str:
        return f"{CHANNEL}{self.service}-{sha256(self.url.encode()).hexdigest()[:6]}"

    def __repr__(self) -> str:
        return f"Channel({self.name})"


def check(channels: Sequence[Channel]) -> None:
    """Nothing is sent.

    Raises:
        ChannelError: Apprise is not installed, or an address is none of its kinds.
    """
    for channel in channels:
        _opened(channel)


def send(channel: Channel, title: str, body: str) -> str:
    """Empty when it was taken, else why not."""
    reached = _opened(channel)
    with _heard() as lines:
        taken = reached.notify(title=title, body=body, body_format="text")
    return "" if taken else reason(channel, lines)


def send_now(channel: Channel, message: Message) -> None:
    """One message past the outbox, for a test.

    Raises:
        ChannelError: it was not taken, with the reason.
    """
    if why := send(channel, message.subject, message.text):
        raise ChannelError(why)


def deliver(engine: Engine, channels: Sequence[Channel], now: Callable[[], datetime]) -> DeliveryReport:
    """Send what is due to each channel; trouble with one leaves the others alone. See errors.mail.deliver."""
    sent, failed, error = 0, 0, ""
    for channel in channels:
        mine = outbox_table.c.recipient == channel.name
        while (mail := outbox.claim(engine, now(), mine)) is not None:
            why = _attempt(channel, mail.subject, mail.text)
            if not why:
                outbox.sent(engine, mail, now())
                sent += 1
                continue
            outbox.failed(engine, mail, now(), why)
            failed, error = failed + 1 + outbox.postpone(engine, now(), why, mine), why
    return DeliveryReport(sent=sent, failed=failed, waiting=outbox.waiting(engine, now()), error=error)


def _attempt(channel: Channel, title: str, body: str) -> str:
    try:
        return send(channel, title, body)
    except ChannelError as error:
        return str(error)


def _opened(channel: Channel) -> Any:
    reached = _apprise().Apprise()
    with _heard():
        known = reached.add(channel.url)
    if not known:
        raise ChannelError(say("{channel}: this is no address that Apprise knows", channel=channel.service))
    return reached


def _apprise() -> ModuleType:
    try:
        apprise = import_module("apprise")
    except ImportError as error:
        text = _("mail.channels needs Apprise, which is not installed: pip install 'cuadre[channels]'")
        raise ChannelError(text) from error
    logging.getLogger("apprise").propagate = False  # it writes whole addresses, keys and all, to whoever listens
    return apprise


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What Apprise writes to its log meanwhile: the only place where it says why something failed."""
    apprise, lines = _apprise(), list[str]()
    with apprise.LogCapture(level=apprise.logging.WARNING, fmt="%(message)s") as captured:
        yield lines
        lines += captured.getvalue().splitlines()


def reason(channel: Channel, lines: Sequence[str]) -> str:
    """The first of the lines that Apprise wrote, without what may be a key."""
    text = plain(lines[0]) if lines else _("not taken")
    for secret in SECRET.findall(channel.url.partition("://")[2]):
        text = text.replace(secret, "***")
    return f"{channel.service}: {text}"

"""What systemd is told (sd_notify(3)); silent where there is no systemd."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sdnotify import SystemdNotifier

Notify = Callable[[str], None]


def notifier() -> Notify:
    """Sends one message to $NOTIFY_SOCKET; does nothing without it."""
    send: Notify = SystemdNotifier().notify
    return send


def watchdog_seconds(environment: Mapping[str, str], process: int) -> float | None:
    """How often to report life: half of WATCHDOG_USEC. None: nobody waits for a report from this process.

    Source: sd_watchdog_enabled(3), which also says that WATCHDOG_PID, when set, names the process it is meant for.
    """
    text = environment.get("WATCHDOG_USEC", "")
    meant_for = environment.get("WATCHDOG_PID", str(process))
    if not text.isdigit() or int(text) == 0 or meant_for != str(process):
        return None
    return int(text) / 2_000_000

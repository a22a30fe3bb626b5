"""The states of a local record on its way, and the moves that are allowed.

```
seen -> prepared -> numbered -> sending -> linked
   |        |           |          |
   +--------+-----------+----------+-----> held (an open error names the cause) | skipped | deleted
```
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    SEEN = "seen"  # found in the local books, new or changed
    PREPARED = "prepared"  # has an exact body
    NUMBERED = "numbered"  # its number is free: ready to leave
    SENDING = "sending"  # intent committed; until an outcome is, QuickBooks may or may not hold it
    LINKED = "linked"  # QuickBooks holds it, and both totals agree
    HELD = "held"  # an open error names the cause; with `not_before` it is tried again by itself
    SKIPPED = "skipped"  # a person said so (error_id), or it was cancelled before it was ever posted (none)
    DELETED = "deleted"  # a service that a person took out of the sync


MOVES: dict[State, frozenset[State]] = {
    State.SEEN: frozenset({State.SEEN, State.PREPARED, State.LINKED, State.HELD, State.SKIPPED, State.DELETED}),
    State.PREPARED: frozenset({State.NUMBERED, State.LINKED, State.HELD, State.SEEN, State.SKIPPED, State.DELETED}),
    State.NUMBERED: frozenset({State.SENDING, State.HELD, State.SEEN, State.SKIPPED, State.DELETED}),
    State.SENDING: frozenset({State.SENDING, State.LINKED, State.HELD, State.NUMBERED, State.SEEN}),
    State.LINKED: frozenset({State.SEEN, State.HELD}),
    State.HELD: frozenset({State.SEEN, State.SKIPPED, State.DELETED, State.LINKED}),
    State.SKIPPED: frozenset({State.SEEN, State.HELD}),
    State.DELETED: frozenset(),
}

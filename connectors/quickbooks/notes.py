"""PrivateNote: the local memo, the full reference, and the marker by which a document of ours is found again."""

from __future__ import annotations

import re

_MARKER = re.compile(r"^\[([^\[\]\n]+)\]$", re.MULTILINE)


def note(memo: str, marker: str, reference: str = "") -> str:
    """The memo, then `reference` where the document's own field is too short for it, then the marker on a line of its
    own. A marker is one line without brackets.

    PrivateNote cannot be searched by the API (qbo-facts section 4), but it is seen by a person and by `marker_of`.
    """
    return "\n".join(part for part in (memo.strip(), reference, f"[{marker}]") if part)


def memo_of(text: str) -> str:
    """A note without its marker: what a person reads there."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line for line in lines if not _MARKER.fullmatch(line)).strip()


def marker_of(text: str) -> str:
    """The last marker in a note, "" without one. QBO puts "Voided" before a note, and people write behind it."""
    found = _MARKER.findall(text.replace("\r\n", "\n"))
    return found[-1].strip() if found else ""

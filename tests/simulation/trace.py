"""What happened, line by line: printed for a person, hashed to show that a seed always gives the same run."""

from __future__ import annotations

import sys
from datetime import datetime
from hashlib import sha256


class Trace:
    def __init__(self, *, shown: bool = False) -> None:
        self.lines = 0
        self._shown = shown
        self._hash = sha256()

    def add(self, moment: datetime, who: str, what: str) -> None:
        line = f"{moment:%m-%d %H:%M:%S.%f} {who:<9} {what}"
        self.lines += 1
        self._hash.update(line.encode() + b"\n")
        if self._shown:
            sys.stdout.write(f"{line}\n")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:16]

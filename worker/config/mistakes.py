"""A mistake in the configuration is a value; all of them travel together in one exception."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """`place`: "cuadre.toml:14" or "environment CUADRE_LOG__LEVEL"; `key`: dotted; `text`: what is wrong."""

    place: str
    key: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.key, self.text) if part)


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` holds everything that is wrong with it."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def dotted(path: Path) -> str:
    """("mail", "recipients", 0, "address") -> mail.recipients[0].address."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text

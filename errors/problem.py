"""A problem is a value: what is wrong with one piece of data. An exception that carries one is for bad moments only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from errors.kinds import Kind, Verb


@dataclass(frozen=True)
class Name:
    """What a person calls a document: its kind's word ("invoice", translated when read) and its label ("1042")."""

    word: str
    label: str

    def __str__(self) -> str:
        return f"{self.word} {self.label}"


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence in Cuadre's own words, with {facts} in it: kept as it is, translated when it is read."""

    message: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __str__(self) -> str:
        """In English, the language of logs and exceptions."""
        return self.message.format_map(self.facts)

    def __hash__(self) -> int:
        return hash((self.message, frozenset(self.facts.items())))


Fact = str | int | Decimal | date | Name | Phrase


def phrase(message: str, /, **facts: Fact) -> Phrase:
    """A phrase; `message` is a literal, so that the catalogue finds it."""
    return Phrase(message, facts)


def joined(parts: Sequence[Fact], separator: str = ", ") -> Fact:
    """Several facts as one, in their order. `separator` is punctuation, nothing to translate."""
    if len(parts) == 1:
        return parts[0]
    facts = {f"part{place}": part for place, part in enumerate(parts, start=1)}
    return Phrase(separator.join(f"{{{name}}}" for name in facts), facts)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the other side answered, for support: its code, its own words, its trace id and the HTTP status."""

    code: str = ""
    detail: str = ""
    trace_id: str = ""
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One cause. `subject` names what the cause is about ("customer 17"): equal kind and subject = the same cause.

    Raises:
        ValueError: a fact that the kind's sentence needs is missing.
    """

    kind: type[Kind]
    subject: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    fault: Fault = Fault()

    def __post_init__(self) -> None:
        missing = self.kind.placeholders() - self.facts.keys()
        if missing:
            raise ValueError(f"{self.kind.__name__} needs the facts {', '.join(sorted(missing))}")

    @property
    def verb(self) -> Verb:
        return self.kind.verb


class ProblemError(Exception):
    """A bad moment (a connection lost, a database gone): the work stops here, with the problem as the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.kind.code}: {problem.kind.sentence().format_map(dict(problem.facts))}")
        self.problem = problem

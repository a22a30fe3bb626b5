"""What the configuration says about one company's local books. The worker builds these from its own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.documents import DocumentKind


@dataclass(frozen=True, kw_only=True)
class KindSettings:
    """How one kind is read. Each query is a plain SELECT whose columns carry the names in columns.py.

    `write_number` gets :number and :id, `delete` gets :id, `rename_job` gets :old and :new and changes all
    rows of the job; empty: there is no way to do so.
    """

    query: str
    key: Literal["integer", "text"] = "integer"
    lines: str = ""
    allocations: str = ""
    write_number: str = ""
    rename_job: str = ""
    delete: str = ""


@dataclass(frozen=True, kw_only=True)
class LocalSettings:
    """One company's source. `setting` is where it stands in the configuration, for messages."""

    url: str = field(repr=False)
    kinds: Mapping[DocumentKind, KindSettings]
    setting: str = "source"

    def path(self, kind: DocumentKind, key: str) -> str:
        """The full name of a setting: companies.main.source.invoice.query."""
        return f"{self.setting}.{kind.value}.{key}"

"""Equal documents have equal fingerprints, whatever the row around them says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any

from connectors.documents import Document


def fingerprint(document: Document) -> str:
    """SHA-256 over all fields; 10 and 10.00 are the same amount."""
    text = json.dumps(vars(document), sort_keys=True, default=_plain, ensure_ascii=True)
    return hashlib.sha256(f"{document.kind} {text}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return vars(value) if is_dataclass(value) else str(value)  # not `asdict`: it copies everything

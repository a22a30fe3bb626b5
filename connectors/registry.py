"""Which targets there are: name -> "module:Class", loaded when used. A new one is one folder and one line."""

from __future__ import annotations

from importlib import import_module
from typing import Any

TARGETS = {"quickbooks": "connectors.quickbooks.opening:QuickBooksConnector"}


def load(name: str) -> Any:
    """The class that opens a target's companies.

    Raises:
        ValueError: no target has this name.
    """
    if name not in TARGETS:
        raise ValueError(f'there is no target "{name}"; there is {", ".join(sorted(TARGETS))}')
    module, _, attribute = TARGETS[name].partition(":")
    return getattr(import_module(module), attribute)

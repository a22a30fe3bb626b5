"""Every entity the sandbox knows: a new one is one file in this folder that says `KIND = Kind(...)`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from connectors.quickbooks.sandbox import entities
from connectors.quickbooks.sandbox.books import opening
from connectors.quickbooks.sandbox.entities.kind import Kind, Post


def _kinds() -> Iterator[Kind]:
    for found in iter_modules(entities.__path__):
        if found.name != "registry":
            kind = getattr(import_module(f"{entities.__name__}.{found.name}"), "KIND", None)
            if isinstance(kind, Kind):
                yield kind


BY_NAME: dict[str, Kind] = {kind.name: kind for kind in _kinds()}
BY_PATH: dict[str, Kind] = {kind.path: kind for kind in BY_NAME.values()}
POSTS: dict[str, Post] = {
    opening.KIND: opening.post_opening,
    **{kind.name: kind.post for kind in BY_NAME.values() if kind.post is not None},
}

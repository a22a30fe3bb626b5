"""A dictionary that notes which of its keys have changed, as soon as somebody (a file) wants to know."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Tracked(dict[str, Value], Generic[Value]):
    """`unsaved` is None while nobody keeps the dictionary elsewhere, else the keys set or removed since."""

    unsaved: set[str] | None = None

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(key, value)
        if self.unsaved is not None:
            self.unsaved.add(key)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        if self.unsaved is not None:
            self.unsaved.add(key)

    def pop(self, key: str, *default: Any) -> Any:
        if self.unsaved is not None:
            self.unsaved.add(key)
        return super().pop(key, *default)

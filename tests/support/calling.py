"""Which functions call QuickBooks, read from the source text: directly, or through other functions of ours.

Every mention counts as a call, so that a function that is handed on as a value is not overlooked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

Name = tuple[str, str]  # module, function
Definition = ast.FunctionDef | ast.AsyncFunctionDef

_WIRE = re.compile(r"(^|\.)_?(target|client|session|renewer|refresher|oauth)(\.\w+)?$")
_PURE = {
    "accepted",
    "batchable",
    "customer_of",
    "room",
    "link",
    "differences",
    "calls",
    "settings",
    "throttle",
    "company",
    "mount",
    "save_calls",
}
_TRANSACTION = re.compile(r"\.begin\(|\.connect\(\)|\breading\(|\b_locked\(")


@dataclass(frozen=True)
class Module:
    """One source file; `imported`: what a name of it means elsewhere, a module or a function of a module."""

    name: str
    tree: ast.Module
    imported: Mapping[str, str]

    @classmethod
    def parse(cls, name: str, text: str) -> Module:
        tree = ast.parse(text)
        imported = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        return cls(name, tree, imported)

    @cached_property
    def functions(self) -> list[tuple[Name, bool, set[Name]]]:
        """Of each function its name, whether it calls by itself, and what it mentions."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, Definition)]
        return [((self.name, node.name), wire(node), set(self.mentions(node))) for node in found]

    def mentions(self, node: ast.AST) -> Iterator[Name]:
        """Functions of ours that a piece of text names."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                module, _, function = self.imported.get(each.id, f"{self.name}.{each.id}").rpartition(".")
                yield module, function
            elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                holder = each.value.id
                yield (self.name if holder == "self" else self.imported.get(holder, "")), each.attr


def wire(node: ast.AST) -> bool:
    """Whether a piece of text itself speaks to QuickBooks, or waits for its turn to."""
    calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return any(
        _WIRE.search(ast.unparse(called)) and getattr(called, "attr", "") not in _PURE
        for called in calls
        if isinstance(called, ast.Attribute)
    )


def callers(modules: Collection[Module]) -> set[Name]:
    """Every function from which a call may come."""
    found: set[Name] = set()
    size = -1
    while size < len(found):
        size = len(found)
        for module in modules:
            found |= {name for name, calls, mentions in module.functions if calls or found & mentions}
    return found


def transactions(module: Module) -> Iterator[ast.stmt]:
    """All statements that run while a transaction is open: the body of its block, or a function given a connection."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.With) and any(_TRANSACTION.search(ast.unparse(item)) for item in node.items):
            yield from node.body
        if isinstance(node, Definition) and any(_is_connection(argument) for argument in node.args.args):
            yield from node.body


def _is_connection(argument: ast.arg) -> bool:
    return argument.annotation is not None and ast.unparse(argument.annotation) == "Connection"


def violations(modules: Collection[Module]) -> list[str]:
    """Where QuickBooks would be called inside a transaction."""
    calling = callers(modules)
    return [
        f"{module.name}:{statement.lineno}: {ast.unparse(statement).splitlines()[0]}"
        for module in modules
        for statement in transactions(module)
        if wire(statement) or calling & set(module.mentions(statement))
    ]

"""The sandbox examines the connector, so it must not know it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "connectors" / "quickbooks" / "sandbox"
FILES = sorted(PACKAGE.rglob("*.py"))
OURS = ("errors", "worker", "connectors")
CLIENTS = ("quickbooks", "intuitlib")


def imported(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_imports_nothing_of_ours_and_no_client_library(file):
    for name in imported(file):
        root = name.partition(".")[0]
        assert root not in CLIENTS
        assert root not in OURS or name.startswith("connectors.quickbooks.sandbox")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_never_uses_floats(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Name) and node.id == "float")
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)) or file.name == "server.py"

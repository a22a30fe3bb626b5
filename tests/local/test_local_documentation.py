"""docs/local-books.md names every column that a mapping may have, and the examples are configurations."""

from __future__ import annotations

import tomllib

from connectors.local.columns import CHILDREN, ROWS
from tests.support.books import EXAMPLES, ROOT, settings_of


def test_every_column_and_setting_is_documented() -> None:
    page = (ROOT / "docs" / "local-books.md").read_text(encoding="utf-8")
    shapes = [*ROWS.values(), *(children.columns for children in CHILDREN.values())]
    assert [name for shape in shapes for name in (*shape.needed, *shape.optional) if f"`{name}`" not in page] == []
    assert [kind.value for kind in ROWS if f"`{kind.value}.query`" not in page] == []


def test_the_examples_are_sources() -> None:
    examples = sorted(EXAMPLES.glob("chinook-*.toml"))
    assert len(examples) == 3
    for path in examples:
        section = tomllib.loads(path.read_text(encoding="utf-8"))["companies"]["chinook"]["source"]
        assert {kind.value for kind in settings_of(section, section["url"]).kinds} == {"customer", "service", "invoice"}

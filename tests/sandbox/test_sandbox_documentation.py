"""docs/sandbox.md names every switch with its values, every effect, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.trouble.effects import EFFECTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_switch_is_documented_with_its_values():
    table = PAGE.partition("| switch |")[2].partition("## How true")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", table, re.MULTILINE))
    known = {one.name: ", ".join(str(value) for value in one.metadata["choices"]) for one in fields(Switches)}
    assert documented == {
        name: values.replace("True", "true").replace("False", "false") for name, values in known.items()
    }


def test_every_effect_is_documented():
    sentence = re.search(r"^Effects: (.*?)\. Each", PAGE, re.MULTILINE | re.DOTALL)
    assert sentence is not None
    assert re.findall(r"`(\w+)`", sentence.group(1)) == list(EFFECTS)

"""config.example.toml shows every key of the schema with its default; nothing in it is invented."""

import re
import tomllib
from pathlib import Path

import pytest

from worker.commands.config import plain
from worker.config import keys, load
from worker.config.schema import Company, Config

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text()
UNCOMMENTED = re.sub(r"(?m)^# (?=\[[a-z_.]+\]\s|[a-z_]+ = )", "", TEXT)


def wanted(path=()):
    """Every key path that the schema knows, for a company called main."""
    for key in keys.of(path) or ():
        here = (*path, key)
        if key == "companies":
            yield from wanted((*here, "main"))
        elif keys.of(here):
            yield from wanted(here)
        else:
            yield here


def value(tables, path):
    for part in path:
        if not isinstance(tables, dict) or part not in tables:
            return None
        tables = tables[part]
    return tables


def test_the_example_loads():
    assert load(EXAMPLE, {}, whole=False).config.enabled() == ("main",)


@pytest.mark.parametrize("path", list(wanted()), ids=".".join)
def test_every_key_of_the_schema_is_shown(path):
    assert value(tomllib.loads(UNCOMMENTED), path) is not None


def test_every_value_is_the_default():
    shown = load(EXAMPLE, {}, whole=False).config
    defaults = Config(companies={"main": Company()})
    assert plain(shown) == plain(defaults)


def test_every_key_without_a_default_is_marked_as_needed():
    lines = [line for line in TEXT.splitlines() if "NEEDED" in line and not line.startswith("# ")]
    assert [line.partition(" =")[0] for line in lines] == ["client_id", "client_secret", "token_key", "url"]


def test_what_is_commented_out_is_marked_as_an_example():
    commented = [line for line in TEXT.splitlines() if re.match(r"# [a-z_]+(_file| = \"V)", line)]
    assert commented
    assert all("EXAMPLE" in line for line in commented if "_file" in line)


def test_nothing_in_the_examples_is_unknown_to_the_schema():
    tables = tomllib.loads(re.sub(r"(?m)^\w+_file = .*$", "", UNCOMMENTED).replace('"reference"', '"mapped"'))
    Config.model_validate(tables)

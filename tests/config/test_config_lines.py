"""Every key of a TOML text has its line, however it is written."""

import tomllib

import pytest
from hypothesis import given, strategies as st

from worker.config.lines import locate

TEXT = '''\
language = "es"

# a comment = 1
[quickbooks]
client_id = "a # no comment"   # a comment
limits.requests_per_second = 3
"token_key" = """
[not.a.table]
key = 1
"""
timeout = 5

[mail]
recipients = [
  {address = "a@b.example"},  # first
  {address = "c@d.example", language = """
es"""},
]
[companies."north.shop".source]
  url = 'x = "y"'
[[many]]
one = 1
[[many]]
one = 2
[many.inner]
two = 3
inline = {a = {b = 1}, c = [1, 2]}
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("language",), 1),
        (("quickbooks",), 4),
        (("quickbooks", "client_id"), 5),
        (("quickbooks", "limits"), 6),
        (("quickbooks", "limits", "requests_per_second"), 6),
        (("quickbooks", "token_key"), 7),
        (("quickbooks", "timeout"), 11),
        (("mail", "recipients"), 14),
        (("mail", "recipients", 0), 15),
        (("mail", "recipients", 0, "address"), 15),
        (("mail", "recipients", 1, "language"), 16),
        (("companies",), 19),
        (("companies", "north.shop", "source", "url"), 20),
        (("many", 0, "one"), 22),
        (("many", 1, "one"), 24),
        (("many", 1, "inner", "two"), 26),
        (("many", 1, "inner", "inline", "a", "b"), 27),
        (("many", 1, "inner", "inline", "c", 1), 27),
    ],
)
def test_a_key_is_found_on_its_line(path, line):
    tomllib.loads(TEXT)
    assert locate(TEXT)[path] == line


def test_what_stands_in_a_long_text_is_no_key():
    assert ("not", "a", "table") not in locate(TEXT)


def _paths(value, path=()):
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from _paths(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))


VALUES = st.sampled_from(
    ["1", "1.5e3", "true", "2026-11-21T08:00:00Z", '"a"', "'b'", '"""\nx = 1\n"""', "'''\n[y]'''", '""', '"\\""', "[]",
     "{}", "[1, 2]", '["]", "#"]', "[\n 1, # one\n 2,\n]", "{ k = 1, l = { m = '}' } }", "[[1], [{n = 2}]]",
     '""""quoted""""']
)  # fmt: skip
KEYS = st.sampled_from(["a", "b-c", "1", '"q.r"', "'s t'", "d.e", 'f . "g"'])


@given(
    st.lists(
        st.tuples(KEYS, VALUES, st.sampled_from(["", "  # note", "\t"])), unique_by=lambda each: each[0], max_size=6
    )
)
def test_every_key_that_the_parser_sees_has_a_line_on_which_it_stands(pairs):
    text = "".join(f"{key} = {value}{end}\n" for key, value, end in pairs)
    text += "".join(f"[t.{index}]\n{key} = {value}{end}\n" for index, (key, value, end) in enumerate(pairs))
    lines, rows = locate(text), text.split("\n")
    for path in _paths(tomllib.loads(text)):
        assert path in lines
        assert str(path[-1]).split(".")[0] in rows[lines[path] - 1]

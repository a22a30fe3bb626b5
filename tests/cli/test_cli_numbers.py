"""Numbers on the command line: ranges, draws, reservations, gaps, and the check on both sides."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from worker import exits


@pytest.fixture
def numbers(house, cuadre):
    def run(command, *arguments, code=exits.OK, **environment):
        done = cuadre("numbers", command, "main", *arguments, **environment)
        assert done.code == code, done.err
        return done

    return run


def test_a_range_is_set_previewed_listed_and_drawn_from(numbers):
    assert numbers("preview", "PS{i;3}", "--next", "4").out.strip() == "PS004, PS005, PS006"
    numbers("set", "--year", "2026", "--format", "PS{i;3}", "--next", "4")
    assert numbers("next", "--date", "2026-05-07").out.strip() == "PS004"
    assert numbers("reserve", "--date", "2026-05-07", "--for", "a form").out.strip() == "PS004"
    assert numbers("reserve", "--date", "2026-05-07", "--for", "a form").out.strip() == "PS004"
    assert numbers("next", "--date", "2026-05-07").out.strip() == "PS005"
    (row,) = numbers("ranges", "--json").json()
    assert row == {
        "kind": "invoice",
        "year": 2026,
        "format": "PS{i;3}",
        "last": 4,
        "next": 5,
        "preview": ["PS005", "PS006", "PS007"],
    }


@pytest.mark.parametrize("command", ["next", "reserve"])
@pytest.mark.parametrize("kind", ["credit", "cancellation"])
def test_what_goes_on_behind_an_invoices_number_is_not_drawn_alone(numbers, command, kind):
    assert "goes on behind its invoice's" in numbers(command, "--kind", kind, code=exits.USAGE).err


def test_a_format_without_a_year_is_taken_with_a_warning(numbers):
    assert "without {yyyy} or {yy} the numbers repeat" in numbers("set", "--format", "PS{i;3}").err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--format", "A-{yyy}{i;3}"), "column 4: unknown variable {yyy}: did you mean {yyyy} or {yy}?"),
        (("--format", "P S"), "column 2:"),
        (("--next", "2"), "the next counter must be higher than 3, the last one"),
    ],
)
def test_what_cannot_be_a_range_is_refused_with_its_place_and_nothing_is_kept(numbers, arguments, says):
    numbers("set", "--format", "{yyyy}-{i;4}", "--next", "4")
    before = numbers("ranges", "--json").json()
    assert says in numbers("set", *arguments, code=exits.USAGE).err
    assert numbers("ranges", "--json").json() == before


def test_a_mistake_reads_in_spanish_too(numbers):
    done = numbers("preview", "{foo}", code=exits.USAGE, CUADRE_LANGUAGE="es")
    assert "columna 2: variable desconocida {foo}" in done.err


def test_each_gap_has_its_reason(numbers):
    numbers("set", "--year", "2026", "--format", "{yyyy}-{i;4}", "--next", "3")
    for owner in ("one", "two"):
        numbers("reserve", "--date", "2026-05-07", "--for", owner)
    numbers("release", "2026-0003", "--reason", "a test")
    numbers("release", "2026-0003", code=exits.ATTENTION)
    assert [(row["number"], row["reason"]) for row in numbers("gaps", "--year", "2026", "--json").json()] == [
        ("", "left out: the next number was set higher"),
        ("2026-0003", "given up: a test"),
        ("2026-0004", "reserved for two"),
    ]


def test_a_number_is_checked_on_both_sides(connected, cuadre):
    assert cuadre("once").code == exits.ATTENTION  # one of its invoices does not add up
    taken = cuadre("numbers", "check", "main", "N-1", "--json")
    assert (taken.code, taken.json()["taken_by"], taken.json()["available"]) == (exits.ATTENTION, "ours", False)
    assert taken.json()["suggestion"].startswith("N-")
    books = create_engine("sqlite:///books.sqlite")
    with books.begin() as connection:
        connection.execute(text("UPDATE invoices SET number = 'N-8' WHERE id = 'i1'"))
    books.dispose()
    theirs = cuadre("numbers", "check", "main", "1037", "--language", "es")  # of the sample company
    assert theirs.code == exits.ATTENTION
    assert "Este número ya existe en QuickBooks. Use " in theirs.out
    same = cuadre("numbers", "check", "main", "1037", "--total", "0.1x")
    assert same.code == exits.USAGE
    free = cuadre("numbers", "check", "main", "N-7")
    assert (free.code, free.out.strip()) == (exits.OK, "N-7 is free.")
    assert cuadre("numbers", "check", "main", "N" * 22).code == exits.ATTENTION


# --- jobs -------------------------------------------------------------------------------------------------------------


def books(*statements):
    engine = create_engine("sqlite:///books.sqlite")
    with engine.begin() as connection:
        done = [connection.execute(text(statement)) for statement in statements]
        rows = done[-1].all() if done[-1].returns_rows else []
    engine.dispose()
    return rows


def switch_on():
    file = Path("cuadre.toml")
    file.write_text(file.read_text() + "[companies.main.numbers]\njobs = true\n")


def test_a_job_that_is_renamed_renumbers_its_invoice_on_both_sides(connected, cuadre):
    books("DELETE FROM invoice_lines WHERE invoice_id = 'i2'", "DELETE FROM invoices WHERE id = 'i2'")
    assert cuadre("numbers", "jobs", "rename", "main", "a", "b").code == exits.CONFIGURATION  # the switch is off
    switch_on()
    books("UPDATE invoices SET job = '4711' WHERE id = 'i1'")
    assert cuadre("once").code == exits.OK
    assert books("SELECT number FROM invoices") == [("4711",)]
    assert cuadre("numbers", "jobs", "rename", "main", "77", "78").code == exits.ATTENTION
    assert cuadre("numbers", "jobs", "rename", "main", "4711", "9000").code == exits.OK
    assert cuadre("once").code == exits.OK
    assert books("SELECT number FROM invoices") == [("9000",)]
    assert cuadre("numbers", "check", "main", "9000", "--json").json()["taken_by"] == "ours"


def test_history_is_shown_first_and_renumbered_only_when_the_companys_name_was_typed(connected, cuadre):
    books("DELETE FROM invoice_lines WHERE invoice_id = 'i2'", "DELETE FROM invoices WHERE id = 'i2'")
    assert cuadre("once").code == exits.OK
    books("UPDATE invoices SET job = '4711' WHERE id = 'i1'")
    switch_on()
    assert cuadre("once").code == exits.OK
    assert books("SELECT number FROM invoices") == [("N-1",)]
    planned = cuadre("numbers", "jobs", "history", "main", "--json").json()
    assert planned == [{"id": "i1", "job": "4711", "old": "N-1", "new": "4711", "obstacle": ""}]
    assert cuadre("numbers", "jobs", "history", "main", "--confirm", "other").code == exits.ATTENTION
    assert cuadre("numbers", "jobs", "history", "main", "--confirm", "main").code == exits.OK
    assert cuadre("once").code == exits.OK
    assert books("SELECT number FROM invoices") == [("4711",)]
    assert cuadre("numbers", "jobs", "history", "main", "--json").json() == []


def test_a_number_that_another_invoice_keeps_stands_in_the_way_of_history(connected, cuadre):
    books("UPDATE invoices SET total = 50 WHERE id = 'i2'")
    assert cuadre("once").code == exits.OK
    books("UPDATE invoices SET job = 'N-2' WHERE id = 'i1'")
    switch_on()
    (planned,) = cuadre("numbers", "jobs", "history", "main", "--json").json()
    assert (planned["new"], planned["obstacle"]) == ("N-2", "N-2")
    done = cuadre("numbers", "jobs", "history", "main", "--confirm", "main")
    assert "1 keep their numbers" in done.err
    assert cuadre("once").code == exits.OK
    assert sorted(books("SELECT number FROM invoices")) == [("N-1",), ("N-2",)]

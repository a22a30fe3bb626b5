from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.storage import state
from connectors.quickbooks.sandbox.storage.database import VERSION, FileRefused
from connectors.quickbooks.sandbox.storage.keeper import Keeper, template


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept.sqlite"


@pytest.fixture
def kept(sandbox, file):
    """The sandbox that `books` speaks to, kept in a file."""
    with closing(Keeper(file)) as keeper:
        keeper.save(sandbox)
        sandbox.keeper = keeper
        yield sandbox
        sandbox.keeper = None


def died_and_came_back(sandbox, file):
    """What another process would find: nothing is saved on the way out, the lock alone is given up."""
    sandbox.keeper.close()
    restored = Sandbox(sandbox.clock.now)
    sandbox.keeper = Keeper(file)
    assert sandbox.keeper.load(restored)
    return restored


def everything(company):
    dumped = state.dump(company)
    dumped["objects"] = [(one["kind"], one["object"]) for one in dumped["objects"]]
    return dumped


def test_everything_that_was_answered_survives_the_death_of_the_process(books, bodies, kept, file):
    invoice = books.invoice(DocNumber="A1")
    books.payment(30, (invoice["Id"], 30))
    gone = books.invoice()
    books.write("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    reply = books.post("invoice", bodies.invoice(), requestid="r-1")
    books.preferences(span_types=True, BookCloseDate="2020-01-31")
    books.control("/clock", {"advance_seconds": 60})
    kept.webhooks.register({"url": "https://me.example/hook", "verifier_token": "v", "entities": ["Invoice"]})
    books.query("select * from Invoice")
    before = kept.companies[FIRST_REALM]

    restored = died_and_came_back(kept, file)
    after = restored.companies[FIRST_REALM]
    assert everything(after) == everything(before)
    assert after.store.find("Invoice", "DocNumber", "a1")[0].id == invoice["Id"]
    assert after.ledger.accounts == before.ledger.accounts
    assert after.replies["r-1\n"]["body"]["Invoice"] == bodies.parsed(reply)["Invoice"]
    assert restored.tokens.realms_of("fixed-access") == {FIRST_REALM}
    assert restored.clock.moved == kept.clock.moved
    assert restored.webhooks.endpoints == kept.webhooks.endpoints


def test_an_object_is_in_the_file_before_its_answer(books, kept, file):
    invoice = books.invoice()
    books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "once more"})
    refused = books.post("invoice", {"CustomerRef": {"value": "999"}})
    assert refused.status_code == 400
    after = died_and_came_back(kept, file).companies[FIRST_REALM]
    assert after.get("Invoice", invoice["Id"])["PrivateNote"] == "once more"
    assert after.store.count("Invoice") == kept.companies[FIRST_REALM].store.count("Invoice")


def test_a_second_life_goes_on_counting_and_is_kept_as_well(books, bodies, kept, file):
    first = books.invoice()
    second_life = died_and_came_back(kept, file)
    second_life.keeper = kept.keeper
    app = bodies.connected(second_life)
    second = app.invoice()
    assert int(second["Id"]) == int(first["Id"]) + 1
    third_life = died_and_came_back(second_life, file)
    kept.keeper = second_life.keeper
    rows = list(third_life.companies[FIRST_REALM].store.rows("Invoice"))
    assert [row.id for row in rows[-2:]] == [first["Id"], second["Id"]]


def test_webhook_endpoints_are_kept(books, kept, file):
    endpoint = {"url": "https://receiver.test/", "verifier_token": "secret", "entities": ["Invoice"]}
    books.control("/webhooks", endpoint)
    registered = kept.webhooks.endpoints
    assert len(registered) == 1
    assert died_and_came_back(kept, file).webhooks.endpoints == registered


def test_request_ids_are_known_in_a_second_life(books, bodies, kept, file):
    first = books.write("Invoice", bodies.invoice(), requestid="r-1")
    second_life = died_and_came_back(kept, file)
    assert bodies.connected(second_life).write("Invoice", bodies.invoice(), requestid="r-1") == first


def test_a_company_made_anew_replaces_the_old_one_in_the_file(books, kept, file):
    books.invoice()
    books.control(f"/realms/{FIRST_REALM}", {"seed": "empty"})
    books.control("/realms/77", {"seed": "lists"})
    restored = died_and_came_back(kept, file)
    assert restored.companies[FIRST_REALM].store.count("Invoice") == 0
    assert restored.companies[FIRST_REALM].seed == "empty"
    assert restored.companies["77"].store.count("Customer") == kept.companies["77"].store.count("Customer")


def test_a_reset_is_kept_too(books, kept, file):
    books.control("/realms/77", {})
    books.control("/reset", {})
    assert list(died_and_came_back(kept, file).companies) == [FIRST_REALM]


def test_every_part_of_a_company_is_kept_or_known_to_be_derived(sandbox):
    made = state.build("1", state.particulars(sandbox.companies[FIRST_REALM]))
    for one in fields(Company):
        if one.name not in state.APART:
            assert getattr(made, one.name) == getattr(sandbox.companies[FIRST_REALM], one.name), one.name


def test_a_company_is_dumped_and_loaded_under_another_number(books, bodies, sandbox):
    invoice = books.invoice()
    sandbox.companies["88"] = state.load("88", state.dump(sandbox.companies[FIRST_REALM]), {})
    assert sandbox.companies["88"].get("Invoice", invoice["Id"]) == invoice


def test_a_file_is_a_seed_for_other_companies(books, kept, file):
    invoice = books.invoice(DocNumber="SEEDED")
    kept.keeper.close()
    grown = Sandbox(kept.clock.now, realms="any", seed=template(file))
    assert grown.company("5").get("Invoice", invoice["Id"]) == grown.company("6").get("Invoice", invoice["Id"])
    kept.keeper = Keeper(file)


def refused(file):
    with pytest.raises(FileRefused) as caught:
        Keeper(file)
    return caught.value.reason


def test_two_processes_cannot_have_one_file(kept, file):
    assert refused(file) == "busy"


def test_a_file_of_another_program_is_left_alone(tmp_path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_text("Dear diary, this is no database. " * 40)
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE mine (x)")
    assert refused(text) == refused(other) == "foreign"
    assert text.read_text().startswith("Dear diary")
    with closing(sqlite3.connect(other)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]


def test_a_newer_file_and_one_of_the_first_version_are_told_apart(kept, file, tmp_path):
    kept.keeper.close()
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(old)) as database:
        database.execute("CREATE TABLE snapshot (name TEXT PRIMARY KEY, body TEXT NOT NULL)")
    assert (refused(file), refused(old)) == ("newer", "older")


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "nowhere" / "x.sqlite") == "unwritable"


def test_a_new_file_loads_nothing(file, sandbox):
    with closing(Keeper(file)) as keeper:
        assert not keeper.load(sandbox)

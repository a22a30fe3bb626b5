from __future__ import annotations

from connectors.quickbooks.sandbox import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.books import snapshot


def test_everything_that_matters_survives_a_snapshot(tmp_path, books, bodies, sandbox):
    invoice = books.invoice(DocNumber="A1")
    books.payment(30, (invoice["Id"], 30))
    gone = books.invoice()
    books.write("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    reply = books.post("invoice", bodies.invoice(), requestid="r-1").content
    books.preferences(span_types=True)
    books.control("/clock", {"advance_seconds": 60})
    file = tmp_path / "kept.sqlite"
    snapshot.save(sandbox, file)
    snapshot.save(sandbox, file)

    restored = Sandbox(sandbox.clock.now)
    assert snapshot.load(restored, file)
    before, after = sandbox.companies[FIRST_REALM], restored.companies[FIRST_REALM]
    assert {kind: before.store.count(kind) for kind in before.store.kinds()} == {
        kind: after.store.count(kind) for kind in after.store.kinds()
    }
    assert after.get("Invoice", invoice["Id"]) == before.get("Invoice", invoice["Id"])
    assert after.store.find("Invoice", "DocNumber", "a1")[0].id == invoice["Id"]
    assert after.store.tombstones() == before.store.tombstones()
    assert (after.counters, after.last_numbers, after.switches) == (
        before.counters,
        before.last_numbers,
        before.switches,
    )
    assert after.replies.keys() == before.replies.keys()
    assert restored.tokens.realms_of("fixed-access") == {FIRST_REALM}
    assert restored.clock.advanced == sandbox.clock.advanced
    assert b'"Invoice"' in reply


def test_a_file_that_is_not_there_loads_nothing(tmp_path, sandbox):
    assert not snapshot.load(sandbox, tmp_path / "none.sqlite")

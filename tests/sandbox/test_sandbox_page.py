"""The sandbox looked at: a page for people, and a control API that explains itself."""

from __future__ import annotations

import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("path", ["/sandbox/", "/sandbox", "/"])
def test_a_browser_sees_companies_requests_and_faults(books, path):
    books.invoice(250)
    books.control("/faults", {"effect": "throttle", "nth": 99})
    page = books.session.get(books.root + path, headers=BROWSER)
    assert page.headers["Content-Type"] == "text/html;charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for text in (
        "Craig&#x27;s Design and Landscaping Services",
        "Accounts Receivable (A/R) 250.00",
        "POST /v3",
        "throttle",
    ):
        assert text in page.text


def test_a_browser_that_prefers_spanish_gets_it(books):
    page = books.session.get(f"{books.root}/sandbox", headers=BROWSER | {"Accept-Language": "es-MX,es;q=0.9"}).text
    assert '<html lang="es">' in page
    assert "Últimas solicitudes" in page


def test_what_clients_send_cannot_become_markup(books):
    books.get("invoice/1", requestid="<script>alert(1)</script>")
    page = books.session.get(f"{books.root}/sandbox", headers=BROWSER).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_program_gets_json_at_the_same_address(books):
    state = books.session.get(f"{books.root}/sandbox").json()
    assert state["realms"]
    assert state["limits"] == {"on": False}


def test_help_lists_every_route_with_an_example_that_works(books):
    """Reset and removal last; a delivery and a dump need something to name."""
    routes = books.session.get(f"{books.root}/sandbox/help").json()["routes"]
    assert len(routes) > 25
    assert all(route["says"] for route in routes)
    realm = books.url.rpartition("/")[2]
    skipped = ("redeliver", "/load", "{id}", "/tokens", "/disconnect")
    for route in routes:
        if route["method"] == "DELETE" or any(part in route["path"] for part in skipped):
            continue
        path = route["path"].replace("{realm}", realm)
        answer = books.session.request(route["method"], books.root + path, json=route.get("example", {}))
        assert answer.status_code == 200, (path, answer.text)


def test_bodies_are_kept_when_asked_for_and_filters_find_them(books):
    books.control("/journal", {"bodies": True})
    books.invoice(DocNumber="K-1")
    books.get("customer/1")
    found = books.session.get(f"{books.root}/sandbox/journal", params={"entity": "invoice", "bodies": "true"}).json()
    assert len(found) == 1
    assert "K-1" in found[0]["asked"]
    assert "K-1" in found[0]["answered"]
    wrong = books.session.get(f"{books.root}/sandbox/journal", params={"colour": "red"})
    assert (wrong.status_code, "known" in wrong.json()["error"]) == (400, True)


def test_a_company_is_dumped_and_put_in_anothers_place(books):
    invoice = books.invoice(DocNumber="D-1")
    realm = books.url.rpartition("/")[2]
    dumped = books.session.get(f"{books.root}/sandbox/realms/{realm}/dump").json()
    books.control("/reset", {})
    assert books.get(f"invoice/{invoice['Id']}").status_code == 400
    books.control(f"/realms/{realm}/load", dumped)
    assert books.read("Invoice", invoice["Id"])["DocNumber"] == "D-1"
    broken = books.session.post(f"{books.root}/sandbox/realms/{realm}/load", json={"rows": 7})
    assert broken.status_code == 400


def test_the_clock_is_set_and_frozen(books):
    frozen = books.control("/clock", {"set": "2030-01-01T00:00:00-08:00", "freeze": True})
    assert (frozen["time"][:10], frozen["frozen"]) == ("2030-01-01", True)
    assert books.session.get(f"{books.root}/sandbox/clock").json()["time"] == frozen["time"]
    assert books.get("customer/1").status_code == 401  # its token lived an hour


def test_switches_explain_themselves_and_can_be_set(books):
    realm = books.url.rpartition("/")[2]
    replay = books.session.get(f"{books.root}/sandbox/realms/{realm}/switches").json()["replay"]
    assert (replay["value"], replay["choices"][0]) == ("original", "original")
    assert books.control(f"/realms/{realm}/switches", {"replay": "ignore"})["replay"] == "ignore"

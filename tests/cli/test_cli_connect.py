"""Connecting a company: the browser's way back, the pasted address, another company than before, the end."""

import re
import socket
import threading
import webbrowser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import create_engine

from connectors.tokens import tokens
from errors import language
from errors.problem import ProblemError
from worker import exits
from worker.connect import listening


def test_the_callback_listens_to_the_right_answer_only(free_port):
    address = f"http://localhost:{free_port}/callback"
    with listening("main", address, "s") as waiting:
        here = f"http://127.0.0.1:{free_port}"
        assert requests.get(f"{here}/favicon.ico", timeout=30).status_code == 404
        assert requests.get(f"{here}/callback?code=evil&state=guess&realmId=1", timeout=30).status_code == 400
        assert requests.get(f"{here}/callback?code=c&state=s&realmId=1", timeout=30).status_code == 200
        assert waiting.wait(5).code == "c"


def test_the_page_in_the_browser_speaks_the_readers_language(free_port):
    language.use("es")
    with listening("main", f"http://localhost:{free_port}/callback", "s"):
        page = requests.get(f"http://127.0.0.1:{free_port}/else", timeout=30)
    assert "There is nothing here." not in page.text


def test_nobody_who_comes_back_is_told_after_a_while(free_port):
    with (
        listening("main", f"http://localhost:{free_port}/callback", "s") as waiting,
        pytest.raises(ProblemError, match="--paste"),
    ):
        waiting.wait(0)


def test_the_callback_is_not_heard_from_other_machines(free_port):
    with listening("main", f"http://0.0.0.0:{free_port}/callback", "s"), pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", free_port), timeout=30)


def agree(address, *, action="connect", realm=None):
    """What an admin does in the browser; returns the address that the browser is sent to."""
    page = requests.get(address, timeout=30).text
    realms = re.findall(r'<option value="(\d+)"', page)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    where = "{0.scheme}://{0.netloc}{0.path}".format(urlsplit(address))
    form = asked | {"realmId": realm or realms[0], "action": action}
    return requests.post(where, data=form, allow_redirects=False, timeout=30).headers["Location"]


@pytest.fixture
def paste(cuadre, monkeypatch):
    """`cuadre connect --paste` with somebody at a browser elsewhere."""

    def connect(*arguments, company="main", **choices):
        shown = []
        monkeypatch.setattr("worker.commands.connect.line", shown.append)
        monkeypatch.setattr("worker.commands.connect.Prompt.ask", lambda _: agree(shown[1], **choices))
        return cuadre("connect", company, "--paste", *arguments)

    return connect


def stored():
    engine = create_engine("sqlite:///cuadre.sqlite")
    with engine.connect() as connection:
        rows = connection.execute(tokens.select()).mappings().all()
    engine.dispose()
    return {row["company"]: dict(row) for row in rows}


def test_a_company_is_connected_through_the_browser(cuadre, house, monkeypatch):
    def browser(address):
        threading.Thread(target=lambda: requests.get(agree(address), timeout=30), daemon=True).start()

    monkeypatch.setattr(webbrowser, "open", browser)
    told = cuadre("connect", "main", "--timeout", "20")
    assert told.code == exits.OK, told.err
    assert "main is connected" in told.out
    assert stored()["main"]["status"] == "connected"
    assert cuadre("status", "--json").json()[0]["connection"] == "connected"
    checks = {(check["company"], check["name"]): check["state"] for check in cuadre("doctor", "--json").json()}
    assert checks[("main", "connection")] == "ok"
    assert checks[("main", "accounts")] == "ok"


def test_a_company_is_connected_by_pasting_the_address(paste, house):
    assert paste().code == exits.OK
    assert stored()["main"]["environment"] == house.sandbox.url


def test_tokens_are_not_readable_where_they_are_kept(paste, house):
    paste()
    raw = Path("cuadre.sqlite").read_bytes() + b"".join(each.read_bytes() for each in Path().glob("cuadre.sqlite-*"))
    assert stored()["main"]["refresh_token"].startswith("gAAAA")
    assert b"AB11" not in raw


def test_a_declined_consent_is_a_sentence(paste, house):
    told = paste(action="cancel")
    assert told.code == exits.ATTENTION
    assert "QuickBooks was not connected to main: the consent was declined" in told.err
    assert "cuadre connect main" in told.err


def test_an_address_of_another_attempt_is_a_sentence(cuadre, house, monkeypatch):
    foreign = "http://localhost/callback?code=c&state=other&realmId=1"
    monkeypatch.setattr("worker.commands.connect.Prompt.ask", lambda _: foreign)
    told = cuadre("connect", "main", "--paste")
    assert told.code == exits.ATTENTION
    assert "does not belong to this attempt" in told.err
    assert stored() == {}


def test_another_quickbooks_company_than_before_is_refused_unless_it_is_meant(paste, house):
    paste(realm="9130357849536326")
    told = paste(realm="9130357849536999")
    assert told.code == exits.ATTENTION
    assert "belongs to the QuickBooks company 9130357849536326" in told.err
    assert "--replace-company" in told.err
    assert stored()["main"]["realm_id"] == "9130357849536326"
    assert paste("--replace-company", realm="9130357849536999").code == exits.OK
    assert stored()["main"]["realm_id"] == "9130357849536999"


def test_a_quickbooks_company_belongs_to_one_company_only(paste, house):
    paste(realm="9130357849536326")
    text = Path("cuadre.toml").read_text()
    Path("cuadre.toml").write_text(f'{text}[companies.second]\nsource.url = "sqlite:///b.sqlite"\n')
    told = paste(company="second", realm="9130357849536326")
    assert told.code == exits.ATTENTION
    assert "already connected as main" in told.err
    assert "second" not in stored()
    assert paste(company="second", realm="9130357849536999").code == exits.OK


def test_a_disconnected_company_keeps_its_realm_and_its_tokens_end(paste, cuadre, house):
    paste()
    realm = stored()["main"]["realm_id"]
    assert cuadre("disconnect", "main").code == exits.OK
    after = stored()["main"]
    assert (after["status"], after["realm_id"]) == ("disconnected", realm)
    told = cuadre("disconnect", "main")
    done = [line["act"] for line in cuadre("audit", "--about", "companies", "--json").json()["lines"]]
    assert done == ["company-disconnected", "company-connected"]
    assert told.code == exits.ATTENTION
    assert "not connected" in told.err
    assert paste().code == exits.OK


def test_a_disconnection_that_intuit_did_not_hear_changes_nothing(paste, cuadre, house):
    paste()
    house.sandbox.stop()
    told = cuadre("disconnect", "main")
    assert told.code == exits.UNREACHABLE
    assert stored()["main"]["status"] == "connected"

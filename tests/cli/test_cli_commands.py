"""The commands as a user types them: what they say, and the code they end with."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from errors import language
from worker import cli, clock, exits
from worker.commands import doctor


def test_the_help_names_every_command(cuadre):
    told = cuadre("--help")
    assert told.code == exits.OK
    assert all(name in told.out for name in cli.commands())


@pytest.mark.parametrize("name", list(cli.commands()))
def test_every_command_has_help_of_its_own(cuadre, name):
    told = cuadre(name, "--help")
    assert told.code == exits.OK
    assert f"cuadre {name}" in told.out


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from worker import cli; cli.run(['--help'], {});"
        "print([name for name in ('sqlalchemy', 'pydantic', 'requests', 'quickbooks') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_an_unknown_command_is_a_mistake_of_usage(cuadre):
    assert cuadre("dance").code == exits.USAGE
    assert cuadre("--language", "fr", "version").code == exits.USAGE


def test_without_a_configuration_a_first_user_is_told_what_to_do(cuadre):
    told = cuadre("once")
    assert told.code == exits.CONFIGURATION
    assert "copy config.example.toml to cuadre.toml" in told.err
    assert "Traceback" not in told.err


def test_every_mistake_in_the_configuration_is_on_a_line_of_its_own(cuadre):
    Path("cuadre.toml").write_text("[log]\nlevl = 1\n[zzz]\n")
    told = cuadre("config", "check")
    assert told.code == exits.CONFIGURATION
    assert 'cuadre.toml:2: log.levl: unknown key; did you mean "level"?\n' in told.err
    assert "cuadre.toml:3: zzz: unknown key" in told.err
    assert "mistakes in the configuration" in told.err


def test_the_global_options_may_stand_behind_the_command(cuadre, house):
    Path("cuadre.toml").rename("other.toml")
    assert cuadre("config", "check", "--config", "other.toml").code == exits.OK
    assert cuadre("config", "check", "--config=other.toml").code == exits.OK
    assert cli.hoist(["a", "--", "--config", "x"]) == ["a", "--", "--config", "x"]


def test_config_show_hides_every_secret(cuadre, house):
    text = Path("cuadre.toml").read_text().replace("sqlite:///books.sqlite", "postgresql://me:hunter2@db/books")
    Path("cuadre.toml").write_text(text)
    told, as_json = cuadre("config", "show"), cuadre("config", "show", "--json")
    for out in (told.out, as_json.out):
        assert house.key not in out
        assert "a secret" not in out
        assert "hunter2" not in out
    assert as_json.json()["companies"]["main"]["source"]["url"] == "postgresql://me:***@db/books"
    assert as_json.json()["quickbooks"]["client_secret"] == "***"


def test_a_new_key_is_one_that_the_configuration_takes(cuadre, house):
    key = cuadre("config", "new-key").out.strip()
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text().replace(house.key, key))
    assert cuadre("config", "check").code == exits.OK


def test_version_is_read_by_machines_too(cuadre):
    assert cuadre("version", "--json").json()["intuit-oauth"] == "1.2.6"


def test_books_init_makes_the_tables_once(cuadre, house):
    Path("books.sqlite").unlink()
    assert "invoices" in cuadre("books", "init", "main").out
    again = cuadre("books", "init", "main")
    assert again.code == exits.OK
    assert "invoices" not in again.out


def test_a_company_that_is_not_there_is_a_mistake_of_usage_that_names_the_others(cuadre, house):
    told = cuadre("once", "mian")
    assert told.code == exits.USAGE
    assert "no company is called mian" in told.err
    assert "main" in told.err


def test_a_company_that_was_never_connected_needs_attention(cuadre, house):
    told = cuadre("once")
    assert told.code == exits.ATTENTION
    assert "it was never connected" in told.err
    assert "cuadre connect main" in told.err
    standing = cuadre("status", "--json")
    assert standing.code == exits.ATTENTION
    assert standing.json()[0]["connection"] == "never"
    assert standing.json()[0]["stopped_by"][0]["kind"] == "connection-lost"
    assert "never connected" in cuadre("status").out
    assert "connection-lost" in cuadre("errors", "list", "--json").out


def test_a_database_that_is_away_is_one_sentence_and_its_own_exit_code(cuadre, house):
    text = '[state]\nurl = "postgresql+psycopg://me:hunter2@127.0.0.1:1/state"\n'
    Path("cuadre.toml").write_text(text + Path("cuadre.toml").read_text())
    told = cuadre("status")
    assert told.code == exits.UNREACHABLE
    assert "A database could not be used" in told.err
    assert "Traceback" not in told.err
    assert "hunter2" not in told.err


def test_a_mistake_of_our_own_is_one_sentence_and_a_traceback_only_on_demand(cuadre, monkeypatch):
    monkeypatch.setattr("worker.commands.session.Session.raw", lambda self: 1 / 0)
    told = cuadre("status")
    assert told.code == exits.FAILED
    assert "ZeroDivisionError" in told.err
    assert "Traceback" not in told.err
    assert "Traceback" in cuadre("status", CUADRE_DEBUG="1").err


def test_doctor_looks_at_everything_even_when_something_fails(cuadre, house):
    Path("books.sqlite").unlink()
    told = cuadre("doctor", "--json")
    assert told.code == exits.ATTENTION
    states = {(check["company"], check["name"]): check["state"] for check in told.json()}
    assert states[("", "configuration")] == "ok"
    assert states[("", "quickbooks")] == "ok"
    assert states[("", "state database")] == "ok"
    assert states[("main", "source")] in {"problem", "warning"}
    assert states[("main", "connection")] == "problem"
    assert all(check["fix"] for check in told.json() if check["state"] == "problem")


def test_doctor_tells_a_clock_that_goes_wrong(cuadre, house, monkeypatch):
    right = clock.now
    monkeypatch.setattr(
        "worker.commands.session.Clock", lambda: clock.Clock(now=lambda: right() - timedelta(minutes=10))
    )
    told = cuadre("doctor", "--json")
    (check,) = [check for check in told.json() if check["name"] == "quickbooks"]
    assert check["state"] == "problem"
    assert "clock" in check["text"]


def test_doctor_tells_a_state_database_that_cannot_be_written(cuadre, house, monkeypatch):
    cuadre("status")
    monkeypatch.setattr("worker.state.database.migrate", lambda engine: None)
    url = f"sqlite:///file:{house.path}/cuadre.sqlite?mode=ro&uri=true"
    Path("cuadre.toml").write_text(f'[state]\nurl = "{url}"\n' + Path("cuadre.toml").read_text())
    (check,) = [check for check in cuadre("doctor", "--json").json() if check["name"] == "state database"]
    assert check["state"] == "problem"
    assert "readonly" in check["text"]


def test_doctor_tells_every_mistake_of_a_broken_configuration(cuadre):
    Path("cuadre.toml").write_text("[log]\nlevl = 1\n")
    told = cuadre("doctor", "--json")
    assert told.code == exits.ATTENTION
    assert any("log.levl" in check["text"] for check in told.json())


def test_the_language_comes_from_the_option_then_the_environment_then_the_configuration(cuadre, house):
    Path("cuadre.toml").write_text('language = "es"\n' + Path("cuadre.toml").read_text())
    cuadre("config", "check")
    assert language.current() == "es"
    cuadre("config", "check", CUADRE_LANGUAGE="en")
    assert language.current() == "en"
    cuadre("config", "check", "--language", "en")
    assert language.current() == "en"


def test_doctor_names_what_it_looks_at_for_people_and_machines(cuadre, house):
    people, machines = cuadre("doctor").out, cuadre("doctor", "--json").json()
    assert {check["name"] for check in machines} <= set(doctor.words())
    assert "main, local database: " in people
    assert "QuickBooks: answers" in people
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text().replace(house.sandbox.url, "http://127.0.0.1:1"))
    assert "Connection refused\n" in cuadre("doctor").out


def test_status_tells_states_and_errors_for_people(cuadre, house):
    cuadre("once")
    told = cuadre("status").out
    assert "Open errors" in told
    assert "Connect it with `cuadre connect main`" in told


def test_a_command_that_did_not_get_through_does_not_promise_to_try_again(cuadre, house):
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text().replace(house.sandbox.url, "http://127.0.0.1:1"))
    told = cuadre("connect", "main", "--no-browser")
    assert told.code == exits.UNREACHABLE
    assert "Run it again in a while" in told.err
    assert "Nothing to do" not in told.err

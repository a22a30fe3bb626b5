"""All mistakes are told at once, each with its place, its key, and what was expected."""

import pytest
from cryptography.fernet import Fernet

from worker.config import ConfigError, find, load
from worker.config.schema import Config

KEY = Fernet.generate_key().decode()
GOOD = f"""\
[quickbooks]
environment = "sandbox"
client_id = "an id"
client_secret = "a secret"
token_key = "{KEY}"
[companies.main]
[companies.main.source]
url = "sqlite:///books.sqlite"
"""


@pytest.fixture
def wrong(tmp_path):
    def mistakes(text, environment=None, *, whole=True):
        file = tmp_path / "cuadre.toml"
        file.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load(file, environment or {}, whole=whole)
        return [str(mistake) for mistake in caught.value.mistakes]

    return mistakes


@pytest.fixture
def right(tmp_path):
    def loaded(text, environment=None, *, whole=True):
        file = tmp_path / "cuadre.toml"
        file.write_text(text)
        return load(file, environment or {}, whole=whole)

    return loaded


def test_a_complete_configuration_has_no_mistakes(right):
    config = right(GOOD).config
    assert config.enabled() == ("main",)
    assert config.companies["main"].poll == 60


def test_a_misspelt_key_is_told_with_its_line_and_the_key_that_was_meant(wrong):
    assert wrong(GOOD.replace("[companies.main]\n", "[companies.main]\npol = 60\n")) == [
        'cuadre.toml:7: companies.main.pol: unknown key; did you mean "poll"?'
    ]


def test_a_key_like_no_other_is_told_with_the_keys_there_are(wrong):
    (mistake,) = wrong(GOOD + "[log]\nzzz = 1\n")
    assert mistake == "cuadre.toml:10: log.zzz: unknown key; valid keys are: format, level"


def test_all_mistakes_come_together_in_the_order_of_the_file(wrong):
    text = """\
language = "fr"
[log]
format = "fancy"
[quickbooks]
environment = "http://example.com"
clint_id = "x"
token_key = "abc"
redirect_uri = "http://elsewhere.example/"
[mail]
host = "mail.example"
port = "x"
recipients = [{address = "nobody"}, {address = "a@b", lang = "en"}, {}]
[companies.main]
poll = 0
[companies.main.source]
schema = "mapped"
[companies.Main2]
[companies.ok]
source = 3
"""
    assert wrong(text, {"CUADRE_LOG__LEVL": "info"}) == [
        'cuadre.toml:1: language: "fr" is not valid; expected one of: "en" or "es"',
        'cuadre.toml:3: log.format: "fancy" is not valid; expected one of: "auto", "console" or "json"',
        "cuadre.toml:4: quickbooks.client_secret: missing; give it, client_secret_file or a systemd credential",
        (
            "cuadre.toml:5: quickbooks.environment: http only on this machine (127.0.0.1):"
            " tokens would cross the network readable"
        ),
        'cuadre.toml:6: quickbooks.clint_id: unknown key; did you mean "client_id"?',
        (
            "cuadre.toml:7: quickbooks.token_key: not a Fernet key (32 bytes, URL-safe base64);"
            " `cuadre config new-key` makes one"
        ),
        "cuadre.toml:8: quickbooks.redirect_uri: http only on this machine (localhost); elsewhere https",
        "cuadre.toml:9: mail.sender: missing, although mail.host is given",
        'cuadre.toml:11: mail.port: "x" is not valid; expected a number without quotes',
        'cuadre.toml:12: mail.recipients[0].address: "nobody" is not valid; expected an e-mail address',
        'cuadre.toml:12: mail.recipients[1].lang: unknown key; did you mean "language"?',
        "cuadre.toml:12: mail.recipients[2].address: missing",
        "cuadre.toml:14: companies.main.poll: 0 is not valid; expected at least 1",
        "cuadre.toml:15: companies.main.source.url: missing; the database URL of your own books",
        (
            'cuadre.toml:16: companies.main.source.schema: "mapped" needs a query for each kind you have,'
            " e.g. [...source.invoice]"
        ),
        (
            "cuadre.toml:17: companies.Main2: a company's name has small letters, digits, - and _ only, at most 40,"
            " and begins with a letter or digit"
        ),
        "cuadre.toml:19: companies.ok.source: 3 is not valid; expected a table of its own, in [brackets]",
        'environment CUADRE_LOG__LEVL: unknown key; did you mean "level"?',
    ]


def test_a_text_that_is_no_toml_is_told_with_its_line(wrong):
    (mistake,) = wrong("[log]\nlevel = \n")
    assert mistake.startswith("cuadre.toml:2: not TOML: ")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("jitter = 60", "jitter must be smaller than poll"),
        ('source.invoice.query = "SELECT"', 'only with schema = "mapped"'),
        ('source.schema = "mapped"\nsource.customer = {}', "missing; the SELECT that reads these rows"),
        ('source.schema = "mapped"\nsource.invoice.query = "SELECT"', "missing; the SELECT that reads the lines"),
        ('source.schema = "mapped"\nsource.fee = {query = "SELECT", lines = "SELECT"}', "unknown key"),
        ('poll = "soon"', "expected a number without quotes"),
        ('enabled = "perhaps"', "expected true or false"),
        ("accounts.income = 4000", "expected a text in quotes"),
        ("policies.customers = 'make'", 'expected one of: "create" or "match"'),
        ("payment_methods.card = 1", "expected a text in quotes"),
    ],
)  # fmt: skip
def test_what_does_not_fit_in_a_company_is_told(wrong, change, told):
    text = GOOD.replace("[companies.main]\n[companies.main.source]\nurl", f"[companies.main]\n{change}\nsource.url")
    assert any(told in mistake for mistake in wrong(text))


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ('host = "m"\nrecipients = [{address = "a@b"}]', "mail.sender: missing"),
        ('host = "m"\nsender = "a@b"', "mail.recipients: missing"),
        ('username = "u"', "mail.host: missing"),
        ('host = "m"\nsender = "a@b"\nrecipients = [{address = "a@b"}]\nusername = "u"', "mail.password: missing"),
    ],
)
def test_half_a_mail_server_is_told(wrong, mail, told):
    assert any(told in mistake for mistake in wrong(f"{GOOD}[mail]\n{mail}\n"))


@pytest.mark.parametrize("value", ["http://127.0.0.1:8765", "http://localhost:1", "https://qb.example", "production"])
def test_an_environment_that_keeps_tokens_safe_is_taken(right, value):
    assert right(GOOD.replace('"sandbox"', f'"{value}"')).config.quickbooks.environment == value


def test_a_company_is_needed_only_where_one_is_worked_on(wrong, right):
    text = "[log]\nlevel = 'debug'\n"
    assert right(text, whole=False).config.companies == {}
    assert any("no company is configured" in mistake for mistake in wrong(text))
    assert any("every company" in each for each in wrong(GOOD.replace("main]\n", "main]\nenabled = false\n", 1)))


def test_a_secret_never_appears_in_a_mistake(wrong):
    mistakes = wrong(GOOD.replace('"a secret"', "987654321").replace(KEY, "almost-a-key"))
    assert len(mistakes) == 2
    assert not any("987654321" in mistake or "almost-a-key" in mistake for mistake in mistakes)


def test_a_configuration_never_prints_its_secrets(right):
    text = repr(right(GOOD).config) + str(right(GOOD).config)
    assert KEY not in text
    assert "a secret" not in text


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Config().language = "es"


def test_production_with_a_local_redirect_is_warned_about(right):
    (warning,) = right(GOOD.replace('"sandbox"', '"production"')).warnings
    assert warning.key == "quickbooks.redirect_uri"


def test_without_any_file_it_is_said_where_one_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("worker.config.loading.candidates", lambda environment: (tmp_path / "a", tmp_path / "b"))
    with pytest.raises(
        ConfigError, match=r"no configuration found \(looked for .*a, .*b\); copy config\.example\.toml"
    ):
        find(None, {})


def test_the_chosen_file_comes_first_then_the_environment_then_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("cuadre.toml", "other.toml", "third.toml"):
        (tmp_path / name).touch()
    environment = {"CUADRE_CONFIG": "other.toml"}
    assert find(tmp_path / "third.toml", environment).name == "third.toml"
    assert find(None, environment).name == "other.toml"
    assert find(None, {}).name == "cuadre.toml"
    with pytest.raises(ConfigError, match="no such file"):
        find(None, {"CUADRE_CONFIG": "gone.toml"})


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path):
    file = tmp_path / "cuadre.toml"
    file.mkdir()  # not by its mode: root reads every file
    with pytest.raises(ConfigError, match="cannot be read"):
        load(file, {})


def test_intuits_own_limits_cannot_be_configured_away(wrong, right):
    eager = 'environment = "sandbox"\nsettle = 30\nlimits.requests_per_second = 11\n'
    assert wrong(GOOD.replace('environment = "sandbox"\n', eager)) == [
        "cuadre.toml:3: quickbooks.settle: at least 120: so long QuickBooks may work on a call that it did not answer",
        "cuadre.toml:4: quickbooks.limits.requests_per_second: Intuit allows at most 10",
    ]
    local = eager.replace('"sandbox"', '"http://127.0.0.1:8401"')
    assert right(GOOD.replace('environment = "sandbox"\n', local)).config.quickbooks.settle == 30

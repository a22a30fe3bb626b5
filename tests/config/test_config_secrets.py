"""Secrets and overrides: environment before file, file before systemd credential; nothing twice in one place."""

import pytest

from worker.config import ConfigError, load

TEXT = "[quickbooks]\n{secret}\n[companies.main.source]\n[companies.north-shop.source]\n"


@pytest.fixture
def loaded(tmp_path):
    def configuration(secret="", environment=None):
        file = tmp_path / "cuadre.toml"
        file.write_text(TEXT.format(secret=secret))
        return load(file, environment or {}, whole=False)

    return configuration


def secret_of(loaded):
    return loaded.config.quickbooks.client_secret.get_secret_value()


def test_a_secret_stands_in_a_file_beside_the_configuration(loaded, tmp_path):
    (tmp_path / "secret").write_text("from the file\n")
    (tmp_path / "secret").chmod(0o600)
    configuration = loaded('client_secret_file = "secret"')
    assert secret_of(configuration) == "from the file"
    assert not [warning for warning in configuration.warnings if "chmod" in warning.text]


def test_a_secret_that_everybody_can_read_is_warned_about(loaded, tmp_path):
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o644)
    warning = loaded('client_secret_file = "secret"').warnings[0]
    assert str(warning).startswith("cuadre.toml:2: quickbooks.client_secret_file: everybody on this machine can read")
    assert "chmod 600" in warning.text


def test_the_secret_and_its_file_together_are_a_mistake(loaded, tmp_path):
    (tmp_path / "secret").write_text("x")
    with pytest.raises(ConfigError, match=r"both client_secret and client_secret_file are given"):
        loaded('client_secret = "y"\nclient_secret_file = "secret"')


@pytest.mark.parametrize("content", [None, "", b"\xff\xfe"])
def test_a_secret_file_that_gives_nothing_is_a_mistake_that_names_it(loaded, tmp_path, content):
    if content is not None:
        (tmp_path / "secret").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError, match=str(tmp_path / "secret")):
        loaded('client_secret_file = "secret"')


def test_the_environment_wins_over_the_file(loaded, tmp_path):
    (tmp_path / "secret").write_text("from the file")
    environment = {"CUADRE_QUICKBOOKS__CLIENT_SECRET": "from the environment"}
    assert secret_of(loaded('client_secret = "x"', environment)) == "from the environment"
    assert secret_of(loaded('client_secret_file = "secret"', environment)) == "from the environment"
    environment = {"CUADRE_QUICKBOOKS__CLIENT_SECRET_FILE": "secret"}
    assert secret_of(loaded('client_secret = "x"', environment)) == "from the file"


def test_the_environment_that_gives_both_is_a_mistake(loaded):
    environment = {"CUADRE_QUICKBOOKS__CLIENT_SECRET": "x", "CUADRE_QUICKBOOKS__CLIENT_SECRET_FILE": "y"}
    with pytest.raises(ConfigError, match=r"environment CUADRE_QUICKBOOKS__CLIENT_SECRET_FILE: .* both"):
        loaded("", environment)


@pytest.mark.parametrize("prefix", ["", "cuadre_"])
def test_a_systemd_credential_fills_what_nothing_else_gave(loaded, tmp_path, prefix):
    (tmp_path / f"{prefix}quickbooks.client_secret").write_text("from systemd\n")
    (tmp_path / f"{prefix}companies.main.source.url").write_text("sqlite:///x")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    configuration = loaded("", environment)
    assert secret_of(configuration) == "from systemd"
    assert configuration.config.companies["main"].source.url.get_secret_value() == "sqlite:///x"
    assert secret_of(loaded('client_secret = "own"', environment)) == "own"


def test_a_company_with_a_hyphen_is_reached_from_the_environment(loaded):
    environment = {"CUADRE_COMPANIES__NORTH_SHOP__POLL": "120", "CUADRE_COMPANIES__MAIN__ENABLED": "false"}
    companies = loaded("", environment).config.companies
    assert companies["north-shop"].poll == 120
    assert not companies["main"].enabled


def test_a_list_in_the_environment_is_written_as_toml(loaded):
    environment = {
        "CUADRE_MAIL__RECIPIENTS": '[{address = "a@b.example", language = "es"}]',
        "CUADRE_MAIL__HOST": "m",
        "CUADRE_MAIL__SENDER": "c@b.example",
        "CUADRE_MAIL__PASSWORD": "[not a list]",
    }
    mail = loaded("", environment).config.mail
    assert mail.recipients[0].language == "es"
    assert mail.password.get_secret_value() == "[not a list]"


def test_a_wrong_value_in_the_environment_is_told_with_the_variable(loaded):
    with pytest.raises(ConfigError, match=r'environment CUADRE_LANGUAGE: language: "fr" is not valid'):
        loaded("", {"CUADRE_LANGUAGE": "fr"})


def test_variables_that_steer_the_command_are_no_keys(loaded):
    assert loaded("", {"CUADRE_CONFIG": "x", "CUADRE_DEBUG": "1", "CUADRE_OTHER": "y"}).config.language == "en"

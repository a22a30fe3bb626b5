"""What of [mail] and [site] is refused, and how."""

import pytest

from worker.config import ConfigError, load
from worker.config.settings import letterhead, readers, summary_time

SITE = '[site]\naddress = "https://books.example.com"\n[site.openid]\nclient_id = "console"\n'
BOX = '[mail]\nhost = "m"\nsender = "a@b"\nrecipients = [{address = "a@b"}]\n'


def loaded(tmp_path, text):
    file = tmp_path / "cuadre.toml"
    file.write_text(text)
    return load(file, {}, whole=False).config


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'{BOX}summary = "7:30"', 'mail.summary: expected a time of day such as "07:30", or nothing'),
        (f'{BOX}summary = "24:00"', "mail.summary: expected a time of day"),
        (f'{BOX}time_zone = "Mars/Base"', "mail.time_zone: no such time zone; expected one such as Europe/Madrid"),
        (f'{BOX}time_zone = "../../etc/passwd"', "mail.time_zone: no such time zone"),
        (f"{BOX}digest = 5", "mail.digest: 5 is not valid; expected at least 60"),
        (f'{BOX}channels = "nonsense://x"', "mail.channels: nonsense: this is no address that Apprise knows"),
        (f'{SITE}issuer = "login"', "site.openid.issuer: expected an address such as https://login.example.com"),
        (f'{SITE}issuer = "https://login.example.com/?x=1"', "site.openid.issuer: expected an address"),
        (f'{SITE}issuer = "http://login.example.com"', "site.openid.issuer: http only on this machine"),
        (f'{SITE}issuer = "https://a.example"\nscopes = ["email"]', 'site.openid.scopes: "openid" must be among them'),
        (f'{SITE}issuer = "https://a.example"\nroles = {{ boss = "owner" }}', "site.openid.roles.boss"),
        (SITE, "site.openid.issuer: missing, although other keys of [site.openid] are given"),
        ("[site.openid]\npasswords = false", "site.openid.issuer: missing"),
        (SITE.replace('client_id = "console"', 'issuer = "https://a.example"'), "site.openid.client_id: missing"),
        ('[site.openid]\nissuer = "https://a.example"\nclient_id = "x"', "site.address: missing; the sign-in service"),
        ('[site]\naddress = "books"', "site.address: expected an address such as https://books.example.com/cuadre"),
        (
            BOX.replace('"a@b"}', '"a@b", language = "fr"}'),
            "mail.recipients[0].language: expected en or es, with a country or without: es-MX",
        ),
        (
            BOX.replace('"a@b"}', '"a@b", companies = ["mian"]}') + "[companies.main]\n",
            "mail.recipients[0].companies: no company is called mian",
        ),
        (BOX.replace('"a@b"}', '"a@b", language = "es-ZZZ"}'), "mail.recipients[0].language: expected en or es"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected(tmp_path, text, told):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    (mistake,) = map(str, caught.value.mistakes)
    assert told in mistake


def test_what_is_right_is_understood(tmp_path):
    text = BOX.replace('"a@b"}', '"a@b", language = "es-MX"}')
    site = '[site]\naddress = "https://x.example/c/"\n'
    more = 'summary = "07:30"\ntime_zone = "Europe/Madrid"\nchannels = "json://localhost/a json://localhost/b"\n'
    config = loaded(tmp_path, f"language = 'es'\n{text}{more}{site}")
    assert [reader.locale for reader in readers(config)] == ["es_MX", "es", "es"]
    assert str(letterhead(config).zone) == "Europe/Madrid"
    assert letterhead(config).error(7) == "https://x.example/c/errors/7"
    assert str(summary_time(config)) == "07:30:00"
    assert summary_time(loaded(tmp_path, BOX)) is None


def test_without_a_mail_server_only_channels_are_told(tmp_path):
    config = loaded(tmp_path, '[mail]\nchannels = "json://localhost/a"\n')
    assert [reader.address.partition("-")[0] for reader in readers(config)] == ["channel:json"]


def test_a_company_whose_mails_nobody_gets_is_warned_of(tmp_path):
    file = tmp_path / "cuadre.toml"
    some = BOX.replace('"a@b"}', '"a@b", companies = ["main"]}')
    file.write_text(f"{some}[companies.main]\n[companies.branch]\n[companies.off]\nenabled = false\n")
    warned = [str(warning) for warning in load(file, {}, whole=False).warnings]
    assert [line for line in warned if "nobody gets the mails of" in line] == [
        line for line in warned if "branch" in line
    ]
    assert any("nobody gets the mails of branch" in line for line in warned)
    file.write_text(f"{BOX}[companies.main]\n[companies.branch]\n")
    assert not [warning for warning in load(file, {}, whole=False).warnings if "nobody" in str(warning)]


def test_a_reader_of_some_companies_is_told_of_these_and_others_of_all(tmp_path):
    some = BOX.replace('"a@b"}', '"a@b", companies = ["main"]}, {address = "c@d"}')
    first, second = readers(loaded(tmp_path, f"{some}[companies.main]\n"))
    assert (first.companies, second.companies) == ({"main"}, None)

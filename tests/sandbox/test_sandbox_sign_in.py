from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.signin.grants import ANY_REALM

BACK = "http://localhost:8000/callback"
ASKED = {
    "client_id": "app",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "com.intuit.quickbooks.accounting",
    "state": "s1",
}


def basic(client="app", secret="secret"):
    return {"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


class App:
    """An app that signs in by hand, on a sandbox whose clock can be advanced."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.mount(SANDBOX_URL, SandboxAdapter(sandbox))

    def consent(self, **clicked):
        answer = self.session.post(f"{SANDBOX_URL}/connect/oauth2", data=ASKED | clicked, allow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(BACK)
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def token(self, form, headers=None):
        return self.session.post(f"{SANDBOX_URL}/oauth2/v1/tokens/bearer", data=form, headers=headers or basic())

    def connect(self, **asked):
        code = self.consent(action="connect", realmId=FIRST_REALM, **asked)["code"]
        return self.token({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}).json()

    def refresh(self, token, headers=None):
        return self.token({"grant_type": "refresh_token", "refresh_token": token}, headers)

    def read(self, access, realm=FIRST_REALM):
        url = f"{SANDBOX_URL}/v3/company/{realm}/companyinfo/{realm}"
        return self.session.get(url, headers={"Authorization": f"Bearer {access}", "Accept": "application/json"})


@pytest.fixture
def app(sandbox):
    return App(sandbox)


@pytest.mark.parametrize("path", ["openid_configuration", "openid_configuration/", "openid_sandbox_configuration/"])
def test_discovery_gives_absolute_addresses_on_the_host_that_was_asked(app, path):
    document = app.session.get(f"{SANDBOX_URL}/.well-known/{path}").json()
    keys = [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "jwks_uri",
    ]
    assert all(document[key].startswith(SANDBOX_URL) for key in keys)
    assert document["issuer"] == "https://oauth.platform.intuit.com/op/v1", "intuit-oauth for Node knows no other"


def test_the_consent_page_names_the_app_and_the_companies(app):
    page = app.session.get(f"{SANDBOX_URL}/connect/oauth2", params=ASKED | {"client_id": "<app>"}).text
    assert "&lt;app&gt;" in page
    assert f'<option value="{FIRST_REALM}">Craig&#x27;s Design and Landscaping Services' in page
    assert 'name="state" value="s1"' in page
    assert 'value="connect"' in page
    assert 'value="cancel"' in page


def test_connecting_gives_a_code_and_tokens_that_open_the_company(app):
    back = app.consent(action="connect", realmId=FIRST_REALM)
    assert (back["state"], back["realmId"]) == ("s1", FIRST_REALM)
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    tokens = app.token(form).json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert 8726390 < tokens["x_refresh_token_expires_in"] <= 8726400
    assert app.read(tokens["access_token"]).status_code == 200
    assert app.token(form).json() == {"error": "invalid_grant"}


def test_cancelling_gives_access_denied(app):
    assert app.consent(action="cancel", realmId=FIRST_REALM) == {"error": "access_denied", "state": "s1"}


def test_a_code_lives_five_minutes_and_belongs_to_its_redirect(app):
    code = app.consent(action="connect", realmId=FIRST_REALM)["code"]
    app.sandbox.clock.advance(301)
    assert app.token({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}).status_code == 400
    code = app.consent(action="connect", realmId=FIRST_REALM)["code"]
    assert app.token({"grant_type": "authorization_code", "code": code, "redirect_uri": "http://x"}).status_code == 400


def test_an_access_token_lives_an_hour(app):
    tokens = app.connect()
    app.sandbox.clock.advance(3600)
    answer = app.read(tokens["access_token"])
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    fault = answer.json()["fault"]
    assert (fault["type"], fault["error"][0]["code"]) == ("AUTHENTICATION", "3200")
    assert fault["error"][0]["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert app.read(app.refresh(tokens["refresh_token"]).json()["access_token"]).status_code == 200


def test_within_a_day_a_refresh_answers_the_same_refresh_token(app):
    tokens = app.connect()
    first = app.refresh(tokens["refresh_token"]).json()
    second = app.refresh(tokens["refresh_token"]).json()
    assert first["refresh_token"] == second["refresh_token"] == tokens["refresh_token"]
    assert first["access_token"] != second["access_token"]


def test_after_a_day_the_refresh_token_changes_and_the_older_one_is_refused(app):
    tokens = app.connect()
    app.sandbox.clock.advance(24 * 3600)
    newer = app.refresh(tokens["refresh_token"]).json()["refresh_token"]
    assert newer != tokens["refresh_token"]
    refused = app.refresh(tokens["refresh_token"])
    assert refused.status_code == 400
    assert refused.json() == {"error_description": "Incorrect or invalid refresh token", "error": "invalid_grant"}
    assert app.refresh(newer).status_code == 200


@pytest.mark.parametrize(("rotate", "changes"), [("always", True), ("never", False)])
def test_rotation_can_be_set(rotate, changes, sandbox):
    made = Sandbox(sandbox.clock.now, rotate=rotate)
    app = App(made)
    tokens = app.connect()
    made.clock.advance(0 if changes else 48 * 3600)
    assert (app.refresh(tokens["refresh_token"]).json()["refresh_token"] != tokens["refresh_token"]) is changes


def test_a_refresh_token_ends_after_its_hundred_days(app):
    tokens = app.connect()
    app.sandbox.clock.advance(8726400)
    assert app.refresh(tokens["refresh_token"]).status_code == 400


def test_only_registered_clients_with_their_secret_get_tokens(sandbox):
    made = Sandbox(sandbox.clock.now, clients={"app": "secret"})
    app = App(made)
    tokens = app.connect()
    for headers in (basic(secret="wrong"), basic(client="other"), {"Authorization": "Basic %%%"}):
        answer = app.refresh(tokens["refresh_token"], headers)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    page = app.session.get(f"{SANDBOX_URL}/connect/oauth2", params=ASKED | {"client_id": "stranger"})
    assert page.status_code == 400


def test_a_refresh_token_belongs_to_its_client(app):
    answer = app.refresh(app.connect()["refresh_token"], basic(client="other"))
    assert answer.json() == {"error_description": "Incorrect Token type or clientID", "error": "invalid_grant"}


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_kills_the_pair(app, which):
    tokens = app.connect()
    url = f"{SANDBOX_URL}/v2/oauth2/tokens/revoke"
    answer = app.session.post(url, json={"token": tokens[which]}, headers=basic())
    assert (answer.status_code, answer.content) == (200, b"")
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).status_code == 400


def test_a_new_consent_replaces_the_older_tokens(app):
    older, newer = app.connect(), app.connect()
    assert app.read(older["access_token"]).status_code == 401
    assert app.read(newer["access_token"]).status_code == 200


def test_a_token_does_not_open_another_company(app):
    app.sandbox.add_company("4620816365000000000")
    answer = app.read(app.connect()["access_token"], realm="4620816365000000000")
    assert answer.status_code == 403
    assert answer.json()["fault"]["error"][0]["code"] == "3100"
    assert answer.json()["fault"]["type"] == "SERVICE"


def test_no_token_at_all_is_401(app):
    assert app.session.get(f"{SANDBOX_URL}/v3/company/{FIRST_REALM}/invoice/1").status_code == 401


def test_a_disconnected_company_loses_its_tokens(app):
    tokens = app.connect()
    app.session.post(f"{SANDBOX_URL}/sandbox/realms/{FIRST_REALM}/disconnect", json={})
    assert app.read(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).status_code == 400


def test_userinfo_shows_what_the_scopes_open(app):
    url = f"{SANDBOX_URL}/v1/openid_connect/userinfo"

    def shown(scope):
        token = app.connect(scope=f"com.intuit.quickbooks.accounting {scope}")["access_token"]
        return app.session.get(url, headers={"Accept": "application/json", "Authorization": f"Bearer {token}"})

    assert shown("openid").json().keys() == {"sub"}
    assert shown("openid email profile").json().keys() == {"sub", "email", "emailVerified", "givenName", "familyName"}
    assert (shown("").status_code, shown("").json()) == (403, {"error": "insufficient_scope"})
    assert app.session.get(url).status_code == 401


def test_an_id_token_is_signed_with_the_published_key(app):
    tokens = app.connect(scope="openid com.intuit.quickbooks.accounting", nonce="n-1")
    document = app.session.get(f"{SANDBOX_URL}/.well-known/openid_configuration").json()
    keys = jwt.PyJWKSet.from_dict(app.session.get(document["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(tokens["id_token"])["kid"]]
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(tokens["id_token"], key.key, audience="app", algorithms=["RS256"], options=options)
    assert (claims["iss"], claims["aud"]) == (document["issuer"], ["app"])
    assert (claims["realmid"], claims["nonce"]) == (FIRST_REALM, "n-1")
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["auth_time"] == claims["iat"]
    person = app.session.get(
        document["userinfo_endpoint"], headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert person.json()["sub"] == claims["sub"]


def test_without_openid_there_is_no_id_token(app):
    assert "id_token" not in app.connect()


def test_the_end_of_the_five_years_is_told_when_it_is_asked_for(app):
    tokens = app.connect()
    asked = basic() | {"x-include-refresh-token-hard-expires-in": "true"}
    left = app.refresh(tokens["refresh_token"], asked).json()["x_refresh_token_hard_expires_in"]
    assert 5 * 365 * 86400 - 60 < left <= 5 * 365 * 86400
    assert "x_refresh_token_hard_expires_in" not in tokens


def test_no_refresh_token_outlives_five_years(app):
    token = app.connect()["refresh_token"]
    for _ in range(5 * 365 // 90):
        app.sandbox.clock.advance(90 * 86400)
        token = app.refresh(token).json()["refresh_token"]
    app.sandbox.clock.advance(26 * 86400)
    assert app.refresh(token).json()["error"] == "invalid_grant"


def test_the_clients_credentials_may_stand_in_the_body(app):
    form = {"grant_type": "refresh_token", "refresh_token": app.connect()["refresh_token"]}
    good = app.token(form | {"client_id": "app", "client_secret": "secret"}, {"X": "y"})
    assert good.status_code == 200
    assert app.token(form, {"X": "y"}).json() == {"error": "invalid_client"}


def test_a_token_may_be_revoked_by_a_form(app):
    tokens = app.connect()
    url = f"{SANDBOX_URL}/v2/oauth2/tokens/revoke"
    assert app.session.post(url, data={"token": tokens["refresh_token"]}, headers=basic()).status_code == 200
    assert app.session.post(url, data={"token": tokens["refresh_token"]}, headers=basic()).status_code == 400
    assert app.read(tokens["access_token"]).status_code == 401


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"scope": "com.intuit.everything"}, "invalid_scope"), ({"response_type": "token"}, "unsupported_response_type")],
)
def test_what_the_app_asked_wrongly_is_told_to_the_app(app, changed, error):
    assert app.consent(action="connect", realmId=FIRST_REALM, **changed) == {"error": error, "state": "s1"}


@pytest.mark.parametrize("address", ["", "callback", "http://[oops"])
def test_an_address_to_return_to_must_be_one(app, address):
    asked = ASKED | {"redirect_uri": address}
    assert app.session.get(f"{SANDBOX_URL}/connect/oauth2", params=asked).status_code == 400


def test_a_token_without_the_accounting_scope_does_not_open_the_books(app):
    answer = app.read(app.connect(scope="openid")["access_token"])
    assert (answer.status_code, answer.json()["fault"]["error"][0]["code"]) == (403, "3100")


def test_tokens_have_the_sizes_of_intuits(app):
    tokens = app.connect()
    assert len(tokens["refresh_token"]) == 50
    assert 600 < len(tokens["access_token"]) <= 4096


def test_a_sign_in_path_has_its_methods(app):
    answer = app.session.get(f"{SANDBOX_URL}/oauth2/v1/tokens/bearer")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_fixed_access_token_lasts_while_time_passes_and_ends_when_the_clock_is_moved(sandbox):
    hours = [0]
    made = Sandbox(lambda: sandbox.clock.now() + timedelta(hours=hours[0]))
    made.connect(FIRST_REALM, access_token="lasting")
    app = App(made)
    hours[0] = 1000
    assert app.read("lasting").status_code == 200
    made.clock.advance(3600)
    assert app.read("lasting").status_code == 401


def test_where_any_company_may_exist_a_living_token_opens_one_never_seen_before(app):
    token = app.connect()["access_token"]
    assert app.read(token, realm="123145").status_code == 200
    assert "123145" in app.sandbox.companies
    assert app.read("nonsense", realm="123146").status_code == 401
    assert "123146" not in app.sandbox.companies


def test_where_the_companies_are_given_another_one_is_refused(sandbox):
    made = Sandbox(sandbox.clock.now, realms=["1", "2"])
    made.connect(ANY_REALM, access_token="all")
    app = App(made)
    assert [app.read("all", realm=realm).status_code for realm in ("1", "2", "3")] == [200, 200, 403]


def test_a_company_that_does_not_exist_cannot_be_connected(sandbox):
    app = App(Sandbox(sandbox.clock.now, realms=["1"]))
    assert app.consent(action="connect", realmId="2")["error"] == "access_denied"

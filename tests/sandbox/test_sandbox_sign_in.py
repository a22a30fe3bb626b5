from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter

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

    def connect(self):
        code = self.consent(action="connect", realmId=FIRST_REALM)["code"]
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
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "jwks_uri",
    ]
    assert all(document[key].startswith(SANDBOX_URL) for key in keys)
    assert app.session.get(document["jwks_uri"]).json() == {"keys": []}


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


def test_userinfo_answers_a_person(app):
    url = f"{SANDBOX_URL}/v1/openid_connect/userinfo"
    answer = app.session.get(
        url, headers={"Accept": "application/json", "Authorization": f"Bearer {app.connect()['access_token']}"}
    )
    assert "sub" in answer.json()
    assert app.session.get(url).status_code == 401


def test_a_company_that_does_not_exist_cannot_be_connected(sandbox):
    app = App(Sandbox(sandbox.clock.now, realms=["1"]))
    assert app.consent(action="connect", realmId="2")["error"] == "access_denied"

"""A working directory with a configuration, books of its own, and a sandbox QuickBooks that really listens."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text

from connectors.local import reference_setup
from connectors.quickbooks.oauth import OAuth
from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.server import serve
from connectors.tokens import TokenStore
from errors import language
from worker import cli
from worker.clock import Clock
from worker.companies import open_state
from worker.config import load, settings

CONFIG = """\
[quickbooks]
environment = "{environment}"
client_id = "an app"
client_secret = "a secret"
redirect_uri = "http://localhost:{port}/callback"
token_key = "{key}"
[companies.main]
[companies.main.source]
url = "sqlite:///books.sqlite"
"""

INVOICE = "INSERT INTO invoices (id, customer_id, number, date, total, status) VALUES "
LINE = "INSERT INTO invoice_lines (invoice_id, position, service_id, quantity, unit_price) VALUES "
ROWS = (
    "INSERT INTO customers (id, name, email) VALUES ('c1', 'Ana Ruiz', 'ana@ruiz.example')",
    "INSERT INTO services (id, name) VALUES ('s1', 'Window cleaning')",
    f"{INVOICE} ('i1', 'c1', 'N-1', '2026-03-02', 50, 'issued')",
    f"{LINE} ('i1', 1, 's1', 1, 50)",
    f"{INVOICE} ('i2', 'c1', 'N-2', '2026-03-02', 99, 'issued')",  # its one line says 50
    f"{LINE} ('i2', 1, 's1', 1, 50)",
)


@pytest.fixture(autouse=True)
def english():
    yield
    language.use("en")
    structlog.reset_defaults()


@pytest.fixture
def sandbox():
    server = serve(Sandbox(Clock().now, seed="us"), "127.0.0.1", 0)
    yield server
    server.stop()


@pytest.fixture
def place(tmp_path, monkeypatch, free_port):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("CUADRE_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def free_port():

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def house(place, sandbox, free_port):
    """Everything but the connection."""
    key = Fernet.generate_key().decode()
    Path("cuadre.toml").write_text(CONFIG.format(environment=sandbox.url, port=free_port, key=key))
    Path("books.sqlite").touch()
    engine = create_engine("sqlite:///books.sqlite")
    reference_setup.init(engine)
    engine.dispose()
    return SimpleNamespace(path=place, sandbox=sandbox, port=free_port, key=key)


@pytest.fixture
def cuadre(place, capsys):
    """One command as a user types it: exit code, standard output, standard error, and the JSON of the first."""

    def run(*arguments, **environment):
        capsys.readouterr()  # what was written before is not the command's
        code = cli.run(arguments, environment)
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err, json=lambda: json.loads(out))

    return run


@pytest.fixture
def connected(house):
    """The house with its connection made, and three rows in its books."""
    config = load(Path("cuadre.toml"), {}).config
    engine = open_state(config)
    realm = "9130357849536326"
    house.sandbox.sandbox.connect(realm, refresh_token="a refresh token")
    store = TokenStore(engine, settings.token_keys(config), now=Clock().now)
    grant = OAuth(settings.app(config), now=Clock().now).refresh("main", "a refresh token")
    store.connect("main", realm, config.quickbooks.environment, grant)
    engine.dispose()
    books = create_engine("sqlite:///books.sqlite")
    with books.begin() as connection:
        for statement in ROWS:
            connection.execute(text(statement))
    books.dispose()
    return house

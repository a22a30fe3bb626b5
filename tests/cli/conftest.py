"""A working directory with a configuration, books of its own, and a sandbox QuickBooks that really listens."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from cryptography.fernet import Fernet
from sqlalchemy import create_engine

from connectors.local import reference_setup
from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.server import serve
from errors import language
from worker import cli
from worker.clock import Clock

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

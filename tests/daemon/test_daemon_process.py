"""`cuadre run` as systemd starts it: a real process with a notify socket, real signals, real databases."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy import create_engine

from connectors.local import reference_setup

CONFIG = """\
[quickbooks]
environment = "http://127.0.0.1:1"
client_id = "a"
client_secret = "b"
token_key = "{key}"
[companies.main]
[companies.main.source]
url = "sqlite:///books.sqlite"
"""


@pytest.fixture
def house(tmp_path):
    """A configuration and a socket where systemd would listen."""
    (tmp_path / "cuadre.toml").write_text(CONFIG.format(key=Fernet.generate_key().decode()))
    (tmp_path / "books.sqlite").touch()
    engine = create_engine(f"sqlite:///{tmp_path}/books.sqlite")
    reference_setup.init(engine)
    engine.dispose()
    return tmp_path


@pytest.fixture
def systemd(house):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(house / "notify"))
        listener.settimeout(60)
        yield lambda: listener.recv(4096).decode()


@pytest.fixture
def daemon(house, systemd):
    environment = os.environ | {"NOTIFY_SOCKET": str(house / "notify"), "WATCHDOG_USEC": "400000"}
    command = [sys.executable, "-c", "from worker.cli import main; main()", "run"]
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    with subprocess.Popen(command, cwd=house, env=environment, stderr=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_a_daemon_gets_ready_reports_life_reads_again_and_stops_on_sigterm(daemon, systemd, house):
    first = systemd()
    assert first.startswith("READY=1\nSTATUS=1 companies"), first
    assert systemd().startswith("WATCHDOG=1")
    (house / "cuadre.toml").write_text("[log]\nlevl = 1\n")
    daemon.send_signal(signal.SIGHUP)
    while systemd() != "RELOADING=1":
        pass
    assert systemd().startswith("READY=1")
    daemon.send_signal(signal.SIGTERM)
    while not (told := systemd()).startswith("STOPPING=1"):
        assert told.startswith(("WATCHDOG=1", "STATUS="))
    errors = daemon.communicate(timeout=60)[1]
    assert daemon.returncode == 0, errors
    assert "never connected" in errors
    assert '"company": "main"' in errors
    assert "cuadre.toml:2: log.levl" in errors
    assert '"event": "stopped"' in errors  # a refused configuration does not make the log quiet
    assert "Traceback" not in errors


def test_a_broken_configuration_ends_it_before_it_is_ready(house):
    (house / "cuadre.toml").write_text("[log]\nlevl = 1\n")
    command = [sys.executable, "-c", "from worker.cli import main; main()", "run"]
    done = subprocess.run(
        command,
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert 'log.levl: unknown key; did you mean "level"?' in done.stderr


def test_the_site_is_served_beside_the_ticks_and_ends_with_them(house, systemd):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (house / "cuadre.toml").open("a") as file:
        file.write(f'[site]\nenabled = true\nport = {port}\nsecret_key = "{"k" * 44}"\n')
    environment = os.environ | {"NOTIFY_SOCKET": str(house / "notify"), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", "from worker.cli import main; main()", "run"]
    with subprocess.Popen(command, cwd=house, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert systemd().startswith("READY=1")
        assert requests.get(f"http://127.0.0.1:{port}/sign-in", timeout=30).status_code == 200
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=60)[1]
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/sign-in", timeout=30)

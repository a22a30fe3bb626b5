"""`cuadre demo --site`, as a newcomer starts it: an address, a user, a one-time password, and a door that opens."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import requests

COMMAND = [sys.executable, "-m", "worker", "demo", "--site"]


def stamp(page: str) -> str:
    found = re.search(r'name="stamp" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_it_prints_what_a_newcomer_needs_and_ends_with_ctrl_c() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(4)]
        try:
            address, name, password = (line.rpartition(" ")[2] for line in told[:3])
            with requests.Session() as reader:
                form = {"stamp": stamp(reader.get(f"{address}/sign-in", timeout=60).text), "next": "/"}
                answer = reader.post(
                    f"{address}/sign-in", form | {"name": name, "password": password}, timeout=60, allow_redirects=False
                )
            assert answer.headers["Location"] == "/password", told
        finally:
            process.send_signal(signal.SIGINT)
            _out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors

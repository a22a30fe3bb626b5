"""The site on a real socket, and the commands for its users."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from fastapi import FastAPI

from tests.support.browsing import Build, Reader
from worker import cli
from worker.config.schema import Site
from worker.site.serving import Serving


def test_it_listens_answers_and_ends(app: FastAPI) -> None:
    serving = Serving(app, Site(port=0))
    serving.start()
    try:
        answer = requests.get(f"{serving.address}/sign-in", timeout=10)
        assert answer.status_code == 200
        assert "server" not in answer.headers
    finally:
        serving.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{serving.address}/sign-in", timeout=10)


def test_a_port_that_is_taken_is_told_before_anything_begins(build: Build) -> None:
    first = Serving(build(), Site(port=0))
    port = int(first.address.rpartition(":")[2])
    try:
        with pytest.raises(OSError, match=str(port)):
            Serving(build(), Site(port=port))
    finally:
        first.stop()


def test_users_are_made_at_the_command_line_with_a_password_shown_once(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = build()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cuadre.toml").write_text('[state]\nurl = "sqlite:///state.sqlite"\n')

    def cuadre(*arguments: str) -> tuple[int, str]:
        code = cli.run(["users", *arguments], {})
        out, err = capsys.readouterr()
        return code, out + err

    code, told = cuadre("add", "ana", "--role", "admin", "--json")
    given = json.loads(told)["one_time_password"]
    assert code == 0
    assert Reader(app).signs_in("ana", given).headers["location"] == "/password"
    assert cuadre("add", "ana")[0] == 1
    assert cuadre("remove", "ana") == (1, "ana is the only admin.\n")
    assert cuadre("add", "eva")[0] == 0
    assert cuadre("role", "eva", "admin") == (0, "eva is admin now.\n")
    again = json.loads(cuadre("password", "ana", "--json")[1])["one_time_password"]
    assert Reader(app).signs_in("ana", given).status_code == 403
    assert Reader(app).signs_in("ana", again).status_code == 303
    assert cuadre("remove", "ana")[0] == 0
    listed = json.loads(cuadre("list", "--json")[1])
    assert [(each["name"], each["role"]) for each in listed] == [("eva", "admin")]

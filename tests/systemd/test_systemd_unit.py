"""The unit that is shipped: systemd takes it, its sandbox is tight, and Python lives in it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2] / "systemd"
UNIT = (HERE / "cuadre.service").read_text()
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")


def settings():
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", UNIT))


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    copy = tmp_path / "cuadre.service"
    copy.write_text(UNIT.replace("/usr/bin/cuadre", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_systemd_rates_the_exposure_at_most_one_and_a_half():
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(HERE / "cuadre.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for cuadre.service: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= 1.5


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="no systemd-sysusers on this machine")
def test_the_user_of_the_unit_is_made(tmp_path):
    (tmp_path / "etc").mkdir()
    command = ["systemd-sysusers", f"--root={tmp_path}", str(HERE / "cuadre.sysusers.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "not supported" in done.stderr or "Permission" in done.stderr:
        pytest.skip(done.stderr)
    assert settings()["User"] in (tmp_path / "etc" / "passwd").read_text()


def test_every_line_of_the_sandbox_says_what_it_takes_away():
    sandbox = UNIT.split("# --- what it cannot do ---")[1].split("[Install]")[0].strip().splitlines()
    for before, line in zip(["", *sandbox], sandbox, strict=False):
        assert line.startswith("#") or before, line
    comments = sum(line.startswith("#") for line in sandbox)
    assert comments * 2 >= len(sandbox) * 0.8


def test_the_unit_waits_for_ready_and_for_the_running_batch():
    unit = settings()
    assert (unit["Type"], unit["NotifyAccess"], unit["KillSignal"]) == ("notify", "main", "SIGTERM")
    assert unit["Restart"] == "on-failure"
    assert unit["LoadCredential"] == "cuadre:/etc/cuadre/credentials"
    assert {"AF_INET", "AF_INET6", "AF_UNIX"} == set(unit["RestrictAddressFamilies"].split())


def test_the_places_of_unit_and_tmpfiles_are_the_same():
    places = re.findall(r"(?m)^d (\S+) (\d+) (\w+)", (HERE / "cuadre.tmpfiles.conf").read_text())
    assert ("/etc/cuadre/credentials", "0700", "root") in places
    assert ("/var/lib/cuadre", "0700", "cuadre") in places


DENIED = """
import ctypes, mmap, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:  # PR_SET_MDWE, Linux 6.3: what MemoryDenyWriteExecute sets
    sys.exit(77)
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    sys.exit(78)
except OSError:
    pass
import psycopg, pymysql, worker.daemon, worker.companies, errors.cli
from cryptography.fernet import Fernet
box = Fernet(Fernet.generate_key())
assert box.decrypt(box.encrypt(b"token")) == b"token"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory protection of Linux")
def test_everything_runs_without_memory_that_is_writable_and_executable():
    done = subprocess.run([sys.executable, "-c", DENIED], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this kernel cannot deny writable and executable memory (Linux 6.3)")
    assert done.returncode == 0, done.stderr

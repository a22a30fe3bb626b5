"""Secrets from files: `client_secret_file = "..."`, or a systemd credential named like the key."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path as FilePath

from errors.language import say
from worker.config import keys
from worker.config.mistakes import Path, dotted
from worker.config.raw import Raw

CREDENTIAL_PREFIX = "cuadre_"  # what LoadCredential=cuadre:DIRECTORY puts before each file's name


def resolve(raw: Raw, environment: Mapping[str, str]) -> None:
    """Read every secret that stands in a file. Both `x` and `x_file`, or an unreadable file, become mistakes."""
    companies = raw.tables.get("companies")
    known = {name: None for name, table in companies.items() if isinstance(table, dict)} if companies else {}
    for path in keys.secrets(known):
        _resolve(raw, path, environment.get("CREDENTIALS_DIRECTORY", ""))


def _resolve(raw: Raw, path: Path, credentials: str) -> None:
    file_path = (*path[:-1], f"{path[-1]}_file")
    plain, named = raw.get(path), raw.get(file_path)
    if plain and named:
        text = say("both {key} and {key}_file are given; keep one of them", key=str(path[-1]))
        raw.mistakes.append(raw.mistake(file_path, text))
        raw.drop(file_path)
    elif named and isinstance(named, str):
        file = FilePath(named).expanduser()
        base = raw.file.parent if raw.file else FilePath()
        _read(raw, path, file_path, base / file)
    elif not plain and credentials:
        _credential(raw, path, FilePath(credentials))


def _credential(raw: Raw, path: Path, directory: FilePath) -> None:
    for name in (dotted(path), CREDENTIAL_PREFIX + dotted(path)):
        if (directory / name).is_file():
            raw.put(path, _text(directory / name), f"credential {name}")
            return


def _read(raw: Raw, path: Path, file_path: Path, file: FilePath) -> None:
    try:
        secret = _text(file)
        mode = stat.S_IMODE(file.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = say("the file {file} cannot be read: {detail}", file=str(file), detail=detail)
        raw.mistakes.append(raw.mistake(file_path, text))
        return
    if not secret:
        raw.mistakes.append(raw.mistake(file_path, say("the file {file} is empty", file=str(file))))
        return
    if mode & stat.S_IROTH:
        text = say("everybody on this machine can read {file}; run: chmod 600 {file}", file=str(file))
        raw.warnings.append(raw.mistake(file_path, text))
    raw.put(path, secret, raw.place(file_path))


def _text(file: FilePath) -> str:
    return file.read_text(encoding="utf-8").strip()

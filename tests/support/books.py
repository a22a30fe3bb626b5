"""Local books for tests: the Chinook sample in any database, and settings from a configuration's source section."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from pymysql.constants import CLIENT
from sqlalchemy import make_url

from connectors.documents import DocumentKind
from connectors.local.settings import KindSettings, LocalSettings

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SHARED = ROOT.parent / "shared" / "data"
NOT_SQL = re.compile(r"^(DROP DATABASE|CREATE DATABASE|USE |\\c ).*$", re.MULTILINE)


def load_chinook(url: str) -> LocalSettings:
    """Fill an empty database with Chinook; the settings of docs/examples for it. Skips when the sample is not there."""
    parsed = make_url(url)
    name = parsed.get_backend_name()
    if not SHARED.is_dir():
        pytest.skip("the Chinook sample database is not beside the repository (../shared/data)")
    if name == "sqlite":
        shutil.copyfile(SHARED / "Chinook_Sqlite.sqlite", str(parsed.database))
    elif name == "postgresql":
        with psycopg.connect(str(parsed.set(drivername="postgresql"))) as connection:
            connection.execute(_script("Chinook_PostgreSql.sql").encode())
    else:
        socket = str(parsed.query["unix_socket"]) if "unix_socket" in parsed.query else None
        with (
            pymysql.connect(
                host=parsed.host or "localhost",
                port=parsed.port or 3306,
                user=parsed.username,
                password=parsed.password or "",
                database=parsed.database,
                unix_socket=socket,
                client_flag=CLIENT.MULTI_STATEMENTS,
            ) as client,
            client.cursor() as cursor,
        ):
            cursor.execute(_script("Chinook_MySql.sql"))
            while cursor.nextset():
                pass
            client.commit()
    example = tomllib.loads((EXAMPLES / f"chinook-{name}.toml").read_text())
    return settings_of(example["companies"]["chinook"]["source"], url, "companies.chinook.source")


def settings_of(section: Mapping[str, Any], url: str, setting: str = "source") -> LocalSettings:
    """The settings that a [companies.NAME.source] section with schema = "mapped" means."""
    kinds = {DocumentKind(kind): KindSettings(**each) for kind, each in section.items() if isinstance(each, dict)}
    return LocalSettings(url=url, kinds=kinds, setting=setting)


def _script(name: str) -> str:
    """The sample's own script, without what makes and enters a database of its own."""
    return NOT_SQL.sub("", (SHARED / name).read_text(encoding="utf-8-sig"))

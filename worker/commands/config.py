"""cuadre config check | show | new-key"""

from __future__ import annotations

from typing import Any

import typer
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from errors.language import _, say
from worker import exits
from worker.commands.output import Json, complain, document, line
from worker.commands.session import session
from worker.config.schema import Section

HIDDEN = "***"

app = typer.Typer(
    help=_("Check or show the configuration; make a token key."), no_args_is_help=True, add_completion=False
)


@app.command(help=_("Name every mistake with its line. Exit 3: mistakes; 1: warnings only."))
def check(context: typer.Context) -> None:
    loaded = session(context).load()
    for warning in loaded.warnings:
        complain(say("warning: {warning}", warning=str(warning)))
    companies = ", ".join(loaded.config.enabled())
    line(say("{file}: no mistakes; companies: {companies}", file=str(loaded.file), companies=companies))
    if loaded.warnings:
        raise typer.Exit(exits.ATTENTION)


@app.command(help=_("What is in force, with every default; secrets are hidden."))
def show(context: typer.Context, *, as_json: Json = False) -> None:
    values = plain(session(context).load(whole=False).config)
    if as_json:
        document(values)
        return
    for key, value in _flat((), values):
        line(f"{key} = {value}")


@app.command(name="new-key", help=_("A fresh key for quickbooks.token_key; keep it as you keep a password."))
def new_key() -> None:
    line(Fernet.generate_key().decode())


def plain(section: Section) -> dict[str, Any]:
    """A section as JSON holds it, by the names in the file, without its secrets."""
    fields = type(section).model_fields
    return {field.alias or name: _plain(getattr(section, name), name) for name, field in fields.items()}


def _plain(value: object, name: str = "") -> Any:
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return hidden(secret) if name == "url" else HIDDEN if secret else ""
    if isinstance(value, Section):
        return plain(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def hidden(secret: str) -> str:
    """Nothing of a secret but that it is there; of a database URL all but its password."""
    if "://" not in secret:
        return HIDDEN if secret else ""
    try:
        return make_url(secret).render_as_string(hide_password=True)
    except ArgumentError:
        return HIDDEN


def _flat(path: tuple[str, ...], value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict) and value:
        return [pair for name, each in value.items() for pair in _flat((*path, name), each)]
    return [] if value is None else [(".".join(path), repr(value))]

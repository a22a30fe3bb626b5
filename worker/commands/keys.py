"""cuadre keys add | list | remove"""

from __future__ import annotations

from typing import Annotated

import typer

from errors.language import _, say
from errors.person import me
from worker import exits
from worker.commands.output import Json, complain, document, line, moment, table
from worker.commands.session import session
from worker.state import keys
from worker.state.keys import RefusedKeyError, Scope

app = typer.Typer(help=_("Keys for programs that use the HTTP API."), no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Argument(help=_("What the audit calls the program that has the key."))]


@app.command(help=_("Make a key. It is shown this once; only a hash is kept."))
def add(
    context: typer.Context,
    name: Name,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help=_("What it may do: read, act, sync, webhooks; give it several times. Default: read.")),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    current = session(context)
    scopes = scope or [Scope.READ]
    try:
        with current.engine.begin() as connection:
            key = keys.add(connection, name, scopes, by=me(), now=current.now())
    except RefusedKeyError as no:
        complain(str(no))
        raise typer.Exit(exits.ATTENTION) from None
    if as_json:
        document({"name": name, "scopes": sorted(set(scopes)), "key": key})
    else:
        line(say("Key of {name}, shown this once: {key}", name=name, key=key))


@app.command("list", help=_("Every key: what it may do, and when it was used last."))
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    with session(context).engine.connect() as connection:
        found = keys.listed(connection)
    if as_json:
        plain = ("name", "created_at", "created_by", "seen_at")
        document([{name: getattr(key, name) for name in plain} | {"scopes": sorted(key.scopes)} for key in found])
    elif not found:
        line(_("There is no key yet; `cuadre keys add NAME` makes one."))
    else:
        headings = (_("Name"), _("Scopes"), _("Made"), _("Last used"))
        rows = [
            (key.name, ", ".join(sorted(key.scopes)), f"{moment(key.created_at)} {key.created_by}", moment(key.seen_at))
            for key in found
        ]
        table(headings, rows)


@app.command(help=_("Remove a key; it opens nothing any more, at once."))
def remove(context: typer.Context, name: Name) -> None:
    current = session(context)
    with current.engine.begin() as connection:
        done = keys.remove(connection, name, by=me(), now=current.now())
    if not done:
        complain(say("There is no key {name}.", name=name))
        raise typer.Exit(exits.ATTENTION)
    line(say("The key {name} is removed.", name=name))

"""cuadre users add | list | password | openid | role | remove"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Connection

from errors.language import _, say
from errors.person import me
from worker import exits
from worker.commands.output import Json, complain, document, line, moment, table
from worker.commands.session import Session, session
from worker.site import admission, people
from worker.site.people import RefusedError, Role, SignsIn

app = typer.Typer(help=_("Who may sign in to the console."), no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Argument(help=_("The name that the user signs in with."))]
Ask = Annotated[bool, typer.Option("--ask", help=_("Ask for the password (twice), instead of making one."))]
T = TypeVar("T")
Given = Annotated[bool, typer.Option("--stdin", help=_("Read the password from standard input."))]


@app.command(help=_("Add a user. Without --ask, a one-time password is printed, once."))
def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help=_("viewer looks, operator clears errors, admin does everything."))] = (
        Role.OPERATOR
    ),
    *,
    openid: Annotated[
        bool, typer.Option("--openid", help=_("No password: signs in with OpenID Connect, under this name."))
    ] = False,
    ask: Ask = False,
    stdin: Given = False,
    as_json: Json = False,
) -> None:
    current = session(context)
    if openid:
        _do(current, lambda connection: admission.add(connection, name, role, by=me(), now=current.now()))
        _tell(name, role, "", as_json=as_json)
        return
    password = _password(ask=ask, stdin=stdin)
    given = _do(current, lambda connection: people.add(connection, name, role, password, by=me(), now=current.now()))
    _tell(name, role, given if password is None else "", as_json=as_json)


@app.command("list", help=_("Every user, with role and last sign-in."))
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    with session(context).engine.connect() as connection:
        found = people.listed(connection)
    if as_json:
        document([{name: getattr(each, name) for name in ("name", "role", "signs_in", "seen_at")} for each in found])
        return
    if not found:
        line(_("There is no user yet; `cuadre users add NAME --role admin` makes the first."))
        return
    table(
        (_("Name"), _("Role"), _("Signs in with"), _("Last sign-in")),
        [(each.name, _(each.role.value), _way(each.signs_in), moment(each.seen_at)) for each in found],
    )


@app.command(help=_("Another password; every session of the user ends. Without --ask, a one-time one is printed."))
def password(
    context: typer.Context, name: Name, *, ask: Ask = False, stdin: Given = False, as_json: Json = False
) -> None:
    current, wanted = session(context), _password(ask=ask, stdin=stdin)
    given = _do(current, lambda connection: people.set_password(connection, name, wanted, by=me(), now=current.now()))
    _tell(name, None, given if wanted is None else "", as_json=as_json)


@app.command(help=_("Sign in with OpenID Connect from now on, under the same name; the password is gone."))
def openid(context: typer.Context, name: Name) -> None:
    current = session(context)
    _do(current, lambda connection: admission.move(connection, name, by=me(), now=current.now()))
    line(say("{name} can sign in with OpenID Connect.", name=name))


@app.command(help=_("Another role; it counts at once."))
def role(context: typer.Context, name: Name, role: Annotated[Role, typer.Argument(help=_("The role."))]) -> None:
    current = session(context)
    _do(current, lambda connection: people.set_role(connection, name, role, by=me(), now=current.now()))
    line(say("{name} is {role} now.", name=name, role=_(role.value)))


@app.command(help=_("Remove a user, with every session. What they did stays in the audit."))
def remove(context: typer.Context, name: Name) -> None:
    current = session(context)
    _do(current, lambda connection: people.remove(connection, name, by=me(), now=current.now()))
    line(say("{name} is removed.", name=name))


# --- how -------------------------------------------------------------------------------------------------------------


def _do(current: Session, deed: Callable[[Connection], T]) -> T:
    engine = current.engine
    try:
        with engine.begin() as connection:
            return deed(connection)
    except RefusedError as no:
        complain(str(no))
        raise typer.Exit(exits.ATTENTION) from None


def _way(signs_in: SignsIn) -> str:
    words = {SignsIn.PASSWORD: _("password"), SignsIn.OPENID: "OpenID Connect", SignsIn.GROUP: _("a group")}
    return words[signs_in]


def _password(*, ask: bool, stdin: bool) -> str | None:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True)) if ask else None


def _tell(name: str, role: Role | None, one_time: str, *, as_json: bool) -> None:
    if as_json:
        document({"name": name, "role": role, "one_time_password": one_time or None})
        return
    if one_time:
        line(say("One-time password of {name}, shown this once: {password}", name=name, password=one_time))
    else:
        line(say("{name} can sign in.", name=name))

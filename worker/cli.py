"""The command line: every command is a module of worker/commands, imported when it is called."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from errors import language
from errors.language import LANGUAGES, _, say
from worker import exits
from worker.commands.session import Session

GLOBAL = ("--config", "--language")


def commands() -> dict[str, str]:
    """Each command and its line in the help, in the order of a user's first day."""
    return {
        "demo": _("Show the whole way on this machine: books, a sandbox QuickBooks, errors and their mending."),
        "config": _("Check or show the configuration; make a token key."),
        "books": _("Make the tables of the reference schema in a company's own database."),
        "connect": _("Connect a company to QuickBooks."),
        "disconnect": _("End a company's connection to QuickBooks; what was linked stays linked."),
        "doctor": _("Look at everything that Cuadre needs, and say what to do."),
        "once": _("Look at companies once, now."),
        "run": _("Run in the foreground until stopped (what systemd starts)."),
        "status": _("How every company stands."),
        "metrics": _("Cuadre's figures in Prometheus' text format."),
        "audit": _("Who did what, when and why."),
        "errors": _("List errors and settle them: resync, skip, delete."),
        "customers": _("Which customers of QuickBooks yours are, and which are not synced."),
        "numbers": _("Check, draw and reserve document numbers; see and set their ranges."),
        "mail": _("Send test mails; see what was sent and what was not."),
        "site": _("Serve the console alone, in the foreground, until stopped (SIGTERM, Ctrl-C)."),
        "users": _("Who may sign in to the console."),
        "keys": _("Keys for programs that use the HTTP API."),
        "sandbox": _("Run a QuickBooks of your own on this machine."),
        "version": _("The versions of Cuadre and of what it stands on."),
    }


class Commands(TyperGroup):
    """Knows its commands by name alone; the one that is called is imported."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _placeholder, rest = super().resolve_command(ctx, args)
        module = import_module(f"worker.commands.{name}")
        return name, typer.main.get_command(module.app), rest


def build() -> typer.Typer:
    """The application, with its help in the present language."""
    app = typer.Typer(
        cls=Commands,
        help=_("Keeps a business's own books and its QuickBooks Online company in step."),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_global)
    for name, line in commands().items():
        app.command(name, help=line)(_placeholder)
    return app


def _placeholder() -> None:
    """Stands in the help; Commands puts the real one in its place."""


def _global(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help=_("The configuration file."), show_default=False)] = None,
    language: Annotated[
        str | None, typer.Option(help=_("The language of the answers: en, es."), show_default=False)
    ] = None,
) -> None:
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(say("{language} is none of: {known}", language=language, known=", ".join(LANGUAGES)))
    context.obj = Session(file=config, chosen_language=language, environment=context.obj)
    context.call_on_close(context.obj.close)


def chosen(arguments: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """The reader's language, before anything is parsed: the help is written in it, too."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--language="):
            return argument.partition("=")[2]
        if argument == "--language" and index + 1 < len(arguments):
            return arguments[index + 1]
    return environment.get("CUADRE_LANGUAGE")


def hoist(arguments: Sequence[str]) -> list[str]:
    """--config and --language may stand behind the command, too: bring them to the front."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            return [*front, *rest, argument, *waiting]
        if argument in GLOBAL and waiting:
            front += [argument, waiting.pop(0)]
        elif argument.startswith(tuple(f"{name}=" for name in GLOBAL)):
            front.append(argument)
        else:
            rest.append(argument)
    return [*front, *rest]


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """One command. Returns its exit code; a person never sees a traceback unless CUADRE_DEBUG is set."""
    wanted = chosen(arguments, environment)
    language.use(wanted if wanted in LANGUAGES else "en")
    try:
        build()(args=hoist(arguments), prog_name="cuadre", obj=environment)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else exits.OK if end.code is None else exits.FAILED
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: one clear sentence
        from worker.commands.moments import explain  # noqa: PLC0415 - only when something went wrong

        if environment.get("CUADRE_DEBUG"):
            traceback.print_exc()
        return explain(error)
    return exits.OK


def main() -> None:
    sys.exit(run(sys.argv[1:], os.environ))

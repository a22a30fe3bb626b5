"""cuadre site"""

from __future__ import annotations

import signal

import typer

from errors.language import _, say
from worker import exits
from worker.app import create_app
from worker.commands.output import complain, line
from worker.commands.session import session
from worker.log import setup
from worker.site.serving import Serving

app = typer.Typer(add_completion=False)


@app.command(help=_("Serve the console alone, in the foreground, until stopped (SIGTERM, Ctrl-C)."))
def site(context: typer.Context) -> None:
    current = session(context)
    config = current.load(whole=False).config
    if not config.site.secret_key.get_secret_value():
        complain(_("site.secret_key is missing; `cuadre config new-key` makes one. Sessions are signed with it"))
        raise typer.Exit(exits.CONFIGURATION)
    setup(config.log)
    serving = Serving(create_app(config, current.engine, current.clock), config.site)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: serving.halt())
    serving.start()
    line(say("The console is at {address}", address=config.site.address or serving.address))
    serving.wait()
    serving.stop()

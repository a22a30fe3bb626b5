"""cuadre disconnect COMPANY"""

from __future__ import annotations

from typing import Annotated

import typer

from connectors.quickbooks import connecting
from connectors.quickbooks.oauth import OAuth
from connectors.tokens import TokenStore
from errors.language import _, say
from errors.person import me
from worker import exits
from worker.commands.output import complain, line
from worker.commands.session import session
from worker.config import settings
from worker.state.deeds import Deed, record

app = typer.Typer(add_completion=False)


@app.command(help=_("Revoke the tokens at Intuit and forget them; what was linked stays linked."))
def disconnect(
    context: typer.Context, company: Annotated[str, typer.Argument(help=_("Its name in the configuration."))]
) -> None:
    current = session(context)
    config = current.load().config
    current.company(company, config)
    store = TokenStore(current.engine, settings.token_keys(config), now=current.now)
    if not connecting.disconnect(OAuth(settings.app(config), now=current.now), store, company):
        complain(say("{company} is not connected.", company=company))
        raise typer.Exit(exits.ATTENTION)
    with current.engine.begin() as connection:
        record(connection, Deed.DISCONNECTED, by=me(), now=current.now(), company=company)
    line(say("{company} is disconnected. `cuadre connect {company}` goes on where it stood.", company=company))

"""cuadre connect COMPANY"""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer
from rich.prompt import Prompt

from connectors.quickbooks import connecting
from connectors.quickbooks.connecting import Callback
from connectors.quickbooks.oauth import OAuth
from connectors.tokens import TokenStore
from errors.language import _, say
from errors.person import me
from worker.commands.output import line
from worker.commands.session import session
from worker.config import Config, settings
from worker.connect import listening, require_free
from worker.state.deeds import Deed, record

app = typer.Typer(add_completion=False)


@app.command(help=_("Connect a company to QuickBooks: an admin of the company consents in a browser."))
def connect(
    context: typer.Context,
    company: Annotated[str, typer.Argument(help=_("Its name in the configuration."))],
    *,
    paste: Annotated[bool, typer.Option("--paste", help=_("Without a browser here: paste the final address."))] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=_("Print the address, open nothing."))] = False,
    replace_company: Annotated[
        bool, typer.Option("--replace-company", help=_("Allow another QuickBooks company than before."))
    ] = False,
    timeout: Annotated[float, typer.Option(help=_("Seconds to wait for the browser."))] = 300,
) -> None:
    current = session(context)
    config = current.load().config
    current.company(company, config)
    oauth = OAuth(settings.app(config), now=current.now)
    store = TokenStore(current.engine, settings.token_keys(config), now=current.now)
    address, state = connecting.begin(oauth)
    opening = not no_browser
    callback = _pasted(address) if paste else _browsed(company, config, address, state, timeout, opening=opening)
    require_free(current.engine, company, callback.realm_id)
    connecting.finish(
        oauth,
        store,
        company=company,
        environment=config.quickbooks.environment,
        callback=callback,
        expected_state=state,
        force=replace_company,
    )
    with current.engine.begin() as connection:
        record(connection, Deed.CONNECTED, by=me(), now=current.now(), company=company, subject=callback.realm_id)
    line(say("{company} is connected (QuickBooks company {realm}).", company=company, realm=callback.realm_id))
    line(say("Next: `cuadre doctor`, then `cuadre once {company}`.", company=company))


def _browsed(company: str, config: Config, address: str, state: str, timeout: float, *, opening: bool) -> Callback:
    with listening(company, config.quickbooks.redirect_uri, state) as waiting:
        line(_("Open this address and let an admin of the company consent:"))
        line(address)
        if opening:
            webbrowser.open(address)
        return waiting.wait(timeout)


def _pasted(address: str) -> Callback:
    line(_("Open this address in any browser and let an admin of the company consent:"))
    line(address)
    line(_("The browser then goes to your redirect address, even if no page is there. Copy all of that address."))
    return connecting.read_callback(Prompt.ask(_("Address")))

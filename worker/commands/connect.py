"""cuadre connect COMPANY"""

from __future__ import annotations

import secrets
import webbrowser
from typing import Annotated

import typer
from rich.prompt import Prompt

from connectors.quickbooks.oauth import OAuth
from connectors.tokens import TokenStore
from errors.language import _, say
from worker import exits
from worker.commands.output import complain, line
from worker.commands.session import session
from worker.config import Config, settings
from worker.connect import ConnectError, Consent, callback, consent, finish

app = typer.Typer()


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
    try:
        answer = _pasted(oauth) if paste else _browsed(oauth, config, timeout, opening=not no_browser)
        environment = config.quickbooks.environment
        finish(
            company,
            answer,
            environment=environment,
            store=store,
            engine=current.engine,
            oauth=oauth,
            replace=replace_company,
        )
    except ConnectError as error:
        complain(str(error))
        raise typer.Exit(exits.ATTENTION) from None
    _done(company, answer)


def _browsed(oauth: OAuth, config: Config, timeout: float, *, opening: bool) -> Consent:
    state = secrets.token_urlsafe(32)
    address = oauth.authorization_url(state)
    with callback(config.quickbooks.redirect_uri, state) as waiting:
        line(_("Open this address and let an admin of the company consent:"))
        line(address)
        if opening:
            webbrowser.open(address)
        return waiting.wait(timeout)


def _pasted(oauth: OAuth) -> Consent:
    state = secrets.token_urlsafe(32)
    line(_("Open this address in any browser and let an admin of the company consent:"))
    line(oauth.authorization_url(state))
    line(_("The browser then goes to your redirect address, even if no page is there. Copy all of that address."))
    return consent(Prompt.ask(_("Address")), state)


def _done(company: str, answer: Consent) -> None:
    line(say("{company} is connected (QuickBooks company {realm}).", company=company, realm=answer.realm_id))
    line(say("Next: `cuadre doctor`, then `cuadre once {company}`.", company=company))

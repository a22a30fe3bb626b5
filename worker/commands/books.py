"""cuadre books init COMPANY"""

from __future__ import annotations

from typing import Annotated

import typer

from connectors.local import reference_setup
from errors.language import _, say
from worker import exits
from worker.commands.output import complain, line
from worker.commands.session import session

app = typer.Typer(
    help=_("Make the tables of the reference schema in a company's own database."),
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def books() -> None:
    """Room for more than one command."""


@app.command(help=_("Make the tables where they are missing; tables that are there stay as they are."))
def init(
    context: typer.Context, company: Annotated[str, typer.Argument(help=_("Its name in the configuration."))]
) -> None:
    current = session(context)
    source = current.config.companies[current.company(company)].source
    url = source.url.get_secret_value()
    if not url or source.layout != "reference":
        complain(say('companies.{company}.source needs a url and schema = "reference".', company=company))
        raise typer.Exit(exits.CONFIGURATION)
    made = reference_setup.create(url, f"companies.{company}.source")
    if made:
        line(say("Made in the books of {company}: {tables}.", company=company, tables=", ".join(made)))
    line(say("The books of {company} are ready; Cuadre reads what your application writes there.", company=company))

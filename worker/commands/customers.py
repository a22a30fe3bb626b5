"""cuadre customers search | left-out | unlink, and cuadre errors link-customer | create-customer"""

from __future__ import annotations

from typing import Annotated

import typer

from connectors.documents import DocumentKind
from errors.kinds import Action
from errors.language import _, say, sentence, told
from errors.person import me
from errors.problem import ProblemError
from worker import customers, exits
from worker.commands.opened import opened
from worker.commands.ordering import By, Id, Why, answer, decide, row_of
from worker.commands.output import Json, complain, document, line, table
from worker.commands.session import Session, session
from worker.customers import Found
from worker.state import items

app = typer.Typer(
    help=_("Which customers of QuickBooks yours are, and which are not synced."),
    no_args_is_help=True,
    add_completion=False,
)

Company = Annotated[str, typer.Argument(metavar="COMPANY")]


@app.command(help=_("Customers of QuickBooks with a text in name or e-mail."))
def search(
    context: typer.Context,
    company: Company,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    *,
    as_json: Json = False,
) -> None:
    current = session(context)
    if len(text.strip()) < customers.SHORTEST:
        raise typer.BadParameter(say("Type at least {least} characters.", least=customers.SHORTEST))
    found = _found(current, _known(current, company), text)
    if as_json:
        document([_plain(each) for each in found])
    elif found:
        cells = [(each.choice.remote.target_id, each.choice.name, each.choice.email, _standing(each)) for each in found]
        table((_("Id"), _("Name"), _("E-mail"), ""), cells)
    else:
        line(say("No customer in QuickBooks has {text} in name or e-mail.", text=text))
    raise typer.Exit(exits.OK if found else exits.ATTENTION)


@app.command(
    "left-out", help=_("Accounts that are not synced, with what waits for them; `cuadre errors unskip` ends it.")
)
def left_out(context: typer.Context, *, as_json: Json = False) -> None:
    with session(context).engine.connect() as connection:
        found = customers.left_out(connection)
    if as_json:
        document(
            [
                {
                    "company": each.decision.company,
                    "local_id": each.decision.key,
                    "name": each.decision.value,
                    "error_id": each.decision.error_id,
                    "documents": each.documents,
                    "sums": each.sums,
                    "by": each.decision.by,
                    "why": each.decision.why,
                }
                for each in found
            ]
        )
        return
    if not found:
        line(_("Every account is synced."))
        return
    cells = [
        (str(each.decision.error_id), each.decision.company, each.decision.value, each.worth(), each.decision.by,
         each.decision.why)
        for each in found
    ]  # fmt: skip
    table((_("Error"), _("Company"), _("Customer"), _("Waiting for it"), _("By"), _("Why")), cells)


@app.command(help=_("A customer is linked to the wrong one: its link ends, and its error is open until you say which."))
def unlink(
    context: typer.Context,
    company: Company,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("Its id in your own books."))],
    *,
    by: By = "",
    why: Why = "",
    as_json: Json = False,
) -> None:
    current = session(context)
    key = (DocumentKind.CUSTOMER, customer)
    with current.engine.begin() as connection:
        item = items.by_key(connection, _known(current, company), {key}).get(key)
        if item is None:
            complain(_("No such document was seen in the local books yet."))
            raise typer.Exit(exits.ATTENTION)
        done = customers.unlink(connection, item, by=by or me(), why=why, now=current.now())
    answer(done, as_json=as_json)


def link_customer(
    context: typer.Context,
    error_id: Id,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("Its id in QuickBooks."))],
    *,
    by: By = "",
    why: Why = "",
    as_json: Json = False,
) -> None:
    if not customers.is_id(customer):
        raise typer.BadParameter(_("An id in QuickBooks is a number; `cuadre customers search` finds it."))
    current = session(context)
    company = row_of(current, error_id).company
    with current.engine.begin() as connection:
        told = {"by": by or me(), "why": why}
        done = customers.choose(connection, company, error_id, customer, now=current.now(), **told)
    answer(done, as_json=as_json)


def create_customer(
    context: typer.Context,
    error_id: Id,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)] = "",
    *,
    by: By = "",
    why: Why = "",
    as_json: Json = False,
) -> None:
    if reason := customers.unusable_name(name):
        raise typer.BadParameter(reason)
    decide(session(context), error_id, Action.CREATE_CUSTOMER, name, by, why, as_json=as_json)


def add_to(errors: typer.Typer) -> None:
    """Beside the commands of the error table."""
    for name, command, text in (
        ("link-customer", link_customer, _("Link the customer to one of QuickBooks (its id there).")),
        ("create-customer", create_customer, _("Create the customer in QuickBooks, under its own or another name.")),
    ):
        errors.command(name, help=text)(command)


# --- how -------------------------------------------------------------------------------------------------------------


def _known(current: Session, company: str) -> str:
    current.company(company, current.load().config)
    return company


def _found(current: Session, company: str, text: str) -> list[Found]:
    try:
        with opened(current, company) as both:
            return customers.search(both, text)
    except ProblemError as moment:
        complain(say("It could not be looked up: {reason}", reason=sentence(moment.problem)))
        raise typer.Exit(exits.ATTENTION) from moment


def _standing(found: Found) -> str:
    if found.owner:
        return say("belongs to your own {holder}", holder=found.owner)
    return "" if found.choice.remote.active else _("inactive in QuickBooks")


def _plain(found: Found) -> dict[str, object]:
    return {
        "id": found.choice.remote.target_id,
        "name": found.choice.name,
        "email": found.choice.email,
        "active": found.choice.remote.active,
        "owner": told(found.owner) if found.owner else None,
        "url": found.address,
    }

"""The sandbox as a page for people: companies with their key balances, the last requests, what is armed, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cache
from html import escape
from importlib import resources
from itertools import islice
from string import Template
from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.sandbox.wire.jsontext import number_text

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

SHOWN = 40  # requests
KEY_TYPES = ("Bank", "Accounts Receivable", "Accounts Payable", "Credit Card")
COUNTED = ("Customer", "Vendor", "Item", "Invoice", "Payment", "Bill", "Purchase", "Deposit")
# A stranger to Cuadre has its own words: `say` would put them into the catalogue of the product.
SPANISH = {
    "Companies": "Empresas",
    "company": "empresa",
    "realm": "realm",
    "country": "país",
    "objects": "objetos",
    "balances": "saldos",
    "switches": "interruptores",
    "Last requests": "Últimas solicitudes",
    "none yet": "todavía ninguna",
    "time": "hora",
    "request": "solicitud",
    "status": "estado",
    "request id": "id de solicitud",
    "Faults armed": "Fallos preparados",
    "none": "ninguno",
    "Limits": "Límites",
    "on": "activados",
    "off": "desactivados",
    "The clock says": "El reloj marca",
    "frozen": "detenido",
    "every route of the control API": "todas las rutas de la API de control",
    "as Intuit's": "como los de Intuit",
    "lost": "perdida",
    "A QuickBooks Online on this machine": "Un QuickBooks Online en esta máquina",
}


Word = Callable[[str], str]


def _in_spanish(text: str) -> str:
    return SPANISH.get(text, text)


def wanted(request: Request) -> bool:
    """Word whether a person's browser asks, not a program."""
    return "text/html" in request.header("Accept")


def answer(sandbox: Sandbox, request: Request) -> Response:
    """Return the page, in Spanish for a browser that prefers it."""
    spanish = request.header("Accept-Language").lower().startswith("es")
    word: Word = _in_spanish if spanish else str
    html = _template().substitute(
        language="es" if spanish else "en",
        heading=word("A QuickBooks Online on this machine"),
        clock=f"{word('The clock says')} {escape(sandbox.clock.now().isoformat(timespec='seconds'))}"
        + (f" ({word('frozen')})" if sandbox.clock.frozen else ""),
        limits=f"{word('Limits')}: {word('off' if sandbox.limiter.limits is None else 'on')}",
        help=word("every route of the control API"),
        companies=_companies(sandbox, word),
        faults=_faults(sandbox, word),
        requests=_requests(sandbox, word),
    )
    headers = {
        "Content-Type": "text/html;charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(200, headers, html.encode())


def _companies(sandbox: Sandbox, word: Word) -> str:
    head = ("company", "realm", "country", "objects", "balances", "switches")
    rows = [
        (
            one.information["CompanyName"],
            realm,
            one.information.get("Country", ""),
            ", ".join(f"{kind} {one.store.count(kind)}" for kind in COUNTED if one.store.count(kind)),
            "; ".join(_balances(one)),
            ", ".join(_changed(one)) or word("as Intuit's"),
        )
        for realm, one in sandbox.companies.items()
    ]
    return _section(word("Companies"), _table([word(name) for name in head], rows))


def _balances(company: Company) -> Iterator[str]:
    for account_type in KEY_TYPES:
        for row in company.store.find("Account", "AccountType", account_type):
            if row.data["CurrentBalance"]:
                yield f"{row.data['Name']} {number_text(row.data['CurrentBalance'], money=True)}"


def _changed(company: Company) -> Iterator[str]:
    """Give the switches that do not stand at their default."""
    default = Switches()
    for name in Switches.__dataclass_fields__:
        if getattr(company.switches, name) != getattr(default, name):
            yield f"{name} = {getattr(company.switches, name)}"


def _faults(sandbox: Sandbox, word: Word) -> str:
    armed = [(", ".join(_ordered(rule)),) for rule in sandbox.injector.shown()]
    return _section(word("Faults armed"), _table([], armed) if armed else f"<p>{word('none')}</p>")


def _ordered(rule: Json) -> Iterator[str]:
    """Give the effect of a fault, and what was said of it besides."""
    plain = asdict(FaultRule(rule["effect"]))
    yield str(rule["effect"])
    yield from (f"{name} {value}" for name, value in rule.items() if name in plain and value != plain[name])


def _requests(sandbox: Sandbox, word: Word) -> str:
    newest = islice(reversed(sandbox.journal.entries), SHOWN)
    rows = [
        (
            one.time,
            f"{one.method} {one.path}",
            word("lost") if one.lost else str(one.status),
            one.request_id,
            one.tid,
        )
        for one in newest
    ]
    head = [word(name) for name in ("time", "request", "status", "request id")]
    return _section(
        word("Last requests"), _table([*head, "intuit_tid"], rows) if rows else f"<p>{word('none yet')}</p>"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(_cells(names, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cells(names: list[str], row: Iterable[str]) -> Iterator[str]:
    for position, cell in enumerate(row):
        name = names[position] if position < len(names) else ""
        yield f'<td data-name="{escape(name)}">{escape(cell)}</td>'


@cache
def _template() -> Template:
    page = resources.files("connectors.quickbooks.sandbox.inside").joinpath("page.html")
    return Template(page.read_text(encoding="utf-8"))

"""What the demo tells: to a person scene by scene, to a machine as one document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connectors.documents import DocumentKind
from errors.language import _, fix, localised, say, sentence
from errors.listing import ErrorRow
from worker.demo.firm import PLANTED_INACTIVE
from worker.demo.proof import Side
from worker.demo.stage import Stage
from worker.demo.story import Facts
from worker.pipeline import TickReport

LISTS = (DocumentKind.CUSTOMER, DocumentKind.SERVICE)  # these have no amounts


class Show:
    """Scenes on a terminal."""

    def __init__(self, console: Console, stage: Stage) -> None:
        self._console, self._stage = console, stage

    def __call__(self, scene: str, facts: Facts) -> None:
        scenes = {
            "books": self._books,
            "connected": self._connected,
            "first tick": self._first,
            "ordered": self._ordered,
            "mended": self._mended,
            "proof": self._proof,
        }
        scenes[scene](facts)

    def _books(self, _facts: Facts) -> None:
        self._title(_("1. A service firm with two companies: its own database, and a QuickBooks on this machine"))
        url, folder = self._stage.url, str(self._stage.folder)
        self._say(say("QuickBooks listens at {url}; everything is in {folder}", url=url, folder=folder))

    def _connected(self, _facts: Facts) -> None:
        self._say(_("Connected by OAuth, over real HTTP. The accountant has planted some troubles."))

    def _first(self, facts: Facts) -> None:
        self._title(_("2. The first tick: everything that can be posted is posted"))
        self._reports(facts.first)
        self._title(_("3. The error table: what could not be posted, why, and what to do"))
        self._errors(facts.errors)

    def _ordered(self, facts: Facts) -> None:
        self._title(_("4. An operator clears it"))
        mended = say("The accountant makes {service} active again; the operator resyncs.", service=PLANTED_INACTIVE)
        told = {
            "resync": mended,
            "skip": _("The refund of a payment that nobody knows is skipped."),
            "delete": _("The service with the wrong account is deleted from the sync."),
            "use-number": _("The suggested number is used, last + 1, and written back to the local books."),
        }
        for action, row in facts.ordered:
            self._say(f"#{row.id} {action.value}: {told[action.value]}")

    def _mended(self, facts: Facts) -> None:
        self._title(_("5. The next tick carries the orders out"))
        self._reports(facts.mended)

    def _proof(self, facts: Facts) -> None:
        self._table(
            (_("posted so far"), _("count"), _("sum")),
            ((_(kind.value), str(count), _sum(total, kind)) for kind, (count, total) in facts.posted.items()),
        )
        self._title(_("6. A second tick posts nothing"))
        calls = sum(report.calls for report in facts.second)
        self._say(say("Documents posted: {count}. Calls: {calls}.", count=facts.second_posts, calls=calls))
        self._title(_("7. Does it balance? Local books and QuickBooks, side by side"))
        self._balance(facts)
        self._errors_left(facts.left)
        verdict = _("It balances, to the cent.") if facts.balanced else _("It does NOT balance.")
        self._console.print(Text(verdict, style="bold green" if facts.balanced else "bold red"))
        self._say(_("To click through the same troubles in a browser: `make console`, or `cuadre demo --site`."))

    def _balance(self, facts: Facts) -> None:
        headings = (_("count / sum"), _("local books"), "QuickBooks", _("open errors"), _("skipped"), _("difference"))
        sides = ("local", "quickbooks", "held", "skipped", "difference")
        rows = (
            (_(kind.value), *(_side(getattr(each, name), kind) for name in sides))
            for kind, each in facts.balance.items()
        )
        self._table(headings, rows)

    def _reports(self, reports: Sequence[TickReport]) -> None:
        rows = [(_(kind.value), *(str(report.posted.get(kind, 0)) for report in reports)) for kind in DocumentKind]
        rows.append((_("held"), *(str(report.held) for report in reports)))
        rows.append((_("calls"), *(str(report.calls) for report in reports)))
        self._table((_("posted"), *(report.company for report in reports)), rows)

    def _errors(self, rows: Iterable[ErrorRow]) -> None:
        table = Table(show_lines=True)
        for heading in ("#", _("category"), _("what and why"), _("what to do"), _("blocks: count / sum")):
            table.add_column(heading, overflow="fold")
        for row in rows:
            blocks = _side(Side(row.blocks, sum(row.sums.values(), Decimal("0.00"))))
            cells = (str(row.id), _(row.category.value), sentence(row.problem), fix(row.problem), blocks)
            table.add_row(*map(Text, cells))
        self._console.print(table)

    def _errors_left(self, rows: list[ErrorRow]) -> None:
        causes = "; ".join(sentence(row.problem) for row in rows)
        self._say(say("Still open, left for you: {causes}", causes=causes))

    def _table(self, headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        table = Table()
        for index, heading in enumerate(headings):
            table.add_column(heading, justify="right" if index else "left")
        for row in rows:
            table.add_row(*map(Text, row))
        self._console.print(table)

    def _title(self, text: str) -> None:
        self._console.print()
        self._console.print(Text(text, style="bold"))

    def _say(self, text: str) -> None:
        self._console.print(Text(text))


def silent(_scene: str, _facts: Facts) -> None:
    """For machines: nothing before the end."""


def as_document(facts: Facts) -> dict[str, Any]:
    """The facts as JSON values; amounts are texts, to the cent."""
    mended = {row.id: action.value for action, row in facts.ordered}
    return {
        "posted": {kind.value: {"count": count, "sum": str(total)} for kind, (count, total) in facts.posted.items()},
        "errors": [_error(row, mended.get(row.id)) for row in facts.errors],
        "open_errors": len(facts.left),
        "second_tick_posts": facts.second_posts,
        "qbo_calls": facts.calls,
        "balance": {
            kind.value: {
                name: {"count": getattr(each, name).count, "sum": str(getattr(each, name).sum)}
                for name in ("local", "quickbooks", "held", "skipped", "difference")
            }
            for kind, each in facts.balance.items()
        },
        "balanced": facts.balanced,
    }


def _error(row: ErrorRow, ordered: str | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "company": row.company,
        "category": row.category.value,
        "kind": row.problem.kind.code,
        "sentence": sentence(row.problem),
        "fix": fix(row.problem),
        "blocks": row.blocks,
        "sum": str(sum(row.sums.values(), Decimal("0.00"))),
        "fault_code": row.problem.fault.code,
        "ordered": ordered,
    }


def _side(side: Side, kind: DocumentKind | None = None) -> str:
    return str(side.count) if kind in LISTS else f"{side.count} / {_sum(side.sum, kind)}"


def _sum(total: Decimal, kind: DocumentKind | None) -> str:
    return "" if kind in LISTS else localised({"sum": total})["sum"]

"""The shape of every report: a header, columns, and rows that are data or sections (documented by Intuit)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.reports.question import Question


@dataclass(frozen=True)
class Column:
    """A column: its heading, its type, and the key that MetaData names."""

    title: str
    sort: str = "Money"
    key: str = ""

    def body(self) -> Json:
        metadata = {"MetaData": [{"Name": "ColKey", "Value": self.key}]} if self.key else {}
        return {"ColTitle": self.title, "ColType": self.sort, **metadata}


FIRST = Column("", "Account", "account")
TOTAL = Column("Total", "Money", "total")


def report(question: Question, columns: Sequence[Column], rows: list[Json], *, empty: bool = False) -> Json:
    """Return a whole report; an `empty` one has rows, but no amount in them."""
    kind = question.heading
    header: Json = {"Time": clock.stamp(question.now), "ReportName": question.name}
    if question.macro:
        header["DateMacro"] = question.macro
    if kind.basis:
        header["ReportBasis"] = question.basis
    if kind.period:
        header |= {"StartPeriod": question.span.first.isoformat(), "EndPeriod": question.span.last.isoformat()}
    if kind.summarized:
        header["SummarizeColumnsBy"] = question.options.get("summarize_column_by", "Total")
    header |= {"Currency": question.company.home_currency, **_about(question)}
    said = {"AccountingStandard": "GAAP"} if kind.standard else {}
    said |= {"report_date": question.report_date.isoformat()} if kind.dated else {}
    said["NoReportData"] = "true" if empty or not rows else "false"
    header["Option"] = [{"Name": name, "Value": value} for name, value in said.items()]
    body = {"Row": rows} if rows else {}
    return {"Header": header, "Columns": {"Column": [one.body() for one in columns]}, "Rows": body}


def _about(question: Question) -> Json:
    names = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee", "item": "Item"}
    names |= {"class": "Class", "department": "Department"}
    return {shown: question.options[name] for name, shown in names.items() if name in question.options}


def money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def cells(title: str, amounts: Iterable[Decimal | None], id_: str = "") -> Json:
    first = {"value": title, "id": id_} if id_ else {"value": title}
    return {"ColData": [first, *({"value": money(amount)} for amount in amounts)]}


def data(title: str, amounts: Iterable[Decimal | None], id_: str = "") -> Json:
    return {**cells(title, amounts, id_), "type": "Data"}


def section(header: Json, rows: list[Json], summary: Json, group: str = "") -> Json:
    """Return a section with its rows between a header and a total."""
    grouped = {"group": group} if group else {}
    inside = {"Rows": {"Row": rows}} if rows else {}
    return {"Header": header, **inside, "Summary": summary, "type": "Section", **grouped}


def summary(title: str, amounts: Iterable[Decimal | None], group: str) -> Json:
    """Return a section that is only a total: Gross Profit, Net Income, TOTAL."""
    return {"Summary": cells(title, amounts), "type": "Section", "group": group}


def texts(values: Iterable[str | tuple[str, str]]) -> Json:
    """Return a data row of texts; a pair carries the Id of what it names."""
    shown = ({"value": one[0], "id": one[1]} if isinstance(one, tuple) else {"value": one} for one in values)
    return {"ColData": list(shown), "type": "Data"}

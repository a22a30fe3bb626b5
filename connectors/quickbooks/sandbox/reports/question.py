"""What a report is asked for: its span of days, its basis, its columns, and whom it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.reports import periods
from connectors.quickbooks.sandbox.reports.heading import Heading, heading
from connectors.quickbooks.sandbox.reports.periods import MONTHS, Span
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

FILTERS = ("customer", "vendor", "account", "class", "department", "item", "employee", "transaction_type")
BY_NAME = ("customers", "vendors", "employees", "classes", "departments", "productsandservices")


@dataclass(frozen=True)
class Question:
    """A report's parameters, read and checked."""

    company: Company
    name: str
    now: datetime
    span: Span
    basis: str
    by: str
    filters: Mapping[str, frozenset[str]]
    options: Mapping[str, str]
    macro: str = ""
    heading: Heading = field(default_factory=Heading)

    @property
    def today(self) -> date:
        return date.fromisoformat(clock.today(self.now))

    @property
    def fiscal(self) -> int:
        return fiscal_month(self.company)

    @property
    def report_date(self) -> date:
        """The day on which an aging or balance report looks at the books."""
        sent = self.options.get("report_date") or self.options.get("end_date")
        return _day("report_date", sent) if sent else self.today


def ask(company: Company, name: str, query: Mapping[str, str], now: datetime) -> Question:
    """Read a report's query string; names nobody knows are ignored, as Intuit does.

    Raises:
        Refusal: 2060 for a wrong date, 2170 for a wrong macro, basis or column.
    """
    options = {key.lower(): text.strip() for key, text in query.items() if text.strip()}
    basis = options.get("accounting_method", "Accrual").capitalize()
    if basis not in ("Accrual", "Cash"):
        raise Refusal(faults.invalid_choice("accounting_method", options["accounting_method"]))
    by = options.get("summarize_column_by", "Total").replace(" ", "").lower()
    if by != "total" and by not in periods.PERIODS and by not in BY_NAME:
        raise Refusal(faults.invalid_choice("summarize_column_by", options["summarize_column_by"]))
    filters = {key: frozenset(options[key].split(",")) for key in FILTERS if key in options}
    kind = heading(name)
    span, macro = _span(company, options, now, kind)
    return Question(company, name, now, span, basis, by, filters, options, macro, kind)


def fiscal_month(company: Company) -> int:
    """Return the month in which the company's year begins."""
    name = company.information.get("FiscalYearStartMonth", "January")
    return MONTHS.index(name) + 1 if name in MONTHS else 1


def _span(company: Company, options: Mapping[str, str], now: datetime, kind: Heading) -> tuple[Span, str]:
    """Return the days asked for and the macro that names them, in lower case as Intuit writes it; none for dates."""
    today, fiscal = date.fromisoformat(clock.today(now)), fiscal_month(company)
    if "start_date" in options or "end_date" in options:
        last = _day("end_date", options["end_date"]) if "end_date" in options else today
        first = (
            _day("start_date", options["start_date"]) if "start_date" in options else periods.year(last, fiscal).first
        )
        if first > last:
            raise Refusal(faults.invalid_date("start_date", options.get("start_date", "")))
        return Span(first, last), ""
    if kind.dated and "report_date" in options:
        day = _day("report_date", options["report_date"])
        return Span(day, day), ""
    macro = options.get("date_macro", kind.macro) or "all"
    span = periods.macro(macro, today, fiscal)
    if span is None:
        raise Refusal(faults.invalid_choice("date_macro", macro))
    shown = macro.lower() if "date_macro" in options or kind.macro else ""
    # Recorded: a fiscal year that is the calendar's is called so.
    return span, shown.replace("fiscal", "calendar") if fiscal == 1 else shown


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(faults.invalid_date(name, text)) from None

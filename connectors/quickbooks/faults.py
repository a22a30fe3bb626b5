"""Which kind of problem each fault of QuickBooks is: one ordered list, by code, generic last (qbo-facts section 7).

Codes decide, never texts: those follow the company's language. Code 6000 ("business validation") is a heap of causes
that only its text tells apart; TEXTS recognises the few whose cause asks for another deed than reading the text. In a
company of another language they fall to the generic kind, which shows QBO's own words: still right, only less exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.documents import DocumentKind
from connectors.quickbooks.answers import Answer, Entry
from errors import kinds
from errors.kinds import Kind
from errors.problem import Fact, Name, Problem, phrase


@dataclass(frozen=True, kw_only=True)
class Context:
    """What was being done. Without a `kind` it was a read: no document is to blame."""

    company: str
    kind: DocumentKind | None = None
    local_id: str = ""
    name: Name | None = None
    body: Mapping[str, Any] = field(default_factory=dict)  # what was sent
    closing_date: date | None = None
    payment_method: str = ""

    @property
    def document(self) -> Fact:
        return self.name or phrase("a question to QuickBooks")

    @property
    def subject(self) -> str:
        return f"{self.kind.value} {self.local_id}" if self.kind else self.company_subject

    @property
    def company_subject(self) -> str:
        return f"company {self.company}"

    def sent(self, *path: str) -> str:
        """A text of the body that was sent, "" when it is not there."""
        value: Any = self.body
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return str(value) if value is not None else ""


Told = tuple[str, Mapping[str, Fact]]  # subject, facts
Build = Callable[[Entry, Context], Told]


def _company(entry: Entry, context: Context) -> Told:
    return context.company_subject, {"company": context.company, "detail": entry.text}


def _document(entry: Entry, context: Context) -> Told:
    facts = {"document": context.document, "detail": entry.text, "fault": entry.code, "difference": entry.text}
    return context.subject, facts


def _field(entry: Entry, context: Context) -> Told:
    subject, facts = _document(entry, context)
    return subject, {**facts, "field": entry.element or phrase("named here")}


def _permission(entry: Entry, context: Context) -> Told:
    """One cause for all documents of a kind: the plan, or the user's role, does not allow them."""
    what = context.kind.value if context.kind else "reading"
    return f"permission {context.company} {what}", {"detail": entry.text}


_ELEMENT_ID = re.compile(r"(\w+) element id (\d+)")  # "Names element id 75 not found": words of the API, not translated


def _reference(entry: Entry, context: Context) -> Told:
    found = _ELEMENT_ID.search(entry.detail)
    subject = f"reference {found.group(1)} {found.group(2)}" if found else context.subject
    return subject, {"document": context.document, "detail": entry.text}


def _customer_reference(entry: Entry, context: Context) -> Told:
    customer = context.sent("CustomerRef", "value")
    subject = f"reference customer {customer}" if customer else context.subject
    return subject, {"document": context.document, "detail": entry.text}


def _account(entry: Entry, context: Context) -> Told:
    """Equal words from QBO are the same account: it is a setting, and wrong for every document."""
    return f"account {context.company} {entry.text}", {"document": context.document, "detail": entry.text}


def _closed(_entry: Entry, context: Context) -> Told:
    closing = context.closing_date
    facts: dict[str, Fact] = {
        "closing_date": closing or phrase("the closing date"),
        "document": context.document,
        "date": _date(context.sent("TxnDate")),
    }
    return closed_subject(context.company, closing) if closing else context.subject, facts


def _date(text: str) -> Fact:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text or phrase("that date")


def closed_subject(company: str, closing: date) -> str:
    """All documents before a closing date have one cause."""
    return f"books of {company} closed to {closing.isoformat()}"


_HOLDER = re.compile(r"TxnType=(.+?) with TxnId=(\d+)")


def _number(entry: Entry, context: Context) -> Told:
    """The worker knows the numbers in use and puts its own suggestion here; this one stands when it cannot."""
    found = _HOLDER.search(entry.detail)
    facts: dict[str, Fact] = {
        "number": context.sent("DocNumber") or phrase("its number"),
        "holder": f"{found.group(1)} (Id {found.group(2)})" if found else phrase("another document"),
        "suggestion": phrase("a free number"),
    }
    return context.subject, facts


def holder_id(entries: Iterable[Entry]) -> str:
    """The Id of the document that holds a number, from 6140: `TxnId=45823` (qbo-facts section 3)."""
    found = (re.search(r"TxnId=(\d+)", entry.detail) for entry in entries if entry.code == "6140")
    return next((match.group(1) for match in found if match), "")


def _name(_entry: Entry, context: Context) -> Told:
    name = context.sent("DisplayName") or context.sent("Name")
    facts: dict[str, Fact] = {
        "name": name,
        "holder": phrase("product or service")
        if context.kind is DocumentKind.SERVICE
        else phrase("customer, vendor or employee"),
        "suggestion": f"{name} (Customer)",
    }
    return context.subject, facts


def _method(_entry: Entry, context: Context) -> Told:
    method = context.payment_method or phrase("used here")
    return f"payment method {context.company} {method}", {"method": method, "document": context.document}


@dataclass(frozen=True)
class Rule:
    kind: type[Kind]
    build: Build
    codes: str = ""  # separated by spaces

    def matches(self, code: str) -> bool:
        return code in self.codes.split()


RULES: tuple[Rule, ...] = (
    # the connection
    Rule(kinds.ConnectionLost, _company, "100 110 120 401 3200 3202"),
    Rule(kinds.AppRefused, _company, "3100"),
    Rule(kinds.QuickBooksUnavailable, _company, "130 140 150"),
    Rule(kinds.Throttled, _company, "3001"),
    Rule(kinds.SubscriptionEnded, _company, "6190"),
    Rule(kinds.CompanyReset, _company, "10200"),
    # causes outside the document
    Rule(kinds.PeriodClosed, _closed, "6200 6210"),
    Rule(kinds.NotPermitted, _permission, "5020 5030"),
    Rule(kinds.AccountRefused, _account, "6430"),
    Rule(kinds.InactiveReference, _customer_reference, "6250"),
    Rule(kinds.InactiveReference, _reference, "610 2500"),
    # the document against what QuickBooks holds
    Rule(kinds.DuplicateNumber, _number, "6140"),
    Rule(kinds.CustomerNameTaken, _name, "6240"),
    Rule(kinds.ChangedInQuickBooks, _document, "5010"),
    Rule(kinds.LinkRefused, _document, "620"),
    Rule(kinds.Deposited, _document, "6540"),
    Rule(kinds.MatchedWithBank, _document, "6480"),
    Rule(kinds.SettledByQuickBooksPayments, _document, "6110 6120 6450"),
    # the document itself
    Rule(kinds.CurrencyRefused, _document, "2220 2410"),
    Rule(kinds.TaxCodeMissing, _document, "2280 6100 6160 6170 6230 6470"),
    Rule(kinds.FieldRefused, _field, "2020 2040 2050 2060 2070 2080 2090 2100 2110 2120 2140 2150 2160"),
    Rule(kinds.FieldRefused, _field, "2200 2210 2240 2250 2290 6070 6080 6270 6420 6440 6520 6530"),
    # QuickBooks failed, or Cuadre did
    Rule(kinds.QuickBooksFailed, _document, "600 1000 1010 1020 4002 10000"),
    Rule(kinds.NotUnderstood, _document, "500 1040 2000 2010 2030 2130 2170 4000 4001 5000 10100"),
)
GENERIC = Rule(kinds.RefusedByQuickBooks, _document)

TEXTS: tuple[tuple[re.Pattern[str], Rule], ...] = (
    # two writers on one list: it passes by itself, asking a person would be wrong
    (re.compile(r"one .{0,40} at a time", re.IGNORECASE), Rule(kinds.NameListBusy, _company)),
    # "(-30000)" is a number of QBO's, in every language
    (re.compile(r"-30000"), Rule(kinds.QuickBooksFailed, _document)),
    # each of these is mended in another place than the document's own fields
    (re.compile(r"GST/HST rate|tax (rate|code)", re.IGNORECASE), Rule(kinds.TaxCodeMissing, _document)),
    (re.compile(r"currency", re.IGNORECASE), Rule(kinds.CurrencyRefused, _document)),
    (re.compile(r"trying to link|amount applied", re.IGNORECASE), Rule(kinds.LinkRefused, _document)),
    (re.compile(r"made inactive|activate this", re.IGNORECASE), Rule(kinds.InactiveReference, _reference)),
    (re.compile(r"credit card", re.IGNORECASE), Rule(kinds.PaymentMethodNotCreditCard, _method)),
)


def problems_of(answer: Answer, context: Context) -> tuple[Problem, ...]:
    """Every error of an answer as a problem, equal ones once, the most telling first; at least one."""
    entries = answer.entries or (Entry(code="", detail=f"HTTP {answer.status}"),)
    if answer.unauthorised and not any(_rule(entry, context) is not GENERIC for entry in entries):
        entries = (Entry(code="401", detail=entries[0].text),)
    ranked = sorted(((_rank(rule := _rule(entry, context)), entry, rule) for entry in entries), key=lambda one: one[0])
    problems = [_problem(rule, entry, answer, context) for _rank_, entry, rule in ranked]
    return tuple(problem for place, problem in enumerate(problems) if problem not in problems[:place])


def _rule(entry: Entry, context: Context) -> Rule:
    if entry.code == "6240" and context.kind is DocumentKind.SERVICE:
        return Rule(kinds.ServiceNameTaken, _name)
    if entry.code == "6000":
        return next((rule for pattern, rule in TEXTS if pattern.search(entry.text)), GENERIC)
    return next((rule for rule in RULES if rule.matches(entry.code)), GENERIC)


def _rank(rule: Rule) -> int:
    """The place in the list; generic last, and a name or text rule like the documents' rules."""
    if rule is GENERIC:
        return len(RULES)
    return RULES.index(rule) if rule in RULES else len(RULES) - 1


def _problem(rule: Rule, entry: Entry, answer: Answer, context: Context) -> Problem:
    subject, facts = rule.build(entry, context)
    return Problem(
        kind=rule.kind,
        subject=subject,
        facts={name: facts.get(name, phrase("unknown")) for name in rule.kind.placeholders()},
        fault=answer.fault(entry),
    )

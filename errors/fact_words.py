"""What the facts of a problem are called, in the reader's language."""

from __future__ import annotations

from errors.language import _


def fact_word(name: str) -> str:
    """The words before a fact on a page; a fact that no sentence names keeps its own name."""
    return {
        "account": _("Account"),
        "actual": _("Present type"),
        "by": _("Said by"),
        "chosen": _("Chosen"),
        "closing_date": _("Books closed up to"),
        "code": _("Code"),
        "company": _("Company"),
        "count": _("How many"),
        "currency": _("Currency"),
        "customer": _("Customer"),
        "detail": _("Detail"),
        "difference": _("Difference"),
        "document": _("Document"),
        "earlier": _("Earlier one"),
        "expected": _("Expected type"),
        "fault": _("Fault code"),
        "field": _("Field"),
        "holder": _("Held by"),
        "home": _("Home currency"),
        "invoice": _("Invoice"),
        "length": _("Length"),
        "line": _("Line"),
        "lines_total": _("Total of the lines"),
        "local_total": _("Total here"),
        "method": _("Payment method"),
        "name": _("Name"),
        "number": _("Number"),
        "other": _("The other one"),
        "owner": _("Worker"),
        "payment": _("Payment"),
        "realm": _("QuickBooks company"),
        "refused": _("Refused"),
        "remote_total": _("Total in QuickBooks"),
        "service": _("Service"),
        "setting": _("Setting"),
        "suggestion": _("Suggestion"),
        "total": _("Total"),
        "until": _("Until"),
        "value": _("Value"),
        "year": _("Year"),
    }.get(name, name.replace("_", " "))

"""Both sides in the reader's words: on a page, in the API's answer and on the command line alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from connectors.sheets import Named, Value
from errors.kinds import Action
from errors.language import _, current, say, told
from worker.rules.comparing import Row
from worker.rules.sides import Sides

AMOUNTS = {"price", "amount", "tax", "total"}


def field_word(name: str) -> str:
    """The name of the field."""
    return {
        "number": _("Number"),
        "reference": _("Reference"),
        "name": _("Name"),
        "date": _("Date"),
        "due_date": _("Due date"),
        "customer": _("Customer"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "invoice": _("Invoice"),
        "service": _("Service"),
        "description": _("Description"),
        "quantity": _("Quantity"),
        "price": _("Price"),
        "amount": _("Amount"),
        "tax": _("Tax"),
        "total": _("Total"),
        "currency": _("Currency"),
        "memo": _("Memo"),
    }[name]


def value_told(name: str, value: Value) -> str:
    """Empty where that side says nothing."""
    if value is None:
        return ""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Decimal) and name not in AMOUNTS:
        return format_decimal(value, "#,##0.############", locale=current())
    return told(value)


def value_plain(value: Value) -> str | None:
    """For a program: amounts and dates as texts that every language reads alike."""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def line_word(line: int) -> str:
    """What stands above the fields of one line; empty above those of the whole document."""
    return say("Line {line}", line=line) if line else ""


def of_line(rows: tuple[Row, ...], line: int) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.line == line)


def result(sides: Sides) -> str:
    """What the comparison comes to, in a sentence."""
    if sides.ours is None or sides.theirs is None:
        return ""
    if not sides.differences:
        return _("Both say the same.")
    return _("They differ in 1 field.") if sides.differences == 1 else say(
        "They differ in {count} fields.", count=sides.differences
    )  # fmt: skip


def promise(action: Action) -> str:
    """What will happen, before anybody confirms it."""
    return {
        Action.LINK: _(
            "Cuadre takes the document in QuickBooks as this one and leaves it as it is. From then on, a change of "
            "your own row updates it. Where the customers differ, payments of yours cannot settle it."
        ),
        Action.LINK_PUSH: _(
            "Cuadre takes the document in QuickBooks as this one and writes over it what your own books say: date, "
            "customer, lines and total."
        ),
        Action.PUSH: _("What your own books say is written over the change in QuickBooks."),
        Action.KEEP: _(
            "What stands in QuickBooks is accepted until your own row changes again; then all of your row is sent."
        ),
        Action.RECREATE: _(
            "It is posted anew, as another document. Payments that settled the deleted one are not applied to the new "
            "one by themselves."
        ),
    }[action]

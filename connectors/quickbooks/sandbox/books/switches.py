"""Where facts disagree or are unknown, the user decides: each switch is one reading of qbo-facts section 11.

A new switch is one field here; the control API, the command line and docs/sandbox.md read this class.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


def choice(default: str, *others: str, says: str) -> Any:
    """Declare a switch with named readings, the default first."""
    return field(default=default, metadata={"choices": (default, *others), "says": says})


def flag(*, default: bool, says: str) -> Any:
    """Declare a switch that is on or off."""
    return field(default=default, metadata={"choices": (True, False), "says": says})


@dataclass(frozen=True)
class Switches:
    """The readings of one company; raises `ValueError` for a value that a switch does not have."""

    duplicates: str = choice(
        "refuse", "custom", "allow", says="a used DocNumber is refused, only with custom numbers on, or allowed"
    )
    span_types: bool = flag(
        default=False, says="invoices, credit memos, receipts and refunds share one space of numbers"
    )
    paid_bills: str = choice(
        "void",
        "refuse",
        says="a bill payment for a bill that owes nothing is stored voided and without lines, or refused",
    )
    over_application: str = choice(
        "refuse", "unapplied", says="applying more than is open or was paid is refused, or the excess stays unapplied"
    )
    other_customers_invoice: str = choice(
        "refuse", "unapplied", says="a payment for another customer's invoice is refused, or stays unapplied"
    )
    delete_paid_invoice: str = choice(
        "refuse", "unlink", says="an invoice or a bill with payments cannot be deleted, or they become unapplied"
    )
    undocumented_query: str = choice(
        "accept", "refuse", says="OR, NOT, BETWEEN, CONTAINS and parentheses in a query run, or are a parser error"
    )
    start_position_0: str = choice("accept", "refuse", says="STARTPOSITION 0 is taken as 1, or answers 4001")
    total_count: str = choice(
        "page",
        "all",
        says="totalCount beside rows (Invoice, Bill ...) counts the page, as in every known answer, or all",
    )
    over_1000_rows: str = choice("refuse", "clamp", says="MAXRESULTS over 1000 answers 4001, or means 1000")
    automated_tax_override: str = choice(
        "honour", "recompute", says="under automated sales tax a sent tax is kept (since mv 70), or computed anew"
    )
    inclusive_amount: str = choice(
        "gross", "net", says="a TaxInclusive line without TaxInclusiveAmt: its Amount includes the tax, or does not"
    )
    single_currency: str = choice(
        "refuse", "ignore", says="a foreign CurrencyRef where there is one currency answers 6000, or is dropped"
    )
    currency_ref: str = choice(
        "optional", "required", says="with several currencies a transaction may leave out CurrencyRef, or answers 2020"
    )
    missing_rate: str = choice(
        "refuse", "one", says="a foreign transaction without ExchangeRate answers 2410, or has the rate 1"
    )
    name_currency: str = choice(
        "honour", "customers", "ignore", says="CurrencyRef counts for new customers and vendors, customers, or neither"
    )
    replay: str = choice(
        "original", "refuse", "ignore", says="a repeated requestid gets the original answer, fault 600, or runs again"
    )
    replay_faults: bool = flag(default=False, says="a refused requestid answers the same fault again")
    replay_other_body: str = choice(
        "original",
        "refuse",
        "run",
        says="another body under a used requestid: the original answer, fault 600, or it runs",
    )
    replay_memory: str = choice("always", "day", "hour", says="how long a requestid is remembered")
    long_request_id: str = choice("6000", "2130", says="the fault for a requestid of more than 50 characters")
    batch_void: bool = flag(default=True, says="a batch item may void")
    cdc_look_back: str = choice("any", "refuse", says="changedSince of over 30 days ago is answered, or refused")
    cdc_taxes: str = choice("accept", "refuse", says="change data capture of TaxCode and TaxRate, which the docs deny")

    def __post_init__(self) -> None:
        for one in fields(self):
            value, choices = getattr(self, one.name), one.metadata["choices"]
            if value not in choices or isinstance(value, bool) != isinstance(choices[0], bool):
                raise ValueError(f"{one.name} is one of {', '.join(map(str, choices))}, not {value}")

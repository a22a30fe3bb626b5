"""The local row cannot be a document."""

from __future__ import annotations

from errors.kinds.kind import Kind


class InvalidField(Kind):
    """The field {field} of {document} holds {value}, which is not {expected}."""

    code = "invalid-field"
    fix = "Correct {field} in your own system; the row is read again by itself."


class LinesDoNotAddUp(Kind):
    """The lines of {document} add up to {lines_total}, but its total is {total}."""

    code = "lines-do-not-add-up"
    fix = "Correct the lines or the total in your own system, so that both agree to the cent."


class NumberTooLong(Kind):
    """The number {number} of {document} has {length} characters; QuickBooks takes at most 21."""

    code = "number-too-long"
    fix = "Give {document} a shorter number in your own system."


class TextRefused(Kind):
    """The field {field} of {document} holds {value}; QuickBooks refuses {refused}."""

    code = "text-refused"
    fix = "Take {refused} out of {field} in your own system."


class MissingExchangeRate(Kind):
    """{document} is in {currency}, but the company's home currency is {home}, and the row has no exchange rate."""

    code = "missing-exchange-rate"
    fix = "Fill in the exchange rate (home currency for one {currency}) in your own system. Nothing is booked 1:1."


class UnknownLocalCustomer(Kind):
    """{document} names the customer {customer}, which is not in your own customers."""

    code = "unknown-local-customer"
    fix = "Choose an existing customer for {document}, or add the customer {customer}, in your own system."


class UnknownLocalService(Kind):
    """Line {line} of {document} names the service {service}, which is not in your own services."""

    code = "unknown-local-service"
    fix = "Choose an existing service for the line, or add the service {service}, in your own system."


class ServiceMissingOnLine(Kind):
    """Line {line} of {document} names no service, and no default service is configured."""

    code = "service-missing-on-line"
    fix = "Choose a service for the line, or set default_service for this company in the configuration."


class UnknownLocalInvoice(Kind):
    """{document} is for the invoice {invoice}, which is not in your own invoices or was cancelled."""

    code = "unknown-local-invoice"
    fix = "Correct the invoice that {document} is for, in your own system."


class UnknownLocalPayment(Kind):
    """{document} gives back the payment {payment}, which is not in your own payments."""

    code = "unknown-local-payment"
    fix = "Correct the payment that {document} gives back, in your own system."


class RowVanished(Kind):
    """{document} was there when it was found, but its row is gone from your own system."""

    code = "row-vanished"
    fix = "Skip this error if it was deleted on purpose; otherwise restore the row and resync."

"""What QuickBooks takes: lengths and characters, looked at before anything is sent (qbo-facts 2.2, 2.3 and 3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from connectors.documents import Customer, Document, Fee, Invoice, Payment, Refund, Service, name_of
from connectors.quickbooks.encoding import cents
from connectors.quickbooks.notes import note
from errors.kinds import InvalidField, NumberTooLong, TextRefused
from errors.problem import Fact, Phrase, Problem, phrase

NUMBER = 21  # DocNumber and PaymentRefNum
NOTE = 4000
REFERENCE = 21

_CUSTOMER_LENGTHS = {
    "name": 500,
    "company_name": 100,
    "given_name": 100,
    "family_name": 100,
    "email": 100,
    "phone": 30,
    "notes": 2000,
}
_SERVICE_LENGTHS = {"name": 100, "description": 4000}
_ADDRESS_LENGTHS = {"line1": 500, "line2": 500, "city": 255, "region": 255, "postal_code": 30, "country": 255}


def limit_problems(document: Document, marker: str) -> tuple[Problem, ...]:
    """All that QuickBooks would refuse in the document's own texts."""
    return tuple(_problems(document, marker))


def _problems(document: Document, marker: str) -> Iterator[Problem]:
    match document:
        case Customer():
            yield from _texts(document, document, _CUSTOMER_LENGTHS)
            yield from _name_characters(document)
            if document.address is not None:
                yield from _texts(document, document.address, _ADDRESS_LENGTHS)
            if document.email and ("@" not in document.email or "." not in document.email):
                yield _invalid(document, "email", document.email, phrase("an e-mail address"))
        case Service():
            yield from _texts(document, document, _SERVICE_LENGTHS)
            yield from _name_characters(document)
        case Invoice():
            yield from _money(document, marker)
            yield from (
                _invalid(document, "description", line.description, _too_long(NOTE))
                for line in document.lines
                if len(line.description) > NOTE
            )
        case Payment() | Refund() | Fee():
            yield from _money(document, marker)


def _money(document: Invoice | Payment | Refund | Fee, marker: str) -> Iterator[Problem]:
    if len(document.number) > NUMBER:
        facts: dict[str, Fact] = {
            "number": document.number,
            "document": name_of(document),
            "length": len(document.number),
        }
        yield Problem(kind=NumberTooLong, subject=_subject(document), facts=facts)
    for field, amount in _amounts(document):
        if amount != cents(amount):
            yield _invalid(document, field, amount, phrase("an amount with at most two decimals"))
    reference = document.reference if isinstance(document, Payment | Refund) else ""
    if len(note(document.memo, marker, reference)) > NOTE:
        yield _invalid(document, "memo", document.memo, _too_long(NOTE - len(marker) - len(reference) - 4))


def _amounts(document: Invoice | Payment | Refund | Fee) -> Iterator[tuple[str, Decimal]]:
    yield "total", document.total
    if isinstance(document, Invoice):
        yield from (("amount", line.amount) for line in document.lines)
    if isinstance(document, Payment):
        yield from (("amount", allocation.amount) for allocation in document.allocations)


def _texts(document: Document, holder: object, lengths: dict[str, int]) -> Iterator[Problem]:
    for field, length in lengths.items():
        value = str(getattr(holder, field))
        if len(value) > length:
            yield _invalid(document, field, value, _too_long(length))


def _name_characters(document: Customer | Service) -> Iterator[Problem]:
    if not document.name.strip():
        yield _invalid(document, "name", document.name, phrase("a name"))
    refusals: dict[str, Fact] = {":": '":"', "\t": phrase("tabs"), "\n": phrase("line breaks")}
    for character, refused in refusals.items():
        if character in document.name:
            facts: dict[str, Fact] = {
                "field": "name",
                "document": name_of(document),
                "value": document.name,
                "refused": refused,
            }
            yield Problem(kind=TextRefused, subject=_subject(document), facts=facts)


def _too_long(length: int) -> Phrase:
    return phrase("a text of at most {length} characters", length=length)


def _invalid(document: Document, field: str, value: Fact, expected: Phrase) -> Problem:
    shown = f"{value[:60]}..." if isinstance(value, str) and len(value) > 60 else value
    facts: dict[str, Fact] = {"field": field, "document": name_of(document), "value": shown, "expected": expected}
    return Problem(kind=InvalidField, subject=_subject(document), facts=facts)


def _subject(document: Document) -> str:
    return f"{document.kind.value} {document.local_id}"

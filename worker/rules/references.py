"""What a document needs in QuickBooks before it can be posted itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.documents import Customer, Document, DocumentKind, Fee, Invoice, Payment, Refund, Service, name_of
from errors.kinds import Kind, UnknownLocalCustomer, UnknownLocalInvoice, UnknownLocalPayment, UnknownLocalService
from errors.problem import Fact, Problem


@dataclass(frozen=True, kw_only=True)
class Need:
    """One record that a document names; `line` for a service that stands on a line."""

    kind: DocumentKind
    local_id: str
    line: int = 0

    @property
    def key(self) -> tuple[DocumentKind, str]:
        return self.kind, self.local_id


_UNKNOWN: dict[DocumentKind, type[Kind]] = {
    DocumentKind.CUSTOMER: UnknownLocalCustomer,
    DocumentKind.SERVICE: UnknownLocalService,
    DocumentKind.INVOICE: UnknownLocalInvoice,
    DocumentKind.PAYMENT: UnknownLocalPayment,
}


def needs(document: Document, default_service: str) -> tuple[Need, ...]:
    """Everything the document names, in the order in which a person reads it."""
    return tuple(_needs(document, default_service))


def _needs(document: Document, default_service: str) -> Iterator[Need]:
    match document:
        case Customer() | Service() | Fee():
            return
        case Invoice():
            yield Need(kind=DocumentKind.CUSTOMER, local_id=document.customer_id)
            for number, line in enumerate(document.lines, start=1):
                yield Need(kind=DocumentKind.SERVICE, local_id=line.service_id or default_service, line=number)
        case Payment():
            yield Need(kind=DocumentKind.CUSTOMER, local_id=document.customer_id)
            for allocation in document.allocations:
                yield Need(kind=DocumentKind.INVOICE, local_id=allocation.invoice_id)
        case Refund():
            yield Need(kind=DocumentKind.CUSTOMER, local_id=document.customer_id)
            yield Need(kind=DocumentKind.PAYMENT, local_id=document.payment_id)
            yield Need(kind=DocumentKind.SERVICE, local_id=document.service_id or default_service, line=1)


def unknown(document: Document, need: Need) -> Problem:
    """The local books do not have what the document names. The cause is the missing record: its coming ends it."""
    facts: dict[str, Fact] = {"document": name_of(document), need.kind.value: need.local_id, "line": need.line}
    return Problem(kind=_UNKNOWN[need.kind], subject=f"{need.kind} {need.local_id}", facts=facts)


UNKNOWN_CODES = tuple(kind.code for kind in _UNKNOWN.values())

"""Which object of QuickBooks each kind of document is, and how it is written (qbo-facts 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quickbooks.objects import Customer, Invoice, Item, Payment, Purchase, RefundReceipt

from connectors.contract import Operation
from connectors.documents import DocumentKind

_DELETE: Mapping[str, str] = {"operation": "delete"}


@dataclass(frozen=True, kw_only=True)
class Entity:
    """`name` as in JSON and queries. `number_field`: what holds the document's number, filterable in queries."""

    name: str
    number_field: str = ""
    void_params: Mapping[str, str] = field(default_factory=dict)
    page: str = ""  # of the company's own pages, with {id}

    @property
    def is_list(self) -> bool:
        """Customers and items: never deleted, only made inactive."""
        return not self.number_field

    @property
    def deleted_by_void(self) -> bool:
        """No void by API: cancelling deletes the document (RefundReceipt, Purchase)."""
        return self.void_params.get("operation") == "delete"


def _void(library_object: type) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in library_object().get_void_params().items()}


ENTITIES: Mapping[DocumentKind, Entity] = {
    DocumentKind.CUSTOMER: Entity(name=Customer.qbo_object_name, page="customerdetail?nameId={id}"),
    DocumentKind.SERVICE: Entity(name=Item.qbo_object_name, page="items?itemId={id}"),
    DocumentKind.INVOICE: Entity(
        name=Invoice.qbo_object_name,
        number_field="DocNumber",
        void_params=_void(Invoice),
        page="invoice?txnId={id}",
    ),
    DocumentKind.PAYMENT: Entity(
        name=Payment.qbo_object_name,
        number_field="PaymentRefNum",
        void_params=_void(Payment),
        page="recvpayment?txnId={id}",
    ),
    DocumentKind.REFUND: Entity(
        name=RefundReceipt.qbo_object_name,
        number_field="DocNumber",
        void_params=_DELETE,
        page="refundreceipt?txnId={id}",
    ),
    DocumentKind.FEE: Entity(
        name=Purchase.qbo_object_name,
        number_field="DocNumber",
        void_params=_DELETE,
        page="expense?txnId={id}",
    ),
}


def write_params(kind: DocumentKind, operation: Operation) -> Mapping[str, str]:
    """The URL parameters of a write; the request id comes on top."""
    return ENTITIES[kind].void_params if operation is Operation.VOID else {}

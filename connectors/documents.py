"""The neutral documents that travel from the local books to an accounting system. Frozen; money is Decimal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from errors.problem import Name

CENT = Decimal("0.01")


class DocumentKind(StrEnum):
    """In the order in which they depend on one another: a payment needs its invoice, an invoice its customer."""

    CUSTOMER = "customer"
    SERVICE = "service"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"


@dataclass(frozen=True, kw_only=True)
class Address:
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class Customer:
    kind: ClassVar[DocumentKind] = DocumentKind.CUSTOMER

    local_id: str
    name: str
    company_name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    address: Address | None = None
    notes: str = ""

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class Service:
    """Something that is sold. `income_account` by name or number; empty: the company's setting accounts.income."""

    kind: ClassVar[DocumentKind] = DocumentKind.SERVICE

    local_id: str
    name: str
    description: str = ""
    price: Decimal | None = None
    income_account: str = ""

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a sales form. `service_id` None: the company's default service. amount = quantity x unit_price."""

    service_id: str | None
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """What every money document has. `currency` empty: the home currency. `removed`: cancelled or deleted locally."""

    local_id: str
    date: date
    total: Decimal
    customer_id: str | None = None
    number: str = ""
    currency: str = ""
    exchange_rate: Decimal | None = None
    memo: str = ""
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class Invoice(Transaction):
    kind: ClassVar[DocumentKind] = DocumentKind.INVOICE

    customer_id: str
    lines: tuple[Line, ...]
    due_date: date | None = None
    email: str = ""
    job: str = ""  # number of the job that it bills
    job_part: str = ""  # "" for its one invoice, "deposit", or the number of a segment

    @property
    def label(self) -> str:
        return self.number or self.local_id


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """The part of a payment that settles one invoice."""

    invoice_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Payment(Transaction):
    """Money received. What the allocations leave over stays with the customer as unapplied credit."""

    kind: ClassVar[DocumentKind] = DocumentKind.PAYMENT

    customer_id: str
    allocations: tuple[Allocation, ...] = ()
    method: str = ""
    reference: str = ""
    deposit_account: str = ""

    @property
    def label(self) -> str:
        return self.reference or self.local_id


@dataclass(frozen=True, kw_only=True)
class Refund(Transaction):
    """Money given back for a payment; `service_id` tells what is taken back, None: the company's default service."""

    kind: ClassVar[DocumentKind] = DocumentKind.REFUND

    customer_id: str
    payment_id: str
    service_id: str | None = None
    method: str = ""
    reference: str = ""
    from_account: str = ""

    @property
    def label(self) -> str:
        return self.number or self.reference or self.local_id


@dataclass(frozen=True, kw_only=True)
class Fee(Transaction):
    """What a card processor kept. `processor` is the vendor's name; empty: the company's setting fees.processor."""

    kind: ClassVar[DocumentKind] = DocumentKind.FEE

    processor: str = ""
    payment_id: str | None = None
    from_account: str = ""
    expense_account: str = ""

    @property
    def label(self) -> str:
        return self.number or self.local_id


Document = Customer | Service | Invoice | Payment | Refund | Fee
Money = Invoice | Payment | Refund | Fee


def name_of(document: Document) -> Name:
    """How a sentence names a document, in any language."""
    return Name(document.kind.value, document.label)

"""Customer -> Customer (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.contract import Remote
from connectors.documents import Address, Customer
from connectors.quickbooks.mapping.header import Body, version


def to_customer(customer: Customer, current: Remote | None) -> Body:
    """DisplayName is the name by which it is found again; empty fields are left out, so QBO keeps what it has."""
    body: Body = {
        "DisplayName": customer.name,
        "CompanyName": customer.company_name,
        "GivenName": customer.given_name,
        "FamilyName": customer.family_name,
        "PrimaryEmailAddr": {"Address": customer.email} if customer.email else None,
        "PrimaryPhone": {"FreeFormNumber": customer.phone} if customer.phone else None,
        "BillAddr": _address(customer.address) if customer.address is not None else None,
        "Notes": customer.notes,
    }
    return version(current) | {field: value for field, value in body.items() if value}


def _address(address: Address) -> Body:
    named = {
        "Line1": address.line1,
        "Line2": address.line2,
        "City": address.city,
        "CountrySubDivisionCode": address.region,
        "PostalCode": address.postal_code,
        "Country": address.country,
    }
    return {field: value for field, value in named.items() if value}

"""The link a customer pays an invoice by; shown when it is asked for (`include=invoiceLink`, qbo-facts 1.2)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json

ASKED = "invoiceLink"
AFTER = "AllowOnlineACHPayment"
ONLINE = ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
ADDRESS = "https://developer.intuit.com/comingSoonview/scs-v1-{code}?locale=en_US&cta=v3invoicelink"  # recorded


def present(company: Company, invoice: Json, _now: datetime, include: frozenset[str]) -> Json:
    """Return the invoice with its link, if it can be paid online and has an e-mail address."""
    payable = any(invoice.get(name) for name in ONLINE) and "BillEmail" in invoice
    if ASKED not in include or not payable:
        return invoice
    code = hashlib.sha256(f"{company.realm}/{invoice['Id']}".encode()).hexdigest()
    shown: Json = {}
    for name, value in invoice.items():
        shown[name] = value
        if name == AFTER:
            shown["InvoiceLink"] = ADDRESS.format(code=code)
    return shown

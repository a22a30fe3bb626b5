"""Every entity the sandbox knows. A new entity is one file in entities/ and one line here."""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities import (
    account,
    company_info,
    credit_memo,
    customer,
    employee,
    invoice,
    item,
    payment,
    payment_method,
    preferences,
    purchase,
    refund_receipt,
    sales_receipt,
    term,
    vendor,
)
from connectors.quickbooks.sandbox.entities.kind import Kind, Post

MODULES = (
    account,
    company_info,
    credit_memo,
    customer,
    employee,
    invoice,
    item,
    payment,
    payment_method,
    preferences,
    purchase,
    refund_receipt,
    sales_receipt,
    term,
    vendor,
)
BY_NAME: dict[str, Kind] = {module.KIND.name: module.KIND for module in MODULES}
BY_PATH: dict[str, Kind] = {kind.path: kind for kind in BY_NAME.values()}
POSTS: dict[str, Post] = {kind.name: kind.post for kind in BY_NAME.values() if kind.post is not None}

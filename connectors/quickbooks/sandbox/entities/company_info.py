"""CompanyInfo: the company's own name and address; its Id is "1", not the realm (qbo-facts 2.3)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write
from connectors.quickbooks.sandbox.rules import first_date, frame

ORDER = (
    "CompanyName",
    "LegalName",
    "CompanyAddr",
    "CustomerCommunicationAddr",
    "LegalAddr",
    "PrimaryPhone",
    "CompanyStartDate",
    "FiscalYearStartMonth",
    "Country",
    "Email",
    "WebAddr",
    "SupportedLanguages",
    "DefaultTimeZone",
    "NameValue",
    *frame.FRAME,
)
WRITABLE = (
    "CompanyName",
    "CompanyAddr",
    "CustomerCommunicationAddr",
    "LegalName",
    "LegalAddr",
    "Email",
    "PrimaryPhone",
)


def complete(_write: Write, draft: Json, before: Json | None) -> Json:
    """Change only the writable members."""
    return {**(before or {}), **{name: draft[name] for name in WRITABLE if name in draft}}


KIND = Kind(
    name="CompanyInfo",
    sequence="single",
    order=ORDER,
    queryable=("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime"),
    operations=frozenset({"update"}),
    complete=complete,
    present=first_date.present,
)

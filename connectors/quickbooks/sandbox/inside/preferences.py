"""What a person sets in QuickBooks' own pages and no client may: closing date, number rules, subscription."""

from __future__ import annotations

from dataclasses import asdict, replace

from connectors.quickbooks.sandbox.books.company import Company, with_named_value
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.books.switches import Switches

ACCOUNTING = ("BookCloseDate",)
SALES_FORMS = ("CustomTxnNumbers", "AutoApplyCredit", "UsingProgressInvoicing")
GROUPS = {
    "AccountingInfoPrefs": ACCOUNTING,
    "SalesFormsPrefs": SALES_FORMS,
    "TaxPrefs": ("UsingSalesTax", "PartnerTaxEnabled"),
    "CurrencyPrefs": ("MultiCurrencyEnabled",),
}
OTHERS = ("WarnDuplicateCheckNumber", "WarnDuplicateBillNumber", "VendorAndPurchasesPrefs.UseCustomTxnNumbers")


def set_preferences(company: Company, body: Json) -> Json:
    """Set what a person sets in QuickBooks' own pages; `None` clears.

    Keys: ACCOUNTING, SALES_FORMS, OTHERS, SubscriptionStatus, and the switches. Raises `ValueError` for any other.
    """
    switches = asdict(Switches()).keys()
    known = {*(name for names in GROUPS.values() for name in names), *OTHERS, "SubscriptionStatus", *switches}
    if body.keys() - known:
        raise ValueError(f"unknown: {sorted(body.keys() - known)}; known: {sorted(known)}")
    preferences = dict(company.preferences)
    for group, names in GROUPS.items():
        merged = {**preferences.get(group, {}), **{name: body[name] for name in names if name in body}}
        preferences[group] = {name: value for name, value in merged.items() if value is not None}
    for name in OTHERS:
        if name in body:
            preferences["OtherPrefs"] = with_named_value(preferences["OtherPrefs"], name, str(body[name]).lower())
    company.put("Preferences", preferences)
    if "SubscriptionStatus" in body:
        company.subscribe(body["SubscriptionStatus"])
    company.switches = replace(company.switches, **{name: body[name] for name in switches if name in body})
    return {"realm": company.realm, **body}

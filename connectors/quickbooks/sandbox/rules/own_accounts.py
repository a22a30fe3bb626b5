"""Accounts that QuickBooks makes itself when they are first needed: tax payable, A/R and A/P of a currency, gains."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.tax_codes import Side

# How QuickBooks calls the accounts of agencies whose name is not in the account's.
TAX_ACCOUNTS = {
    "Receiver General": "GST/HST Payable",
    "Revenu Québec": "QST Payable",
    "HMRC": "VAT Control",
    "SAT": "IVA por pagar",
}
OPEN_NAMES = {"Accounts Receivable": "Accounts Receivable (A/R)", "Accounts Payable": "Accounts Payable (A/P)"}
SUBTYPES = {"Accounts Receivable": "AccountsReceivable", "Accounts Payable": "AccountsPayable"}
GAIN = ("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")


def tax_account_name(company: Company, rate: str, side: Side) -> str:
    """Return the name of the account of a rate's agency; a tax that nobody refunds is an expense."""
    agency = company.get("TaxAgency", (company.get("TaxRate", rate) or {}).get("AgencyRef", {}).get("value")) or {}
    name = agency.get("DisplayName", "Sales Tax Agency")
    if side == "Purchase" and not agency.get("TaxTrackedOnPurchases"):
        return f"{name} Expense"
    return TAX_ACCOUNTS.get(name, f"{name} Payable")


def tax_account(write: Write, rate: str, side: Side) -> str:
    """Return the Id of a rate's account, made when it is not there."""
    name = tax_account_name(write.company, rate, side)
    if name.endswith(" Expense"):
        return _ensured(write, name, "Expense", "TaxesPaid", "Expense")
    return _ensured(write, name, "Other Current Liability", "GlobalTaxPayable", "Liability")


def agency_account(write: Write, agency: Json) -> str:
    name = agency["DisplayName"]
    return _ensured(
        write, TAX_ACCOUNTS.get(name, f"{name} Payable"), "Other Current Liability", "GlobalTaxPayable", "Liability"
    )


def open_account(write: Write, account_type: str, currency: str) -> None:
    """Make the A/R or A/P account of a foreign currency, "Accounts Receivable (A/R) - USD", when it is not there."""
    if currency != write.company.home_currency:
        name = f"{OPEN_NAMES[account_type]} - {currency}"
        sort = "Asset" if account_type == "Accounts Receivable" else "Liability"
        _ensured(write, name, account_type, SUBTYPES[account_type], sort, currency)


def gain_account(write: Write) -> str:
    return _ensured(write, *GAIN, "Expense")


def named_account(company: Company, name: str) -> str:
    """Return the Id of an account by its name, "" when there is none."""
    return next((row.id for row in company.store.find("Account", "Name", name)), "")


def _ensured(write: Write, name: str, account_type: str, subtype: str, sort: str, currency: str = "") -> str:
    found = named_account(write.company, name)
    if found:
        return found
    account = {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": sort,
        "AccountType": account_type,
        "AccountSubType": subtype,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": frame.currency_ref(currency or write.company.home_currency),
        **frame.new(write.company.next_id("account"), write.now),
    }
    write.company.put("Account", account)
    return str(account["Id"])

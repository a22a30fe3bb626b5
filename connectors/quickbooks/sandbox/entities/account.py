"""Account: a line of the chart of accounts (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.account_types import ACCOUNT_TYPES, type_of
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import currency, frame, names
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DUPLICATE = "Another account is already using this name. Please use a different name."
ORDER = (
    "Name",
    "SubAccount",
    "ParentRef",
    "Description",
    "FullyQualifiedName",
    "Active",
    "Classification",
    "AccountType",
    "AccountSubType",
    "AcctNum",
    "CurrentBalance",
    "CurrentBalanceWithSubAccounts",
    "CurrencyRef",
    *frame.FRAME,
)
QUERYABLE = (
    "Id",
    "Name",
    "AccountType",
    "AccountSubType",
    "Classification",
    "Active",
    "FullyQualifiedName",
    "SubAccount",
    "CurrentBalance",
    "AcctNum",
    *METADATA,
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute an account; raises `Refusal` 2040, 2500, 6010 or 6240."""
    account = dict(draft)
    account["Active"] = account.get("Active", True)
    _complete_type(account)
    bare = account["Name"].removesuffix(names.DELETED)
    names.check_characters("Name", bare, ':"')
    account["Name"] = names.marked(bare, active=account["Active"])
    account["SubAccount"] = "ParentRef" in account
    if account["SubAccount"]:
        parent = names.parent_of(write, "Account", account)
        account["ParentRef"] = {"value": parent["Id"]}
    names.check_unique(write, ("Account",), "Name", account, DUPLICATE)
    account["FullyQualifiedName"] = names.qualified(write, "Account", account, account["Name"])
    for name in ("CurrentBalance", "CurrentBalanceWithSubAccounts"):
        account[name] = before[name] if before else 0
    account["CurrencyRef"] = currency.of_name(write, "Account", account, before)
    return account


def _complete_type(account: Json) -> None:
    """Fill type, sub-type and Classification from whichever was sent; raises `Refusal` 6010 when they do not fit."""
    name = account.get("AccountType") or type_of(account.get("AccountSubType", ""))
    known = ACCOUNT_TYPES.get(str(name))
    if known is None:
        raise Refusal(faults.no_account_type())
    subtype = account.get("AccountSubType") or known.subtypes[0]
    # A sub-type nobody listed here is taken as sent; one that belongs to another type is refused.
    if type_of(subtype) not in (None, name):
        raise Refusal(faults.no_account_type())
    account |= {"AccountType": name, "AccountSubType": subtype, "Classification": known.classification}


KIND = Kind(
    name="Account",
    sequence="account",
    required=("Name",),
    order=ORDER,
    queryable=QUERYABLE,
    kept=("Active", "AccountType", "AccountSubType"),
    complete=complete,
    name_field="Name",
    sort_field="Name",
)

"""The troubles that the accountant's side plants in QuickBooks before the first tick, and how they are mended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from connectors.documents import DocumentKind
from connectors.local import reference
from worker.demo import books
from worker.demo.accountant import Accountant
from worker.demo.firm import PLANTED_INACTIVE
from worker.demo.stage import BRANCH, MAIN, Stage

TAKEN = "S-0217"


def plant(stage: Stage) -> None:
    """Somebody else's invoice, an inactive service, a closed period, customers that the accountant knows."""
    main = stage.accountants[MAIN]
    item = _item(main, PLANTED_INACTIVE)
    walk_in = main.enter("Customer", {"DisplayName": "Walk-in customer"})
    _invoice(main, walk_in, _item(main, "Counter sale"), TAKEN)
    main.amend("Item", item, Name=PLANTED_INACTIVE, Active=False)
    _known_customers(stage)
    with stage.sources[MAIN].connect() as connection:
        first = (
            connection.execute(select(reference.invoices.c.date).order_by(reference.invoices.c.date)).scalars().first()
        )
    assert first is not None
    main.close_books(first + timedelta(days=4))


def reactivate(stage: Stage) -> None:
    """The accountant makes the planted service active again."""
    main = stage.accountants[MAIN]
    rows = main.find("Item", "WHERE Active = false")
    for row in rows:
        if row["Name"].startswith(PLANTED_INACTIVE):
            main.amend("Item", row, Name=PLANTED_INACTIVE, Active=True)


def _known_customers(stage: Stage) -> None:
    """In the branch all but the last; in the main company one by name and one by e-mail only."""
    for name, email in list(books.names(stage.sources[BRANCH], DocumentKind.CUSTOMER).items())[:-1]:
        stage.accountants[BRANCH].enter("Customer", {"DisplayName": name, "PrimaryEmailAddr": {"Address": email}})
    (by_name, _), (_, email), *_ = books.names(stage.sources[MAIN], DocumentKind.CUSTOMER).items()
    stage.accountants[MAIN].enter("Customer", {"DisplayName": by_name})
    stage.accountants[MAIN].enter(
        "Customer", {"DisplayName": "Entered by the accountant", "PrimaryEmailAddr": {"Address": email}}
    )


def _item(accountant: Accountant, name: str) -> dict[str, Any]:
    income = accountant.find("Account", "WHERE AccountType = 'Income'")[0]["Id"]
    return accountant.enter("Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": income}})


def _invoice(accountant: Accountant, customer: dict[str, Any], item: dict[str, Any], number: str) -> None:
    line = {
        "Amount": 12.5,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 1, "UnitPrice": 12.5},
    }
    accountant.enter("Invoice", {"CustomerRef": {"value": customer["Id"]}, "DocNumber": number, "Line": [line]})

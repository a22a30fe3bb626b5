"""Customers and services: who and what a document names."""

from __future__ import annotations

from errors.kinds import ways
from errors.kinds.kind import WHICH_CUSTOMER, Action, Category, Kind


class CustomerNotFound(Kind):
    """The customer {name} does not exist in QuickBooks, and missing customers are not created (policy "match")."""

    code = "customer-not-found"
    category = Category.ACCOUNTS
    extra_actions = WHICH_CUSTOMER
    fix = "Choose the customer in QuickBooks that {name} is, or create it."
    steps = ways.CUSTOMER_MISSING


class CustomerAmbiguous(Kind):
    """{count} customers in QuickBooks have the {field} {value}; Cuadre does not guess which one {name} is."""

    code = "customer-ambiguous"
    category = Category.ACCOUNTS
    extra_actions = WHICH_CUSTOMER
    fix = "Choose which of them {name} is, or make the {field} unique in QuickBooks, then resync."
    steps = ways.CUSTOMER_AMBIGUOUS


class CustomerNameTaken(Kind):
    """The name {name} is used in QuickBooks by a {holder}; customers, vendors and employees share one name space."""

    code = "customer-name-taken"
    category = Category.ACCOUNTS
    extra_actions = WHICH_CUSTOMER
    fix = "Create it under another name, for example {suggestion}, or choose the customer in QuickBooks that it is."
    steps = ways.CUSTOMER_NAME_TAKEN


class CustomerInactive(Kind):
    """The customer {name} was made inactive in QuickBooks."""

    code = "customer-inactive"
    category = Category.ACCOUNTS
    extra_actions = (*WHICH_CUSTOMER, Action.REACTIVATE)
    fix = (
        "Make {name} active again: with the button here, or in QuickBooks (Sales, Customers, Include inactive); then "
        "resync."
    )
    steps = ways.CUSTOMER_INACTIVE


class CustomerUnlinked(Kind):
    """{name} was the wrong customer in QuickBooks, says {by}; nobody has said yet which one it is."""

    code = "customer-unlinked"
    category = Category.ACCOUNTS
    extra_actions = WHICH_CUSTOMER
    fix = "Choose the customer in QuickBooks that it is, or create it."


class ServiceNotFound(Kind):
    """The service {name} does not exist in QuickBooks, and missing services are not created (policy "match")."""

    code = "service-not-found"
    category = Category.SERVICES
    fix = "Create a service named {name} in QuickBooks, then resync."
    steps = ways.SERVICE_MISSING


class ServiceNameTaken(Kind):
    """The name {name} is used in QuickBooks by a {holder} that cannot stand on an invoice line."""

    code = "service-name-taken"
    category = Category.SERVICES
    fix = "Rename the service {name} in your own system or in QuickBooks, then resync."
    steps = ways.SERVICE_NAME_TAKEN


class ServiceInactive(Kind):
    """The service {name} was made inactive in QuickBooks."""

    code = "service-inactive"
    category = Category.SERVICES
    fix = (
        "Make {name} active again: with the button here, or in QuickBooks (Sales, Products and services, Include "
        "inactive); then resync."
    )
    extra_actions = (Action.REACTIVATE,)
    steps = ways.SERVICE_INACTIVE


class ServiceAmbiguous(Kind):
    """{count} products or services in QuickBooks have the name {name}; Cuadre does not guess which one is meant."""

    code = "service-ambiguous"
    category = Category.SERVICES
    fix = "Make the name unique in QuickBooks (they stand in different categories), then resync."
    steps = ways.SERVICE_AMBIGUOUS


class ServiceAccountWrong(Kind):
    """The income account {account} of the service {name} is not an income account in QuickBooks."""

    code = "service-account-wrong"
    category = Category.SERVICES
    fix = (
        "Choose an account of type Income for {name}: with the button here, in your own system, or in accounts.income; "
        "then resync."
    )
    extra_actions = (Action.CHOOSE_ACCOUNT,)
    steps = ways.SERVICE_ACCOUNT


class ServiceDeleted(Kind):
    """Line {line} of {document} uses the service {service}, which was deleted from the sync."""

    code = "service-deleted"
    fix = "Choose another service for the line in your own system; the row is read again by itself."

"""The ways through QuickBooks that mend an error, step by step: message ids, with the facts of their kind in {braces}.

QuickBooks moves its menus about: a step names the list and the field, and no place on the screen. The last step says
what to do in Cuadre, where nothing happens by itself.
"""

from __future__ import annotations

RESYNC = "In Cuadre: resync this error."

_CUSTOMERS = "In QuickBooks, open the list of customers: Sales > Customers (newer menus: Customer Hub)."
_SERVICES = "In QuickBooks, open Settings (the gear) > Products and services."
_ACCOUNTS = "In QuickBooks, open Settings (the gear) > Chart of accounts."
_METHODS = "In QuickBooks, open Settings (the gear) > All lists > Payment methods."
_INACTIVE_TOO = 'Show what is inactive, too: "Include inactive" at the small gear of the list, or its filter by status.'
_ACTIVATE = 'Find {name} (with "(deleted)" behind it, perhaps) and choose "Make active".'
_FIND = "In QuickBooks, find {document} with the search at the top, and open it."
_RECONCILED = "Where the bank account was reconciled since: ask the accountant first."

# --- customers and services ------------------------------------------------------------------------------------------

CUSTOMER_MISSING = (
    _CUSTOMERS,
    "Look for {name}, also under another spelling.",
    'Where it is there: open it, choose "Edit", and enter the e-mail that you have, or {name} as the display name.',
    'Where it is not there: choose "New customer", enter {name} as the display name, and save.',
    RESYNC,
)
CUSTOMER_AMBIGUOUS = (
    _CUSTOMERS,
    "Look for {value}: {count} customers share it.",
    'Different customers: open each to whom it does not belong, choose "Edit", and correct the {field}.',
    (
        'The same customer twice: open the one that you do not want to keep, and choose "Merge contacts" beside "Edit" '
        "(or give it exactly the display name of the other). QuickBooks cannot undo a merge."
    ),
    "Or leave both, and give exactly the display name {name} to the one that is meant.",
    RESYNC,
)
CUSTOMER_NAME_TAKEN = (
    "In QuickBooks, look for {name} among customers (Sales), vendors or suppliers (Expenses) and employees.",
    _INACTIVE_TOO,
    'Where the other one is to be renamed: open it, choose "Edit", change its display name, and save.',
    RESYNC,
)
CUSTOMER_INACTIVE = (_CUSTOMERS, _INACTIVE_TOO, _ACTIVATE, RESYNC)

SERVICE_MISSING = (
    _SERVICES,
    'Choose "New" and the type "Service".',
    "Enter exactly {name} as the name, choose an income account, and save.",
    RESYNC,
)
SERVICE_NAME_TAKEN = (
    _SERVICES,
    "Look for {name}, also among bundles and categories (these have a page of their own there).",
    _INACTIVE_TOO,
    'Where the other one is to be renamed: choose "Edit" in its line, change the name, and save.',
    RESYNC,
)
SERVICE_INACTIVE = (_SERVICES, _INACTIVE_TOO, _ACTIVATE, RESYNC)
SERVICE_AMBIGUOUS = (
    _SERVICES,
    "Look for {name}: {count} have this name.",
    'Choose "Edit" in the line of each that is not meant, and rename it; or make it inactive.',
    "Or edit the one that is meant, and take it out of its category: the one without a category comes first.",
    RESYNC,
)
SERVICE_ACCOUNT = (
    _ACCOUNTS,
    _INACTIVE_TOO,
    'Look for {account}. Where it is inactive, choose "Make active".',
    'Where it is missing: choose "New", and create it with the account type Income.',
    "Where it is of another type: enter an account of the type Income for {name} in your own system.",
    RESYNC,
)

# --- the company's set-up --------------------------------------------------------------------------------------------

CLOSED_BOOKS = (
    "Ask the accountant first: the figures of a closed period may have been reported already.",
    "In QuickBooks, as an admin, open Settings (the gear) > Account and settings > Advanced > Accounting.",
    'At "Close the books", move the closing date to a day before that of the document, and save.',
    "In Cuadre: resync this error. When everything is through, close the books up to {closing_date} again.",
)
ACCOUNT_MISSING = (
    _ACCOUNTS,
    _INACTIVE_TOO,
    'Look for {account}, by name and by number. Where it is inactive, choose "Make active".',
    'Where it is missing: choose "New", the account type that {setting} needs, and exactly the name {account}; save.',
)
ACCOUNT_TYPE = (
    _ACCOUNTS,
    'Look for an account of the type {expected} (column "Account type"), or create one with "New".',
    "Enter its name or its number as {setting} in the configuration.",
)
ACCOUNT_REFUSED = (
    _ACCOUNTS,
    _INACTIVE_TOO,
    'Look for the account that the message names. Where it is inactive, choose "Make active".',
    "Where its type is wrong: enter an account of the right type in your own system or in the configuration.",
    RESYNC,
)
PROGRESS_INVOICING = (
    "In QuickBooks, as an admin, open Settings (the gear) > Account and settings > Sales.",
    'At "Progress invoicing", switch off "Create multiple partial invoices from a single estimate", and save.',
    'At "Sales form content", see that "Custom transaction numbers" is on: else QuickBooks takes a number twice.',
)
PAYMENT_METHOD_MISSING = (
    _METHODS,
    _INACTIVE_TOO,
    'Where {method} is inactive, choose "Make active"; where it is missing, choose "New" and enter exactly this name.',
    'Where it is a card: tick "This is a credit card" (or "credit or debit card"). Save.',
    RESYNC,
)
CREDIT_CARD = (
    _METHODS,
    'Find {method} and choose "Edit" in the menu of its line.',
    'Tick "This is a credit card" (or "credit or debit card"), and save.',
    RESYNC,
)
TAX = (
    'In QuickBooks, open the page for taxes (Taxes; in some countries "Sales tax", "GST" or "VAT").',
    "See that the tax of this company is set up there, and that the code or rate that the message names is active.",
    RESYNC,
)
CURRENCY = (
    "In QuickBooks, as an admin, open Settings (the gear) > Account and settings > Advanced > Currency.",
    'See whether "Multicurrency" is on. Ask the accountant before you switch it on: it cannot be switched off again.',
    "Open Settings (the gear) > Currencies, and add the currency of {document} where it is missing.",
    "Open the customer: each has one currency, for good once there are transactions.",
    "For another currency, create another customer, and name that one in your own system.",
    RESYNC,
)
INACTIVE = (
    (
        "In QuickBooks, open the list of what the message names: Sales > Customers, Expenses > Vendors, or in Settings "
        "(the gear) Products and services, Chart of accounts or All lists."
    ),
    _INACTIVE_TOO,
    'Find it and choose "Make active". Where it was merged with another, name that one in your own system.',
    RESYNC,
)

# --- one document ----------------------------------------------------------------------------------------------------

NUMBER_TAKEN = (
    "To free the number: look for {number} with the search at the top, and open {holder}.",
    "Change its number there, and save.",
    (
        'If it cannot be edited: switch on "Custom transaction numbers" in Settings (the gear) > Account and '
        "settings > Sales > Sales form content."
    ),
    RESYNC,
)
LINK = (
    "In QuickBooks, open the invoice that {document} is for.",
    "See that it is of the same customer and in the same currency, and that its open balance is large enough.",
    "Where another payment or a credit has settled it: open that one, clear the box of the invoice, and save.",
    RESYNC,
)
TOTALS = (
    _FIND,
    "Compare its lines, its discount and its tax with your own: QuickBooks may have worked out the tax itself.",
    "Where QuickBooks is wrong: correct it so that its total is {local_total}, and save.",
    RESYNC,
)
CHANGED = (
    _FIND,
    'Open its audit history (menu "More", "Audit history"): it tells who changed what, and when.',
    "In Cuadre: compare both sides, and choose.",
)
DELETED = (
    "In QuickBooks, as an admin, open Settings (the gear) > Audit log.",
    "Filter it for deleted transactions, and look for {document}: the log tells who deleted it, and when.",
    "In Cuadre: create it again, or skip this error.",
)
DEPOSIT = (
    _RECONCILED,
    _FIND,
    'Open the deposit that it names (or find it in Reports > "Deposit detail").',
    "Clear the box of {document} in the deposit, and save.",
    "In Cuadre: resync this error. When it is through, put {document} into the deposit again.",
)
BANK_MATCH = (
    _RECONCILED,
    "In QuickBooks, open Transactions > Bank transactions, and choose the bank account.",
    'At "Categorized", find the line that is matched with {document}, and choose "Undo".',
    'In Cuadre: resync this error. When it is through, match the line again in QuickBooks ("For review").',
)
QUICKBOOKS_PAYMENTS = (
    _FIND,
    'Make the change there. Money goes back to a customer with New > "Refund receipt", not by deleting a payment.',
    "In Cuadre: skip this error.",
)

# --- the connection --------------------------------------------------------------------------------------------------

PERMISSION = (
    "In QuickBooks, as an admin, open Settings (the gear) > Manage users: whoever connected Cuadre must be an admin.",
    "Open Settings (the gear) > Subscriptions and billing, and see whether the plan has what the message names.",
    "Where another person must connect: run `cuadre connect` with the name of the company, and let them sign in.",
    RESYNC,
)
SUBSCRIPTION = (
    "Sign in to QuickBooks as the owner of the company (the primary admin).",
    "Open Settings (the gear) > Subscriptions and billing (before: Account and settings > Billing & subscription).",
    'Choose "Resubscribe", or renew the payment method and pay what is due.',
    "What was bought in an app store, or is paid by an accountant, is renewed there.",
)
CONSENT = (
    "Open the address that the command shows, and sign in as an admin of the company.",
    "Choose the QuickBooks company whose books these are, and confirm.",
    'Where it ends again and again: ask who disconnects Cuadre in QuickBooks, on the page of connected apps ("Apps").',
)

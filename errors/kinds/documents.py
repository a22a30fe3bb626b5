"""Documents that QuickBooks does not take, or took otherwise."""

from __future__ import annotations

from errors.kinds import ways
from errors.kinds.kind import Action, Category, Kind, Verb


class DuplicateNumber(Kind):
    """Duplicate document number: {number} is used in QuickBooks by somebody else's {holder} ({customer}, {total}).
    Use {suggestion} to avoid duplicates.
    """

    code = "duplicate-number"
    fix = (
        "Use {suggestion} here, change the number in your own system, or, where it is this very document, compare both "
        "and link to it."
    )
    steps = ways.NUMBER_TAKEN
    extra_actions = (Action.USE_NUMBER, Action.LINK, Action.LINK_PUSH)


class DuplicateOwnNumber(Kind):
    """Duplicate document number: {number} is already the number of your own {holder}.
    Use {suggestion} to avoid duplicates.
    """

    code = "duplicate-own-number"
    fix = "Use {suggestion} here, or change the number in your own system."
    extra_actions = (Action.USE_NUMBER,)


class NumbersRepeat(Kind):
    """The numbers of {year} would begin with {number}, which exists already: their format does not name the year."""

    code = "numbers-repeat"
    fix = "Name the year in the format, or set the next number (`cuadre numbers set`), then resync."


class PeriodClosed(Kind):
    """The books are closed up to {closing_date}: documents of that day and before cannot be entered or changed."""

    code = "period-closed"
    fix = "Change the date in your own system, or ask the accountant to move the closing date, then resync."
    steps = ways.CLOSED_BOOKS


class InactiveReference(Kind):
    """{document} uses something that was made inactive or removed in QuickBooks: {detail}"""

    code = "inactive-reference"
    fix = "Make it active again: a customer or service with the button here, all else in QuickBooks; then resync."
    extra_actions = (Action.REACTIVATE,)
    steps = ways.INACTIVE


class AccountMissing(Kind):
    """The account {account} (setting {setting}) does not exist in the chart of accounts of QuickBooks."""

    code = "account-missing"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Correct {setting} in the configuration, or create the account {account} in QuickBooks."
    steps = ways.ACCOUNT_MISSING


class JobNumbersRefused(Kind):
    """Invoices cannot have the numbers of their jobs (setting numbers.jobs) while progress invoicing is on in
    QuickBooks: a job then has several invoices.
    """

    code = "job-numbers-refused"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Switch off progress invoicing in QuickBooks (Account and settings, Sales), or numbers.jobs here."
    steps = ways.PROGRESS_INVOICING


class AccountTypeWrong(Kind):
    """The account {account} (setting {setting}) is of type {actual}; it must be {expected}."""

    code = "account-type-wrong"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Choose an account of type {expected} for {setting} in the configuration."
    steps = ways.ACCOUNT_TYPE


class AccountRefused(Kind):
    """QuickBooks refused an account of {document}: {detail}"""

    code = "account-refused"
    fix = "Choose an account of the right type for it in the configuration or in your own system, then resync."
    steps = ways.ACCOUNT_REFUSED


class PaymentMethodUnknown(Kind):
    """{document} was paid by {method}, which is not a payment method in QuickBooks."""

    code = "payment-method-unknown"
    fix = (
        "Create the payment method {method}, or choose the one that is meant: with the buttons here, in QuickBooks, or "
        "in the configuration; then resync."
    )
    extra_actions = (Action.CREATE_METHOD, Action.USE_METHOD)
    steps = ways.PAYMENT_METHOD_MISSING


class PaymentMethodNotCreditCard(Kind):
    """The payment method {method} of {document} must be marked as a credit card in QuickBooks."""

    code = "payment-method-not-credit-card"
    fix = "In QuickBooks: Settings, All lists, Payment methods, {method}: tick 'This is a credit card'; then resync."
    steps = ways.CREDIT_CARD


class LinkRefused(Kind):
    """QuickBooks refused to link {document} to its invoice: {detail}"""

    code = "link-refused"
    fix = "See in QuickBooks whether the invoice is still open, of the same customer and large enough, then resync."
    steps = ways.LINK


class TotalsDiffer(Kind):
    """{document} is {local_total} in your own system, but QuickBooks booked {remote_total}."""

    code = "totals-differ"
    fix = "Look at the document in QuickBooks (tax and discounts), correct it there or in your own system, then resync."
    steps = ways.TOTALS


class ChangedInQuickBooks(Kind):
    """{document} was changed in QuickBooks after Cuadre posted it: {difference}"""

    code = "changed-in-quickbooks"
    fix = "Compare both, then push yours again or keep theirs. Where the totals differ, correct the wrong one first."
    steps = ways.CHANGED
    extra_actions = (Action.PUSH, Action.KEEP)


class DeletedInQuickBooks(Kind):
    """{document} was deleted in QuickBooks after Cuadre posted it. It is not created again unasked."""

    code = "deleted-in-quickbooks"
    fix = "Skip this error if the deletion was right; otherwise create it again."
    steps = ways.DELETED
    extra_actions = (Action.RECREATE,)


class AlreadyVoided(Kind):
    """{document} was voided in QuickBooks when it was cancelled, and QuickBooks cannot bring it back."""

    code = "already-voided"
    fix = "Cancel it again in your own system and enter a new document with a number of its own, or skip this error."


class Deposited(Kind):
    """{document} is part of a deposit in QuickBooks and cannot be changed."""

    code = "deposited"
    fix = "Open the deposit in QuickBooks, take the document out of it, then resync."
    steps = ways.DEPOSIT


class SettledByQuickBooksPayments(Kind):
    """{document} was settled through QuickBooks Payments and cannot be changed from outside."""

    code = "settled-by-quickbooks-payments"
    fix = "Make the change in QuickBooks itself (for example as a refund there), then skip this error."
    steps = ways.QUICKBOOKS_PAYMENTS


class TaxCodeMissing(Kind):
    """QuickBooks wants a tax code on the lines of {document}: {detail}"""

    code = "tax-code-missing"
    fix = "Set up the tax of this company's country in QuickBooks and in the configuration, then resync."
    steps = ways.TAX


class CurrencyRefused(Kind):
    """QuickBooks refused the currency of {document}: {detail}"""

    code = "currency-refused"
    fix = "Use the customer's currency in QuickBooks for {document}, and give an exchange rate, then resync."
    steps = ways.CURRENCY


class NameListBusy(Kind):
    """QuickBooks allows one change of names or services at a time, and another was under way."""

    code = "name-list-busy"
    verb = Verb.RETRY
    fix = "Nothing to do: it is tried again by itself."


class NotPermitted(Kind):
    """The user who connected QuickBooks, or the plan of the company, may not do this: {detail}"""

    code = "not-permitted"
    fix = "Let an admin of the company connect it again, or upgrade the QuickBooks plan, then resync."
    steps = ways.PERMISSION


class FieldRefused(Kind):
    """QuickBooks refused the field {field} of {document}: {detail}"""

    code = "field-refused"
    fix = "Correct {field} in your own system; the row is read again by itself."


class MatchedWithBank(Kind):
    """{document} is matched with a line of the bank in QuickBooks and cannot be changed."""

    code = "matched-with-bank"
    fix = "In QuickBooks, undo the match (Transactions, Bank transactions, Categorized), then resync."
    steps = ways.BANK_MATCH


class NotUnderstood(Kind):
    """QuickBooks did not understand what Cuadre sent for {document} (fault {fault}): {detail}"""

    code = "not-understood"
    fix = "This is a mistake in Cuadre: please report it with the fault and the intuit_tid. Other documents go on."


class RefusedByQuickBooks(Kind):
    """QuickBooks refused {document} (fault {fault}): {detail}"""

    code = "refused-by-quickbooks"
    fix = "Correct what QuickBooks names, then resync. Intuit support asks for the fault code and the intuit_tid."

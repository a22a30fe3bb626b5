"""Every kind of error Cuadre knows: one class each. A new kind is one class here and nothing else.

The docstring is the sentence an operator reads, `fix` what that person can do about it; both are message ids of the
catalogue (errors/language.py) and may name facts in {braces}. `verb` tells the engine how to go on.
"""

from __future__ import annotations

from enum import StrEnum
from string import Formatter
from typing import ClassVar


class Category(StrEnum):
    """The six tabs of the error table; COMPANY is the banner above them: it stops the whole company."""

    ACCOUNTS = "accounts"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    EXPENSES = "expenses"
    SERVICES = "services"
    COMPANY = "company"


class Verb(StrEnum):
    """What the engine does next with what was stopped."""

    RETRY = "retry"  # soon, counted, with backoff
    WAIT = "wait"  # throttled or an outage: later, not counted
    ASK = "ask"  # a person must act
    HALT = "halt"  # this company stops until it is mended


class Action(StrEnum):
    """What a person may order for an error."""

    RESYNC = "resync"
    SKIP = "skip"
    UNSKIP = "unskip"
    DELETE = "delete"
    USE_NUMBER = "use-number"


KINDS: dict[str, type[Kind]] = {}


class Kind:
    """Something went wrong."""

    code: ClassVar[str] = ""
    fix: ClassVar[str] = ""
    verb: ClassVar[Verb] = Verb.ASK
    category: ClassVar[Category | None] = None  # None: that of the document it stopped
    extra_actions: ClassVar[tuple[Action, ...]] = ()

    def __init_subclass__(cls) -> None:
        if not (cls.code and cls.fix and cls.__doc__):
            raise TypeError(f"{cls.__name__} needs a code, a fix and a sentence as its docstring")
        if cls.code in KINDS:
            raise TypeError(f"{cls.__name__}: the code {cls.code!r} is taken by {KINDS[cls.code].__name__}")
        KINDS[cls.code] = cls

    @classmethod
    def sentence(cls) -> str:
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def placeholders(cls) -> frozenset[str]:
        """The facts that a problem of this kind must carry."""
        texts = (cls.sentence(), cls.fix)
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    @classmethod
    def actions(cls, category: Category) -> tuple[Action, ...]:
        """The orders that make sense for this kind; only services can be deleted (promise C2).

        What stops a whole company cannot be skipped: it can only be mended, and looked at again.
        """
        if category is Category.COMPANY:
            return (Action.RESYNC, *cls.extra_actions)
        delete = (Action.DELETE,) if category is Category.SERVICES else ()
        return (Action.RESYNC, Action.SKIP, *delete, *cls.extra_actions)


# --- the local row cannot be a document -------------------------------------------------------------------------------


class InvalidField(Kind):
    """The field {field} of {document} holds {value}, which is not {expected}."""

    code = "invalid-field"
    fix = "Correct {field} in your own system; the row is read again by itself."


class LinesDoNotAddUp(Kind):
    """The lines of {document} add up to {lines_total}, but its total is {total}."""

    code = "lines-do-not-add-up"
    fix = "Correct the lines or the total in your own system, so that both agree to the cent."


class NumberTooLong(Kind):
    """The number {number} of {document} has {length} characters; QuickBooks takes at most 21."""

    code = "number-too-long"
    fix = "Give {document} a shorter number in your own system."


class TextRefused(Kind):
    """The field {field} of {document} holds {value}; QuickBooks refuses {refused}."""

    code = "text-refused"
    fix = "Take {refused} out of {field} in your own system."


class MissingExchangeRate(Kind):
    """{document} is in {currency}, but the company's home currency is {home}, and the row has no exchange rate."""

    code = "missing-exchange-rate"
    fix = "Fill in the exchange rate (home currency for one {currency}) in your own system. Nothing is booked 1:1."


class UnknownLocalCustomer(Kind):
    """{document} names the customer {customer}, which is not in your own customers."""

    code = "unknown-local-customer"
    fix = "Choose an existing customer for {document}, or add the customer {customer}, in your own system."


class UnknownLocalService(Kind):
    """Line {line} of {document} names the service {service}, which is not in your own services."""

    code = "unknown-local-service"
    fix = "Choose an existing service for the line, or add the service {service}, in your own system."


class ServiceMissingOnLine(Kind):
    """Line {line} of {document} names no service, and no default service is configured."""

    code = "service-missing-on-line"
    fix = "Choose a service for the line, or set default_service for this company in the configuration."


class UnknownLocalInvoice(Kind):
    """{document} is for the invoice {invoice}, which is not in your own invoices or was cancelled."""

    code = "unknown-local-invoice"
    fix = "Correct the invoice that {document} is for, in your own system."


class UnknownLocalPayment(Kind):
    """{document} gives back the payment {payment}, which is not in your own payments."""

    code = "unknown-local-payment"
    fix = "Correct the payment that {document} gives back, in your own system."


class RowVanished(Kind):
    """{document} was there when it was found, but its row is gone from your own system."""

    code = "row-vanished"
    fix = "Skip this error if it was deleted on purpose; otherwise restore the row and resync."


# --- customers and services -------------------------------------------------------------------------------------------


class CustomerNotFound(Kind):
    """The customer {name} does not exist in QuickBooks, and missing customers are not created (policy "match")."""

    code = "customer-not-found"
    category = Category.ACCOUNTS
    fix = "Create {name} in QuickBooks, or give it the same e-mail or name there, then resync."


class CustomerAmbiguous(Kind):
    """{count} customers in QuickBooks have the {field} {value}; Cuadre does not guess which one {name} is."""

    code = "customer-ambiguous"
    category = Category.ACCOUNTS
    fix = "Make the {field} unique in QuickBooks (or merge the customers there), then resync."


class CustomerNameTaken(Kind):
    """The name {name} is used in QuickBooks by a {holder}; customers, vendors and employees share one name space."""

    code = "customer-name-taken"
    category = Category.ACCOUNTS
    fix = "Rename one of the two, for example {suggestion}, then resync."


class CustomerInactive(Kind):
    """The customer {name} was made inactive in QuickBooks."""

    code = "customer-inactive"
    category = Category.ACCOUNTS
    fix = "Make {name} active again in QuickBooks (Sales, Customers, Include inactive), then resync."


class ServiceNotFound(Kind):
    """The service {name} does not exist in QuickBooks, and missing services are not created (policy "match")."""

    code = "service-not-found"
    category = Category.SERVICES
    fix = "Create a service named {name} in QuickBooks, then resync."


class ServiceNameTaken(Kind):
    """The name {name} is used in QuickBooks by a {holder} that cannot stand on an invoice line."""

    code = "service-name-taken"
    category = Category.SERVICES
    fix = "Rename the service {name} in your own system or in QuickBooks, then resync."


class ServiceInactive(Kind):
    """The service {name} was made inactive in QuickBooks."""

    code = "service-inactive"
    category = Category.SERVICES
    fix = "Make {name} active again in QuickBooks (Sales, Products and services, Include inactive), then resync."


class ServiceAmbiguous(Kind):
    """{count} products or services in QuickBooks have the name {name}; Cuadre does not guess which one is meant."""

    code = "service-ambiguous"
    category = Category.SERVICES
    fix = "Make the name unique in QuickBooks (they stand in different categories), then resync."


class ServiceAccountWrong(Kind):
    """The income account {account} of the service {name} is not an income account in QuickBooks."""

    code = "service-account-wrong"
    category = Category.SERVICES
    fix = "Choose an account of type Income for {name} (in your own system, or accounts.income), then resync."


class ServiceDeleted(Kind):
    """Line {line} of {document} uses the service {service}, which was deleted from the sync."""

    code = "service-deleted"
    fix = "Choose another service for the line in your own system; the row is read again by itself."


# --- documents --------------------------------------------------------------------------------------------------------


class DuplicateNumber(Kind):
    """Duplicate document number: {number} is used in QuickBooks by somebody else's {holder} ({customer}, {total}).
    Use {suggestion} to avoid duplicates.
    """

    code = "duplicate-number"
    fix = "Use {suggestion} (`cuadre errors use-number`), or change the number in your own system."
    extra_actions = (Action.USE_NUMBER,)


class DuplicateOwnNumber(Kind):
    """Duplicate document number: {number} is already the number of your own {holder}.
    Use {suggestion} to avoid duplicates.
    """

    code = "duplicate-own-number"
    fix = "Use {suggestion} (`cuadre errors use-number`), or change the number in your own system."
    extra_actions = (Action.USE_NUMBER,)


class PeriodClosed(Kind):
    """The books are closed up to {closing_date}: documents of that day and before cannot be entered or changed."""

    code = "period-closed"
    fix = "Change the date in your own system, or ask the accountant to move the closing date, then resync."


class InactiveReference(Kind):
    """{document} uses something that was made inactive or removed in QuickBooks: {detail}"""

    code = "inactive-reference"
    fix = "Make it active again in QuickBooks (the customer, service, account or payment method), then resync."


class AccountMissing(Kind):
    """The account {account} (setting {setting}) does not exist in the chart of accounts of QuickBooks."""

    code = "account-missing"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Correct {setting} in the configuration, or create the account {account} in QuickBooks."


class AccountTypeWrong(Kind):
    """The account {account} (setting {setting}) is of type {actual}; it must be {expected}."""

    code = "account-type-wrong"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Choose an account of type {expected} for {setting} in the configuration."


class AccountRefused(Kind):
    """QuickBooks refused an account of {document}: {detail}"""

    code = "account-refused"
    fix = "Choose an account of the right type for it in the configuration or in your own system, then resync."


class PaymentMethodUnknown(Kind):
    """{document} was paid by {method}, which is not a payment method in QuickBooks."""

    code = "payment-method-unknown"
    fix = "Add the payment method {method} in QuickBooks, or map it in the configuration, then resync."


class PaymentMethodNotCreditCard(Kind):
    """The payment method {method} of {document} must be marked as a credit card in QuickBooks."""

    code = "payment-method-not-credit-card"
    fix = "In QuickBooks: Settings, All lists, Payment methods, {method}: tick 'This is a credit card'; then resync."


class LinkRefused(Kind):
    """QuickBooks refused to link {document} to its invoice: {detail}"""

    code = "link-refused"
    fix = "See in QuickBooks whether the invoice is still open, of the same customer and large enough, then resync."


class TotalsDiffer(Kind):
    """{document} is {local_total} in your own system, but QuickBooks booked {remote_total}."""

    code = "totals-differ"
    fix = "Look at the document in QuickBooks (tax and discounts), correct it there or in your own system, then resync."


class ChangedInQuickBooks(Kind):
    """{document} was changed in QuickBooks after Cuadre posted it: {difference}"""

    code = "changed-in-quickbooks"
    fix = "Undo the change in QuickBooks and resync to post yours, or skip this error to keep theirs."


class DeletedInQuickBooks(Kind):
    """{document} was deleted in QuickBooks after Cuadre posted it. It is not created again unasked."""

    code = "deleted-in-quickbooks"
    fix = "Skip this error if the deletion was right; otherwise enter the document in QuickBooks again."


class AlreadyVoided(Kind):
    """{document} was voided in QuickBooks when it was cancelled, and QuickBooks cannot bring it back."""

    code = "already-voided"
    fix = "Cancel it again in your own system and enter a new document with a number of its own, or skip this error."


class Deposited(Kind):
    """{document} is part of a deposit in QuickBooks and cannot be changed."""

    code = "deposited"
    fix = "Open the deposit in QuickBooks, take the document out of it, then resync."


class SettledByQuickBooksPayments(Kind):
    """{document} was settled through QuickBooks Payments and cannot be changed from outside."""

    code = "settled-by-quickbooks-payments"
    fix = "Make the change in QuickBooks itself (for example as a refund there), then skip this error."


class TaxCodeMissing(Kind):
    """QuickBooks wants a tax code on the lines of {document}: {detail}"""

    code = "tax-code-missing"
    fix = "Set up the tax of this company's country in QuickBooks and in the configuration, then resync."


class CurrencyRefused(Kind):
    """QuickBooks refused the currency of {document}: {detail}"""

    code = "currency-refused"
    fix = "Use the customer's currency in QuickBooks for {document}, and give an exchange rate, then resync."


class NameListBusy(Kind):
    """QuickBooks allows one change of names or services at a time, and another was under way."""

    code = "name-list-busy"
    verb = Verb.RETRY
    fix = "Nothing to do: it is tried again by itself."


class NotPermitted(Kind):
    """The user who connected QuickBooks, or the plan of the company, may not do this: {detail}"""

    code = "not-permitted"
    fix = "Let an admin of the company connect it again, or upgrade the QuickBooks plan, then resync."


class FieldRefused(Kind):
    """QuickBooks refused the field {field} of {document}: {detail}"""

    code = "field-refused"
    fix = "Correct {field} in your own system; the row is read again by itself."


class MatchedWithBank(Kind):
    """{document} is matched with a line of the bank in QuickBooks and cannot be changed."""

    code = "matched-with-bank"
    fix = "In QuickBooks, undo the match (Transactions, Bank transactions, Categorized), then resync."


class NotUnderstood(Kind):
    """QuickBooks did not understand what Cuadre sent for {document} (fault {fault}): {detail}"""

    code = "not-understood"
    fix = "This is a mistake in Cuadre: please report it with the fault and the intuit_tid. Other documents go on."


class RefusedByQuickBooks(Kind):
    """QuickBooks refused {document} (fault {fault}): {detail}"""

    code = "refused-by-quickbooks"
    fix = "Correct what QuickBooks names, then resync. Intuit support asks for the fault code and the intuit_tid."


# --- moments: nothing is wrong with the document ----------------------------------------------------------------------


class Throttled(Kind):
    """QuickBooks asked to slow down."""

    code = "throttled"
    category = Category.COMPANY
    verb = Verb.WAIT
    fix = "Nothing to do: it goes on by itself in about a minute."


class QuickBooksUnavailable(Kind):
    """QuickBooks could not be reached or did not answer: {detail}"""

    code = "quickbooks-unavailable"
    category = Category.COMPANY
    verb = Verb.WAIT
    fix = "Nothing to do: it is tried again by itself. If it lasts, look at the network and at QuickBooks' status page."


class OutcomeUnknown(Kind):
    """{document} was sent more than once, and QuickBooks never said whether it took it: {detail}"""

    code = "outcome-unknown"
    verb = Verb.RETRY
    fix = "It is looked up in QuickBooks and, where it is missing, sent again by itself, later each time."


class QuickBooksFailed(Kind):
    """QuickBooks failed on its side with {document} (fault {fault}): {detail}"""

    code = "quickbooks-failed"
    verb = Verb.RETRY
    fix = "Nothing to do at first: it is tried again by itself. If it lasts, give Intuit support the intuit_tid."


class InternalFailure(Kind):
    """Cuadre itself failed with {document}: {detail}"""

    code = "internal-failure"
    verb = Verb.RETRY
    fix = "It is tried again by itself; other documents go on. Please report it with the log lines around it."


class WrittenByAnotherVersion(Kind):
    """This error was recorded by another version of Cuadre, under the name {code}."""

    code = "written-by-another-version"
    fix = "Run the same version of Cuadre on every machine, or skip this error."


class SourceUnavailable(Kind):
    """Your own database could not be read: {detail}"""

    code = "source-unavailable"
    category = Category.COMPANY
    verb = Verb.WAIT
    fix = "Nothing to do if it was restarted or busy: it is tried again by itself. Otherwise see source.url."


class SourceBroken(Kind):
    """Your own database does not fit the configuration ({setting}): {detail}"""

    code = "source-broken"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Correct {setting} in the configuration or the table it names; `cuadre doctor` checks it."


class ConnectionLost(Kind):
    """The connection to QuickBooks ended: {detail}"""

    code = "connection-lost"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Connect it with `cuadre connect {company}`. Nothing is lost; everything goes on from where it stood."


class SubscriptionEnded(Kind):
    """The QuickBooks subscription of this company ended or has a billing problem."""

    code = "subscription-ended"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "The owner renews the subscription in QuickBooks; Cuadre looks again by itself. Nothing is lost."


class AppRefused(Kind):
    """Intuit refused the keys of your app, or its access to this company: {detail}"""

    code = "app-refused"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = (
        "See whether client_id, client_secret and environment in [quickbooks] belong together (production keys for "
        "production), then connect again with `cuadre connect {company}`."
    )


class DifferentCompany(Kind):
    """{company} belongs to the QuickBooks company {earlier}, but {chosen} was chosen in the browser."""

    code = "different-company"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = (
        "Nothing was changed. Connect again and choose {earlier}, or give --replace-company if the books really moved; "
        "another company's books need a company of their own here."
    )


class ConsentFailed(Kind):
    """QuickBooks was not connected to {company}: {detail}"""

    code = "consent-failed"
    category = Category.COMPANY
    fix = "Nothing was changed. Run `cuadre connect {company}` again, and finish in the browser."


class ConnectedElsewhere(Kind):
    """The QuickBooks company {realm} is already connected as {other}."""

    code = "connected-elsewhere"
    category = Category.COMPANY
    fix = "Choose another company in the browser, or end the other connection first: `cuadre disconnect {other}`."


class CompanyReset(Kind):
    """The data of {company} was reset in QuickBooks: nothing that Cuadre posted is there any more."""

    code = "company-reset"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "Ask whoever reset it; then start {company} anew with a fresh state, so that everything is posted again."

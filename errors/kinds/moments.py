"""Moments: nothing is wrong with the document."""

from __future__ import annotations

from errors.kinds import ways
from errors.kinds.kind import Category, Kind, Verb


class Throttled(Kind):
    """QuickBooks asked to slow down."""

    code = "throttled"
    category = Category.COMPANY
    verb = Verb.WAIT
    fix = "Nothing to do: it goes on by itself in about a minute."


class AnotherWorker(Kind):
    """Another worker ({owner}) has this company until {until}."""

    code = "another-worker"
    category = Category.COMPANY
    verb = Verb.WAIT
    fix = (
        "Nothing to do: one worker is enough, and this one tries again by itself. After a crash it goes on at the "
        "moment named, at the latest."
    )


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
    steps = ways.CONSENT


class SubscriptionEnded(Kind):
    """The QuickBooks subscription of this company ended or has a billing problem."""

    code = "subscription-ended"
    category = Category.COMPANY
    verb = Verb.HALT
    fix = "The owner renews the subscription in QuickBooks; Cuadre looks again by itself. Nothing is lost."
    steps = ways.SUBSCRIPTION


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

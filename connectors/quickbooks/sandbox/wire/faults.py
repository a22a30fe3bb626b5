"""What QuickBooks answers when it refuses: the exact bodies, each with its code (qbo-facts 1.7 and section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

INACTIVE_TEXT = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)
ENDED_TEXT = (
    "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks "
    "Online Plus because your trial or subscription period ended or canceled or there was a billing problem."
)
CLOSED_TEXT = (
    "The account period has closed and the account books cannot be updated through through the QBO Services API. "
    "Please use the QBO website to make these changes."
)


@dataclass(frozen=True)
class Fault:
    """One entry of a fault's `Error` list; `element` None leaves the member out."""

    code: str
    message: str
    detail: str
    element: str | None = ""

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            error["element"] = self.element
        return error


class Refusal(Exception):  # noqa: N818 - a refusal is a normal answer of QuickBooks, not an error of ours
    """QuickBooks refuses a request: one or more faults, answered with HTTP 400; `timed` False leaves `time` out."""

    def __init__(self, *faults: Fault, kind: str = "ValidationFault", timed: bool = True) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults: Sequence[Fault] = faults
        self.kind = kind
        self.timed = timed

    def body(self) -> dict[str, Any]:
        return {"Fault": {"Error": [fault.body() for fault in self.faults], "type": self.kind}}


def gateway_body(kind: str, message: str, code: str, detail: str | None, now: datetime) -> dict[str, Any]:
    """Build the gateway's lower-case shape, used for 401, 403 and 429 (`time` in epoch milliseconds)."""
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [{"message": message, "detail": detail, "code": code, "element": None}], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(now.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }


def unauthenticated(detail: str | None, now: datetime) -> dict[str, Any]:
    """401: the access token is missing, unknown, expired or revoked."""
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return gateway_body("AUTHENTICATION", message, "3200", detail, now)


def forbidden(now: datetime) -> dict[str, Any]:
    """403: the token belongs to another company."""
    return gateway_body("SERVICE", "message=AuthorizationFailed; errorCode=003100; statusCode=403", "3100", None, now)


def throttled(now: datetime) -> dict[str, Any]:
    """429 in the gateway's JSON shape."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    return gateway_body("SERVICE", message, "3001", "The request limit was reached.  Try again later", now)


def throttled_xml(time_text: str) -> str:
    """429 in XML, recorded even for clients that asked for JSON."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="{time_text}"><Fault type="SERVICE">'
        '<Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message>'
        "<Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
    )


def used_request_id(request_id: str) -> Fault:
    return Fault("600", "Duplicate Request ID", f"Duplicate Request ID : {request_id}")


def malformed_request_id(request_id: str) -> Fault:
    return Fault("2130", "Invalid Request Id Format", f"Invalid Request Id Format : {request_id}", "requestid")


def too_large(most: int) -> Fault:
    return Fault("10100", "Result set too large", f"Result set too large : at most {most} objects in one batch")


def changed_since_too_old(value: str) -> Fault:
    """Return the refusal of a look-back of over 30 days; that there is one is reported, its code is a guess."""
    detail = f"The changedSince date is older than the allowed 30 days. Supplied value:{value}"
    return Fault("2060", "Invalid Date format", detail, "changedSince")


def unsupported_path(path: str, host: str) -> Fault:
    detail = f"Operation Could not find resource for relative : {path} of full path: https://{host}{path}"
    return Fault("500", "Unsupported Operation", f"{detail} is not supported.", None)


def unsupported_operation(name: str) -> Fault:
    return Fault("500", "Unsupported Operation", f"Operation {name} is not supported.", None)


def not_found() -> Fault:
    return Fault("610", "Object Not Found", f"Object Not Found : {INACTIVE_TEXT}")


def deleted() -> Fault:
    """610, when a change comes to a transaction that has been deleted."""
    return Fault("610", "Object Not Found", "Object Not Found : Another user has deleted this transaction.")


def cannot_link(detail: str) -> Fault:
    return Fault("620", "Transaction cannot be linked", f"Transaction cannot be linked : {detail}")


def unknown_property(name: str, entity: str, known: Sequence[str]) -> Fault:
    listed = ", ".join(f'"{one}"' for one in known)
    detail = (
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{entity}), not marked as '
        f"ignorable ({len(known)} known properties: {listed}])\n specified is unsupported or invalid"
    )
    return Fault("2010", "Request has invalid or unsupported property", detail, None)


def unreadable() -> Fault:
    detail = "Property Name:failed to parse json object; a property specified is unsupported or invalid"
    return Fault("2010", "Request has invalid or unsupported property", detail, None)


def wrong_type() -> Fault:
    """2010 for a text where an object belongs; Intuit cuts the class name off after a fixed length."""
    detail = "Property Name:Can not instanti specified is unsupported or invalid"
    return Fault("2010", "Request has invalid or unsupported property", detail, None)


def missing(name: str) -> Fault:
    message = "Required param missing, need to supply the required value for the API"
    return Fault("2020", message, f"Required parameter {name} is missing in the request", name)


def invalid_id(value: str) -> Fault:
    return Fault("2030", "Invalid ID", f"Id should be a valid number. Supplied value:{value}", "Id")


def invalid_text(name: str, value: str) -> Fault:
    return Fault("2040", "Invalid String", f"Invalid String. Supplied value:{value}", name)


def wrong_length(name: str, least: int, most: int, length: int) -> Fault:
    message = "String length is either shorter or longer than supported by specification"
    detail = f"String length specified does not match the supported length. Min:{least:,} Max:{most:,} supported."
    return Fault("2050", message, f"{detail} Supplied length:{length:,}", name)


def invalid_date(name: str, value: str) -> Fault:
    return Fault("2060", "Invalid Date format", f"Date format should be yyyy-MM-dd. Supplied value:{value}", name)


def invalid_number(name: str, value: str) -> Fault:
    return Fault("2090", "Invalid Number", f"Invalid Number : {value}", name)


def invalid_choice(name: str, value: str) -> Fault:
    return Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", name)


def invalid_email(value: str) -> Fault:
    detail = f"Email Address does not conform to the syntax rules of RFC 822. Supplied value:{value}"
    return Fault("2210", "Invalid Email Address format", detail, "PrimaryEmailAddr")


def invalid_reference(text: str, element: str = "") -> Fault:
    return Fault("2500", "Invalid Reference Id", f"Invalid Reference Id : {text}", element)


def unreadable_query(detail: str) -> Fault:
    return Fault("4000", "Error parsing query", f"QueryParserError: {detail}", None)


def invalid_query(detail: str) -> Fault:
    return Fault("4001", "Invalid query", f"QueryValidationError: {detail}", None)


def stale() -> Fault:
    other = "another user"
    detail = f"You and {other} were working on this at the same time. {other} finished before you did, so your work"
    return Fault("5010", "Stale Object Error", f"Stale Object Error : {detail} was not saved.")


def business(text: str) -> Fault:
    message = "A business validation error has occurred while processing your request"
    return Fault("6000", message, f"Business Validation Error: {text}")


def negative_total() -> Fault:
    return business("You must specify a transaction amount that is 0 or greater.")


def unbalanced() -> Fault:
    return Fault("2300", "Debits and credits are not equal", "The total of the debits must equal that of the credits.")


def deposited() -> Fault:
    text = "If you want to change or delete it, you must edit the deposit it appears on and remove it first"
    detail = f"This transaction has been deposited. {text}"
    return Fault("6540", "Deposited Transaction cannot be changed", detail)


def no_account_type() -> Fault:
    text = "You must supply an account type or an account sub-type that fit together."
    return Fault("6010", "Account Type or Sub-Type missing", text, "AccountType")


def wrong_amount(value: str) -> Fault:
    detail = f"Amount is not equal to UnitPrice * Qty. Supplied value:{value}"
    return Fault("6070", "Amount calculation incorrect in the request.", detail, "Line.Amount")


def wrong_tax_code(value: str) -> Fault:
    detail = f"Valid Line TaxCodes for US should be TAX or NON. Supplied value:{value}"
    return Fault("6100", "Invalid Line TaxCode in the request", detail)


def no_name() -> Fault:
    text = "Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix - one of these must be non-empty"
    return Fault("6080", "No Name Provided", text, "DisplayName")


def duplicate_number(number: str, kind: str, holder: str) -> Fault:
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={kind} with TxnId={holder}"
    )
    return Fault("6140", "Duplicate Document Number Error", detail)


def one_at_a_time(things: str) -> Fault:
    """6000, when two writers are at the same list: `things` is "name" or "product or service" (qbo-facts section 7)."""
    return business(f"You can only add or edit one {things} at a time. Please try again.")


def unavailable(code: str) -> Fault:
    """130, 140 or 150: passing states of a company; Intuit documents the codes, the texts are ours."""
    states = {"130": "Wrong cluster", "140": "Company locked out", "150": "Company under maintenance"}
    return Fault(code, states[code], f"{states[code]}. Please try again later.", None)


def subscription_ended() -> Fault:
    return Fault("6190", "Invalid Company Status", ENDED_TEXT)


def period_closed() -> Fault:
    return Fault("6210", "Account Period Closed, Cannot Update Through Services API", CLOSED_TEXT)


def duplicate_name(text: str) -> Fault:
    return Fault("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {text}", None)


def wrong_item_type(text: str) -> Fault:
    return business(f"Invalid item type: {text}")


def wrong_account_type(text: str) -> Fault:
    return Fault("6430", "Invalid account type used", f"Invalid account type: {text}")

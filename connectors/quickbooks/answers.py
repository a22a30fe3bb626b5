"""What QuickBooks answers, read without losing anything: both fault shapes, XML, HTML, nothing (qbo-facts 1.7)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.quickbooks.encoding import decode
from connectors.transport import trace_id
from errors.problem import Fault

# Regular expressions, not an XML parser: recorded XML faults are not always well-formed, and these five words are all.
_XML_ERROR = re.compile(r"<Error\b([^>]*)>(.*?)(?=</Error>|<Error\b|</Fault>|\Z)", re.DOTALL)
_XML_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_XML_MEMBER = re.compile(r"<(Message|Detail)>(.*?)</\1>", re.DOTALL)
_CODE_IN_TEXT = re.compile(r"errorCode=0*(\d+)")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One error of a fault. `code` without leading zeros; `element` is the field it is about, often empty."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""

    @property
    def text(self) -> str:
        """QBO's own words for a person, in the company's language."""
        return self.detail or self.message


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer. `body` is None when it could not be read as JSON; `entries` are all errors of the fault."""

    status: int
    body: Mapping[str, Any] | None = None
    entries: tuple[Entry, ...] = ()
    trace_id: str = ""

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.body is not None and not self.entries

    @property
    def throttled(self) -> bool:
        """HTTP 429; the older gateway said 403 with the same code 3001."""
        return self.status == 429 or any(entry.code == "3001" for entry in self.entries)

    @property
    def unauthorised(self) -> bool:
        return self.status == 401

    def has(self, *codes: str) -> bool:
        return any(entry.code in codes for entry in self.entries)

    def fault(self, entry: Entry | None = None) -> Fault:
        """For support: the code, QBO's words, Intuit's trace id and the HTTP status."""
        return Fault(
            code=entry.code if entry else "",
            detail=entry.text if entry else "",
            trace_id=self.trace_id,
            status=self.status,
        )


def read_answer(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Everything that an answer says. Never raises: an unreadable answer has no body and no entries."""
    try:
        body = decode(text)
    except ValueError:
        return Answer(status=status, entries=tuple(_xml_entries(text)), trace_id=trace_id(headers))
    if not isinstance(body, Mapping):
        return Answer(status=status, trace_id=trace_id(headers))
    return Answer(status=status, body=body, entries=entries_of(body), trace_id=trace_id(headers))


def entries_of(body: Mapping[str, Any]) -> tuple[Entry, ...]:
    """All errors of the fault in a body, or in one item of a batch's answer."""
    fault = body.get("Fault") or body.get("fault")
    return tuple(_json_entries(fault)) if isinstance(fault, Mapping) else ()


def _json_entries(fault: Mapping[str, Any]) -> Iterator[Entry]:
    errors = fault.get("Error") or fault.get("error") or []
    for error in errors if isinstance(errors, list) else [errors]:
        if isinstance(error, Mapping):
            lower = {str(name).lower(): str(value) for name, value in error.items() if value is not None}
            message = lower.get("message", "")
            yield Entry(
                code=_code(lower.get("code", ""), message),
                message=message,
                detail=lower.get("detail", ""),
                element=lower.get("element", ""),
            )


def _xml_entries(text: str) -> Iterator[Entry]:
    for attributes, content in _XML_ERROR.findall(text):
        named = dict(_XML_ATTRIBUTE.findall(attributes))
        members = {name: html.unescape(value.strip()) for name, value in _XML_MEMBER.findall(content)}
        message = members.get("Message", "")
        yield Entry(
            code=_code(named.get("code", ""), message),
            message=message,
            detail=members.get("Detail", ""),
            element=html.unescape(named.get("element", "")),
        )


def _code(code: str, message: str) -> str:
    """The code as section 7 of qbo-facts writes it; gateways hide it in "errorCode=003001"."""
    found = _CODE_IN_TEXT.search(message)
    return (code.strip() or (found.group(1) if found else "")).lstrip("0")

"""Files: uploaded as multipart, downloaded by a link, kept with the company (qbo-facts 1.1)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from multipart import MultipartError, MultipartParser, MultipartPart, parse_options_header

from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.api.calls import includes
from connectors.quickbooks.sandbox.api.operations import write_object
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.papers import links
from connectors.quickbooks.sandbox.wire import bodies, faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

LARGEST = 100 * 1024 * 1024  # documented: 100 MB for a request
NAME = re.compile(r"file_(?P<sort>metadata|content)_?(?P<number>\d*)\Z")
LINK = re.compile(rf"{links.PATH}/(?P<realm>[^/]+)/(?P<id>[^/]+)\Z")
KIND = BY_NAME["Attachable"]


@dataclass
class _Sent:
    """One file of an upload: its metadata and its bytes, paired by the number in the parts' names."""

    metadata: Json = field(default_factory=dict)
    content: bytes | None = None
    content_type: str = ""
    file_name: str = ""


def upload(asked: Asked) -> tuple[int, Json]:
    """Answer one AttachableResponse for each file; a refused one carries its Fault, with HTTP 200 (recorded)."""
    if asked.request.method != "POST" or asked.call.rest:
        raise asked.unsupported()
    if len(asked.request.body) > LARGEST:
        raise Refusal(faults.Fault("6020", "Uploaded file is too large", f"At most {LARGEST} bytes.", None))
    sent = list(_sent(asked.request).values())
    if not any(one.content is not None for one in sent):
        raise Refusal(faults.missing("file_content_01"))
    return 200, {"AttachableResponse": [_stored(asked, one) for one in sent if one.content is not None]}


def download(asked: Asked) -> Response:
    """Answer a link to a file's content as text; raises `Refusal` 610 when there is no such file."""
    id_ = asked.call.rest.removeprefix("/")
    company = asked.company
    if company.get("Attachable", id_) is None or id_ not in company.files:
        raise Refusal(faults.not_found())
    url = links.link(company, id_, asked.now)
    return Response(200, {"Content-Type": "text/plain;charset=utf-8"}, url.encode())


def content(sandbox: Sandbox, request: Request) -> Response | None:
    """Answer a link of ours with the bytes, 403 when it is not (or no longer) good; None for another path."""
    found = LINK.match(request.path)
    if found is None:
        return None
    realm, id_ = found["realm"], found["id"]
    company = sandbox.companies.get(realm)
    until, signature = request.query.get("Expires", ""), request.query.get("Signature", "")
    now = sandbox.clock.now()
    if company is None or not links.holds(company, id_, until, signature, now):
        return Response(403, {"Content-Type": "text/plain"}, b"This link is not valid, or not any more.")
    data = company.get("Attachable", id_)
    if data is None or id_ not in company.files:
        return Response(404, {"Content-Type": "text/plain"}, b"This file was deleted.")
    return Response(200, {"Content-Type": data.get("ContentType", "application/octet-stream")}, company.files[id_])


def _stored(asked: Asked, sent: _Sent) -> Json:
    company = asked.company
    body = {**sent.metadata}
    body.setdefault("FileName", sent.file_name or "attachment")
    body.setdefault("ContentType", sent.content_type)
    try:
        write = Write(company, asked.now, includes(asked.request))
        made = write_object(write, KIND, "create", body)
    except Refusal as refusal:
        return refusal.body()
    content_ = sent.content or b""
    company.files[made["Id"]] = content_
    path = f"/v3/company/{company.realm}"
    extra = {"FileAccessUri": f"{path}/download/{made['Id']}", "Size": len(content_)}
    if str(made.get("ContentType", "")).startswith("image/"):
        extra["ThumbnailFileAccessUri"] = f"{path}/attachable-thumbnail/{made['Id']}"
    stored = {name: {**made, **extra}[name] for name in (*KIND.order, *made) if name in {**made, **extra}}
    company.put("Attachable", stored)
    return {"Attachable": links.present(company, stored, asked.now, frozenset())}


def _sent(request: Request) -> dict[str, _Sent]:
    """Pair the parts by number; a metadata part is JSON or XML, a content part plain bytes or base64."""
    paired: dict[str, _Sent] = {}
    for part in _parts(request):
        found = NAME.match(part.name or "")
        number = found["number"].lstrip("0") if found else "0"
        sent = paired.setdefault(number or "0", _Sent())
        if found and found["sort"] == "metadata":
            sent.metadata = _metadata(part)
        else:
            sent.content = _decoded(part)
            sent.content_type, sent.file_name = part.content_type, part.filename or ""
    return paired


def _parts(request: Request) -> Iterator[MultipartPart]:
    kind, options = parse_options_header(request.header("Content-Type"))
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise Refusal(faults.Fault("6030", "Upload is not multipart/form-data", "The boundary is missing.", None))
    body = BytesIO(_with_line_ends(request.body, b"--" + boundary.encode()))
    try:
        yield from MultipartParser(body, boundary, memory_limit=2 * LARGEST, spool_limit=LARGEST)
    except MultipartError as error:
        raise Refusal(faults.Fault("6030", "Upload cannot be read", str(error), None)) from None


def _with_line_ends(body: bytes, delimiter: bytes) -> bytes:
    """Write CRLF where clients write LF: python-quickbooks in every line (its files are base64), PHP before the
    boundary alone.
    """
    if body.lstrip().startswith(delimiter + b"\n"):
        return body.lstrip().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return re.sub(rb"(?<!\r)\n" + re.escape(delimiter), b"\r\n" + delimiter, body)


def _metadata(part: MultipartPart) -> Json:
    try:
        read = bodies.read(part.content_type, part.raw)
    except (ValueError, RecursionError):
        raise Refusal(faults.unreadable()) from None
    if not isinstance(read, dict):
        raise Refusal(faults.unreadable())
    inner = read.get("Attachable")
    return inner if isinstance(inner, dict) else read


def _decoded(part: MultipartPart) -> bytes:
    """Return a part's bytes; base64 comes padded, in lines of 76, or without its padding."""
    raw: bytes = part.raw
    encoding = next((value for name, value in part.headerlist if name.lower() == "content-transfer-encoding"), "")
    if encoding.strip().lower() != "base64":
        return raw
    text = b"".join(raw.split()).rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Refusal(faults.Fault("6040", "Uploaded file is not valid base64", "file_content", None)) from None

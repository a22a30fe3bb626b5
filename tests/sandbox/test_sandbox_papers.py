"""Files, printed pages and e-mails: what hangs on a document."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal

import pytest

PICTURE = bytes(range(256)) * 3


def part(name, content, content_type, *, extra=(), file_name=""):
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")
    head = [f"Content-Disposition: {disposition}", f"Content-Type: {content_type}", *extra]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


def multipart(*parts, before_boundary=b"\r\n"):
    inner = b"".join(b"--B\r\n" + one + before_boundary for one in parts)
    return inner + b"--B--\r\n"


@pytest.fixture
def upload(books):
    def post(metadata, content=PICTURE, *, extra=(), metadata_type="application/json", number="01", **more):
        text = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
        parts = (
            part(f"file_metadata_{number}", text, metadata_type),
            part(f"file_content_{number}", content, "image/png", extra=extra, file_name="p.png"),
        )
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        answer = books.session.post(f"{books.url}/upload", data=multipart(*parts, **more), headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["AttachableResponse"][0]

    return post


def to_invoice(number):
    return {"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": number}}], "FileName": "receipt.png"}


def test_an_uploaded_file_comes_back_byte_for_byte(books, upload):
    made = upload(to_invoice(books.invoice()["Id"]))["Attachable"]
    assert (made["FileName"], made["Size"], len(made["Id"])) == ("receipt.png", 768, 19)
    link = books.get(f"download/{made['Id']}")
    assert link.headers["Content-Type"].startswith("text/plain")
    assert books.session.get(link.text, headers={"Authorization": ""}).content == PICTURE
    assert books.session.get(made["TempDownloadUri"]).content == PICTURE


def test_a_link_ends_after_a_quarter_of_an_hour_and_cannot_be_bent(books, upload, sandbox):
    made = upload({"FileName": "a.png"})["Attachable"]
    link = made["TempDownloadUri"]
    assert books.session.get(link.replace(made["Id"], made["Id"][:-1] + "9")).status_code == 403
    sandbox.clock.advance(int(timedelta(minutes=16).total_seconds()))
    assert books.session.get(link).status_code == 403
    assert books.session.get(books.read("Attachable", made["Id"])["TempDownloadUri"]).status_code == 200


@pytest.mark.parametrize("text", [base64.encodebytes(PICTURE), base64.b64encode(PICTURE[:10]).rstrip(b"=")])
def test_base64_is_decoded_in_lines_and_without_its_padding(books, upload, text):
    made = upload({"FileName": "a.png"}, text, extra=("Content-Transfer-Encoding: base64",))["Attachable"]
    assert PICTURE.startswith(books.session.get(made["TempDownloadUri"]).content)
    assert made["Size"] in (10, 768)


def test_the_php_clients_bare_line_feeds_and_xml_are_read(upload):
    xml = b'<Attachable xmlns="http://schema.intuit.com/finance/v3"><FileName>monkey.jpg</FileName></Attachable>'
    made = upload(xml, metadata_type="application/xml; charset=UTF-8", number="0", before_boundary=b"\n")
    assert made["Attachable"]["FileName"] == "monkey.jpg"


def test_python_quickbooks_writes_bare_line_feeds_everywhere(books):
    body = (
        b'\n--B\nContent-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json\n\n'
        b'{"FileName": "a.txt"}\n\n--B\nContent-Disposition: form-data; name="file_content_01"\n'
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n\n--B--\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=B"}
    made = books.session.post(f"{books.url}/upload", data=body, headers=headers).json()["AttachableResponse"][0]
    assert books.session.get(made["Attachable"]["TempDownloadUri"]).content == b"hello"


def test_a_file_for_a_document_that_is_not_there_is_refused_inside_a_good_answer(upload):
    fault = upload({"AttachableRef": [{"EntityRef": {"type": "Estimate", "value": "75"}}], "FileName": "a"})["Fault"]
    assert fault["Error"][0]["code"] == "6000"
    assert "The entity Estimate 75 that you are trying to link does not exist." in fault["Error"][0]["Detail"]


def test_an_attachable_is_deleted_by_its_id_alone(books, upload):
    made = upload({"FileName": "a.png"})["Attachable"]
    deleted = books.write("Attachable", {"Id": made["Id"]}, operation="delete")
    assert deleted == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    assert books.get(f"download/{made['Id']}").status_code == 400


def test_a_note_needs_no_file_and_an_update_is_full(books):
    reference = [{"EntityRef": {"type": "Customer", "value": "1"}}]
    note = books.write("Attachable", {"Note": "call back", "AttachableRef": reference, "Tag": "x"})
    changed = books.write("Attachable", {"Id": note["Id"], "SyncToken": "0", "Note": "called"})
    assert (changed["Note"], "AttachableRef" in changed, "Tag" in changed) == ("called", False, False)
    assert books.refusal("Attachable", {"Category": "Document"})["code"] == "2020"
    assert books.refusal("Attachable", {"Note": "x", "Category": "Scroll"})["code"] == "2170"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"x", "application/json", "6030"),
        (b"", "multipart/form-data; boundary=B", "6030"),
        (multipart(part("file_metadata_0", b"{}", "application/json")), "multipart/form-data; boundary=B", "2020"),
        (multipart(part("file_metadata_0", b"{", "application/json")), "multipart/form-data; boundary=B", "2010"),
    ],
)
def test_a_broken_upload_is_refused(books, body, content_type, code):
    answer = books.session.post(f"{books.url}/upload", data=body, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == code


@pytest.mark.parametrize("accept", ["application/pdf", "application/json"])
def test_an_invoice_prints_as_a_pdf(books, bodies, accept):
    lines = [bodies.line(Decimal("10.50"), Qty=1, UnitPrice=Decimal("10.50")) for _ in range(60)]
    number = books.write("Invoice", bodies.invoice(CustomerMemo={"value": "Grüße, José 日本"}) | {"Line": lines})["Id"]
    answer = books.session.get(f"{books.url}/invoice/{number}/pdf", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.")
    assert answer.content == books.get(f"invoice/{number}/pdf").content


def test_only_papers_print(books):
    assert books.get("customer/1/pdf").json()["Fault"]["Error"][0]["code"] == "500"
    assert books.get("invoice/99999/pdf").json()["Fault"]["Error"][0]["code"] == "610"
    assert books.get("invoice/1/picture").json()["Fault"]["Error"][0]["code"] == "500"


def send(books, path, **params):
    headers = {"Content-Type": "application/octet-stream"}
    return books.session.post(f"{books.url}/{path}/send", params=params, headers=headers)


def test_sending_marks_the_invoice_as_recorded(books, sandbox):
    invoice = books.invoice(BillEmail={"Address": "old@example.com"})
    sent = send(books, f"invoice/{invoice['Id']}", sendTo="new@example.com").json()["Invoice"]
    assert (sent["EmailStatus"], sent["BillEmail"], sent["SyncToken"]) == (
        "EmailSent",
        {"Address": "new@example.com"},
        "1",
    )
    assert sent["DeliveryInfo"] == {"DeliveryType": "Email", "DeliveryTime": sent["MetaData"]["LastUpdatedTime"]}
    assert list(sent)[-2:] == ["Balance", "DeliveryInfo"]
    assert next(iter(sandbox.companies.values())).sent[0]["to"] == "new@example.com"


def test_sending_without_an_address_or_with_a_wrong_one_is_refused(books):
    number = books.invoice()["Id"]
    assert send(books, f"invoice/{number}").json()["Fault"]["Error"][0]["code"] == "6420"
    assert send(books, f"invoice/{number}", sendTo="nobody").json()["Fault"]["Error"][0]["code"] == "2210"
    assert send(books, "customer/1", sendTo="a@b.c").json()["Fault"]["Error"][0]["code"] == "500"

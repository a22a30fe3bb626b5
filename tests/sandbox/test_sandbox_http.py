"""HTTP itself, as clients of several languages write it; raw sockets where no library would send such things."""

from __future__ import annotations

import gzip
import json
import re
import socket
import zlib

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, serve
from connectors.quickbooks.sandbox.wire.compression import LARGEST

COMPANY = f"/v3/company/{FIRST_REALM}"
HEADERS = {"Authorization": "Bearer fixed-access", "Accept": "application/json"}


@pytest.fixture
def server(sandbox):
    with serve(sandbox) as running:
        yield running


@pytest.fixture
def wire(server):
    """Sends bytes over one connection, and reads whole answers from it."""
    with Wire(server) as made:
        yield made


class Wire:
    def __init__(self, server):
        self.port = server.server_address[1]
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def send(self, *lines, body=b""):
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def ask(self, target, *lines, method="GET", body=b""):
        self.send(
            f"{method} {target} HTTP/1.1", "Host: x", *(f"{a}: {b}" for a, b in HEADERS.items()), *lines, body=body
        )
        return self.read(method)

    def read(self, method="GET"):
        status = int(self.stream.readline().split()[1])
        headers = {}
        while line := self.stream.readline().strip():
            name, _, text = line.decode().partition(": ")
            headers[name.lower()] = text
        body = b"" if method == "HEAD" or status == 100 else self.stream.read(int(headers["content-length"]))
        return status, headers, body

    def ended(self):
        return self.stream.read() == b""


def chunked(*parts):
    return b"".join(b"%x;note=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nTrailer: x\r\n\r\n"


def test_a_chunked_body_is_read_and_the_connection_goes_on(wire, bodies):
    text = json.dumps(bodies.invoice()).encode()
    sent = chunked(text[:7], text[7:])
    status, _, body = wire.ask(f"{COMPANY}/invoice", "Transfer-Encoding: chunked", method="POST", body=sent)
    assert (status, json.loads(body)["Invoice"]["TotalAmt"]) == (200, 100)
    assert wire.ask(f"{COMPANY}/customer/1")[0] == 200


def test_a_client_that_waits_for_100_is_told_to_go_on(wire, bodies):
    text = json.dumps(bodies.invoice()).encode()
    lines = [f"{name}: {value}" for name, value in HEADERS.items()]
    wire.send(
        f"POST {COMPANY}/invoice HTTP/1.1", "Host: x", *lines, f"Content-Length: {len(text)}", "Expect: 100-continue"
    )
    assert wire.read()[0] == 100
    wire.socket.sendall(text)
    assert wire.read()[0] == 200


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_body_is_unpacked(server, bodies, pack):
    body = pack(json.dumps(bodies.invoice()).encode())
    headers = HEADERS | {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = requests.post(f"{server.url}{COMPANY}/invoice", data=body, headers=headers, timeout=30)
    assert answer.status_code == 200


def test_a_body_that_is_not_packed_as_it_says_is_not_understood(books):
    answer = books.session.post(f"{books.url}/invoice", data=b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "500")


def test_an_answer_is_packed_for_who_asks(wire):
    plain = wire.ask(f"{COMPANY}/customer/1")
    refused = wire.ask(f"{COMPANY}/customer/1", "Accept-Encoding: gzip;q=0")
    packed = wire.ask(f"{COMPANY}/customer/1", "Accept-Encoding: deflate, gzip")
    assert "content-encoding" not in plain[1] | refused[1]
    assert packed[1]["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed[2]))["Customer"] == json.loads(plain[2])["Customer"]


def test_head_answers_the_headers_of_get(wire):
    _, shown, _ = wire.ask(f"{COMPANY}/customer/1", method="HEAD")
    _, headers, body = wire.ask(f"{COMPANY}/customer/1")
    assert int(shown["content-length"]) == len(body)
    assert shown["content-type"] == headers["content-type"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_no_resource_has_is_an_unsupported_operation(books, method):
    answer = books.session.request(method, f"{books.url}/customer/1")
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "500")
    assert method in answer.json()["Fault"]["Error"][0]["Detail"]


def test_options_tells_the_methods(books):
    answer = books.session.options(f"{books.url}/customer/1")
    assert (answer.status_code, answer.headers["Allow"]) == (200, "HEAD, GET, POST, OPTIONS")


@pytest.mark.parametrize(
    "target",
    [
        f"/v3//company/{FIRST_REALM}//customer/1",
        f"{COMPANY}/customer/1/",
        f"http://quickbooks.example{COMPANY}/customer/1",
        f"{COMPANY}/customer/1?requestid=abc&minorversion=75&",
        f"{COMPANY}/customer/1#part",
    ],
)
def test_an_address_may_be_written_in_many_ways(wire, target):
    assert wire.ask(target)[0] == 200


def test_a_query_that_nobody_has_encoded_is_read_as_utf_8(wire):
    status, _, body = wire.ask(f"{COMPANY}/query?query=select+*+from+Customer+where+DisplayName='Señor'")
    assert (status, json.loads(body)["QueryResponse"]) == (200, {})


def test_a_company_without_a_resource_is_an_unsupported_operation(books):
    answer = books.session.get(f"{books.url}")
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "500")


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        (["Content-Length: many"], b"", 400),
        (["Content-Length: -5"], b"", 400),
        ([f"Content-Length: {LARGEST + 1}"], b"", 413),
        (["Transfer-Encoding: chunked"], b"xyz\r\n", 400),
        (["Transfer-Encoding: chunked"], b"3\r\nabcdef\r\n", 400),
        (["Transfer-Encoding: brotli"], b"", 501),
    ],
)
def test_a_body_whose_length_makes_no_sense_ends_the_connection(wire, lines, body, status):
    answered = wire.ask(f"{COMPANY}/invoice", *lines, method="POST", body=body)
    assert (answered[0], answered[1]["connection"]) == (status, "close")
    assert wire.ended()


@pytest.mark.parametrize(
    "line", ["nonsense", "GET / HTTP/9.9 and more", "BREW /coffee HTTP/1.1", "GET http://[oops HTTP/1.1"]
)
def test_what_is_no_http_gets_a_page_and_no_traceback(wire, line, capsys):
    wire.send(line, "Host: x")
    answer = wire.stream.read()
    assert re.search(rb"<h1>(400|501|505) ", answer)
    assert capsys.readouterr().err == ""


def test_a_client_that_leaves_in_the_middle_of_a_body_has_asked_nothing(server, sandbox, capsys):
    before = sandbox.companies[FIRST_REALM].store.count("Invoice")
    with Wire(server) as gone:
        lines = [f"{name}: {value}" for name, value in HEADERS.items()]
        gone.send(f"POST {COMPANY}/invoice HTTP/1.1", "Host: x", *lines, "Content-Length: 999", body=b'{"Customer')
        gone.socket.shutdown(socket.SHUT_WR)
        assert gone.ended()
    assert sandbox.companies[FIRST_REALM].store.count("Invoice") == before
    assert capsys.readouterr().err == ""


def test_a_client_may_ask_for_the_end_of_the_connection(wire):
    assert wire.ask(f"{COMPANY}/customer/1", "Connection: close")[1]["connection"] == "close"
    assert wire.ended()


def test_an_old_client_is_kept_on_when_it_asks(wire):
    lines = [f"{name}: {value}" for name, value in HEADERS.items()]
    for _ in range(2):
        wire.send(f"GET {COMPANY}/customer/1 HTTP/1.0", "Connection: keep-alive", *lines)
        assert wire.read()[1]["connection"] == "keep-alive"


def test_no_header_can_be_smuggled_into_an_answer(server):
    asked = {"client_id": "a", "redirect_uri": "http://x/\r\nSet-Cookie: a=b", "action": "connect"}
    answer = requests.post(f"{server.url}/connect/oauth2", data=asked, allow_redirects=False, timeout=30)
    assert "Set-Cookie" not in answer.headers


def test_the_headers_are_intuits(books):
    good, bad = books.get("customer/1"), books.get("customer/999999")
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", good.headers["Date"])
    assert good.headers["Qbo-Version"]
    assert good.headers["Service-Time"].startswith("total=")
    assert "charset" not in bad.headers["Content-Type"]
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", bad.headers["intuit_tid"])

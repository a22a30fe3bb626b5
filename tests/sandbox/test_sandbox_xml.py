"""Clients that speak XML: Ruby, PHP, older Java and .NET programs read and write the same books."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from connectors.quickbooks.sandbox.wire import jsontext, xmlreading, xmltext

NAMESPACE = "http://schema.intuit.com/finance/v3"
INVOICE = f"""<?xml version="1.0" encoding="utf-8"?>
<ns0:Invoice xmlns:ns0="{NAMESPACE}">
  <ns0:DocNumber>X-1</ns0:DocNumber>
  <ns0:Line>
    <ns0:Amount>42.0</ns0:Amount>
    <ns0:DetailType>SalesItemLineDetail</ns0:DetailType>
    <ns0:SalesItemLineDetail>
      <ns0:ItemRef name="Services">1</ns0:ItemRef><ns0:Qty>2</ns0:Qty><ns0:UnitPrice>21</ns0:UnitPrice>
    </ns0:SalesItemLineDetail>
  </ns0:Line>
  <ns0:CustomerRef>1</ns0:CustomerRef>
  <ns0:CustomerMemo>Thank you</ns0:CustomerMemo>
</ns0:Invoice>"""


def found(element, path):
    return element.find("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))


@pytest.fixture
def xml(books):
    """Post or get XML and return the root element of the answer."""

    def call(method, path, body="", status=200, **params):
        headers = {"Accept": "application/xml", "Content-Type": "application/xml"}
        answer = books.session.request(
            method, f"{books.url}/{path}", data=body.encode(), headers=headers, params=params
        )
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"].lower().startswith("application/xml")
        return fromstring(answer.content)

    return call


def test_an_invoice_goes_in_and_comes_back_as_xml(xml, books):
    root = xml("POST", "invoice", INVOICE)
    assert root.tag == f"{{{NAMESPACE}}}IntuitResponse"
    invoice = found(root, "Invoice")
    assert (invoice.get("domain"), invoice.get("sparse")) == ("QBO", "false")
    assert found(invoice, "TotalAmt").text == "42.00"
    assert found(invoice, "CustomerRef").text == "1"
    assert found(invoice, "CustomerRef").get("name") == "Amy's Bird Sanctuary"
    assert found(invoice, "CustomerMemo").text == "Thank you"
    assert books.read("Invoice", found(invoice, "Id").text)["DocNumber"] == "X-1"


def test_an_object_begins_with_its_id_and_ends_with_its_own_members(xml):
    names = [child.tag.rpartition("}")[2] for child in found(xml("POST", "invoice", INVOICE), "Invoice")]
    assert names[:3] == ["Id", "SyncToken", "MetaData"]
    assert names.index("Balance") < names.index("AllowIPNPayment")


def test_a_sparse_update_says_so_in_an_attribute(xml, books):
    invoice = books.invoice(PrivateNote="kept")
    body = f'<Invoice xmlns="{NAMESPACE}" sparse="true"><Id>{invoice["Id"]}</Id><SyncToken>0</SyncToken>'
    xml("POST", "invoice", f"{body}<DocNumber>S-1</DocNumber></Invoice>")
    changed = books.read("Invoice", invoice["Id"])
    assert (changed["DocNumber"], changed["PrivateNote"]) == ("S-1", "kept")


def test_a_whole_read_object_can_be_posted_back_to_delete_it(xml, books):
    number = books.invoice()["Id"]
    body = books.get(f"invoice/{number}", format="xml").text
    inner = body[body.index("<Invoice") : body.index("</IntuitResponse>")].replace(
        "<Invoice", f'<Invoice xmlns="{NAMESPACE}"', 1
    )
    deleted = found(xml("POST", "invoice", inner, operation="delete"), "Invoice")
    assert (deleted.get("status"), found(deleted, "Id").text) == ("Deleted", number)


def test_a_query_answers_its_counts_as_attributes(xml):
    page = found(xml("GET", "query", query="select * from Customer startposition 2 maxresults 3"), "QueryResponse")
    assert (page.get("startPosition"), page.get("maxResults"), len(page)) == ("2", "3", 3)
    assert found(xml("GET", "query", query="select count(*) from Customer"), "QueryResponse").get("totalCount")


def test_a_refusal_is_a_fault_with_its_code_in_an_attribute(xml):
    fault = found(
        xml("POST", "customer", "<Customer><DisplayName>Weiskopf Consulting</DisplayName></Customer>", 400), "Fault"
    )
    assert fault.get("type") == "ValidationFault"
    assert found(fault, "Error").get("code") == "6240"
    assert found(fault, "Error/Message").text == "Duplicate Name Exists Error"


def test_an_unknown_token_is_told_in_xml_too(xml, books):
    books.session.headers["Authorization"] = "Bearer unknown"
    assert found(xml("GET", "customer/1", status=401), "Fault/Error").get("code") == "3200"


def test_a_batch_in_xml_answers_each_item(xml):
    vendor = "<Vendor><DisplayName>Smith Grocery</DisplayName></Vendor>"
    gone = "<Invoice><Id>99999</Id><SyncToken>0</SyncToken></Invoice>"
    body = (
        f'<IntuitBatchRequest xmlns="{NAMESPACE}"><BatchItemRequest bId="a" operation="create">{vendor}'
        '</BatchItemRequest><BatchItemRequest bId="b"><Query>select * from Item maxresults 2</Query></BatchItemRequest>'
        f'<BatchItemRequest bId="c" operation="delete">{gone}</BatchItemRequest></IntuitBatchRequest>'
    )
    items = {item.get("bId"): item for item in xml("POST", "batch", body)}
    assert found(items["a"], "Vendor/DisplayName").text == "Smith Grocery"
    assert found(items["b"], "QueryResponse").get("maxResults") == "2"
    assert found(items["c"], "Fault/Error").get("code") == "610"


@pytest.mark.parametrize("accept", ["*/*", "application/xml", "text/xml", ""])
def test_who_does_not_ask_for_json_gets_xml(books, accept):
    answer = books.session.get(f"{books.url}/customer/1", headers={"Accept": accept})
    assert answer.content.startswith(b"<?xml")


@pytest.mark.parametrize(
    "accept", ["application/json", "application/json, text/plain, */*", "application/pdf, application/json"]
)
def test_who_asks_for_json_gets_json(books, accept):
    assert "Customer" in books.session.get(f"{books.url}/customer/1", headers={"Accept": accept}).json()


def test_xml_in_and_json_out_is_possible_as_the_dotnet_client_does(books):
    answer = books.session.post(f"{books.url}/invoice", data=INVOICE, headers={"Content-Type": "application/xml"})
    assert answer.json()["Invoice"]["DocNumber"] == "X-1"


def test_broken_xml_and_entity_bombs_are_refused_like_broken_json(xml):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Customer><DisplayName>&b;</DisplayName></Customer>'
    for body in ("<Customer>", bomb):
        assert found(xml("POST", "customer", body, 400), "Fault/Error").get("code") == "2010"


def test_reading_what_was_written_gives_the_same_object(books):
    sent = books.read("Invoice", books.invoice(PrivateNote='a "b" <c> & d', CustomerMemo={"value": "x"})["Id"])
    text = xmltext.dumps({"Invoice": sent})
    inner = text[text.index("<Invoice") : text.index("</IntuitResponse>")]
    read = xmlreading.loads(inner.encode())
    assert read["PrivateNote"] == sent["PrivateNote"]
    assert read["CustomerRef"] == sent["CustomerRef"]
    assert [line.get("Id") for line in read["Line"]] == [line.get("Id") for line in sent["Line"]]
    assert jsontext.dumps(read["BillAddr"]) == jsontext.dumps(sent["BillAddr"])


def test_lines_of_a_payment_show_their_extras_without_noise(books):
    invoice = books.invoice(100)
    payment = books.payment(100, (invoice["Id"], 100))
    text = xmltext.dumps({"Payment": payment})
    assert f"<LineEx><NameValue><Name>txnId</Name><Value>{invoice['Id']}</Value></NameValue>" in text

"""A document as a page to print: a real PDF, plain and legible, the same bytes for the same document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import FontFace

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.api.operations import read
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.messages import Response

TITLES = {
    "Invoice": "Invoice",
    "Estimate": "Estimate",
    "SalesReceipt": "Sales Receipt",
    "CreditMemo": "Credit Memo",
    "RefundReceipt": "Refund Receipt",
    "PurchaseOrder": "Purchase Order",
    "Payment": "Payment Receipt",
}
FONT = "Helvetica"
GREY, INK, PAPER = 110, 20, 240
WIDTHS = (100, 22, 28, 30)
ADDRESS_LINES = ("Line1", "Line2", "Line3", "Line4", "Line5")


def document(asked: Asked, kind: Kind, id_: str) -> Response:
    """Answer a document's PDF; raises `Refusal` 500 for an entity that has none, 610 when it is not there."""
    if kind.name not in TITLES:
        raise asked.unsupported()
    page = render(asked.company, kind.name, read(asked.company, kind, id_))
    return Response(200, {"Content-Type": "application/pdf"}, page)


def render(company: Company, kind: str, data: Json) -> bytes:
    """Draw a document on Letter paper; pages follow as needed."""
    pdf = FPDF(format="Letter")
    pdf.set_creation_date(clock.moment(data["MetaData"]["CreateTime"]))
    pdf.set_title(_plain(f"{TITLES[kind]} {data.get('DocNumber', data['Id'])}"))
    pdf.set_margins(18, 16)
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.add_page()
    _head(pdf, company, kind, data)
    _table(pdf, data)
    _totals(pdf, data)
    _foot(pdf, data)
    return bytes(pdf.output())


def _head(pdf: FPDF, company: Company, kind: str, data: Json) -> None:
    information = company.information
    _line(pdf, information["CompanyName"], size=15, bold=True)
    for text in _address(information.get("CompanyAddr", {})):
        _line(pdf, text, shade=GREY)
    pdf.ln(8)
    _line(pdf, TITLES[kind].upper(), size=22, bold=True)
    pdf.ln(2)
    for label, text in _facts(data):
        pdf.set_font(FONT, size=10)
        pdf.set_text_color(GREY)
        pdf.cell(32, 6, label)
        _line(pdf, text)
    pdf.ln(4)
    party = data.get("CustomerRef") or data.get("VendorRef") or {}
    _line(pdf, party.get("name", ""), size=12, bold=True)
    for text in _address(data.get("BillAddr") or data.get("VendorAddr") or {}):
        _line(pdf, text, shade=GREY)
    pdf.ln(6)


def _facts(data: Json) -> Iterator[tuple[str, str]]:
    yield "Number", str(data.get("DocNumber") or data.get("PaymentRefNum") or data["Id"])
    yield "Date", data.get("TxnDate", "")
    if "DueDate" in data:
        yield "Due", data["DueDate"]
    if "SalesTermRef" in data:
        yield "Terms", data["SalesTermRef"].get("name", "")


def _table(pdf: FPDF, data: Json) -> None:
    pdf.set_font(FONT, size=10)
    pdf.set_text_color(INK)
    headings = FontFace(emphasis="BOLD", color=INK, fill_color=PAPER)
    aligned = (Align.L, Align.R, Align.R, Align.R)
    with pdf.table(
        col_widths=WIDTHS, text_align=aligned, headings_style=headings, borders_layout="HORIZONTAL_LINES", line_height=7
    ) as table:
        for cells in (("Description", "Qty", "Rate", "Amount"), *_rows(data.get("Line", []))):
            row = table.row()
            for cell in cells:
                row.cell(_plain(cell))
    pdf.ln(4)


def _rows(lines: list[Json]) -> Iterator[tuple[str, str, str, str]]:
    for line in lines:
        if line.get("DetailType") == "GroupLineDetail":
            yield from _rows(line["GroupLineDetail"].get("Line", []))
        elif line.get("DetailType") != "SubTotalLineDetail":
            detail = line.get(line.get("DetailType", ""), {})
            yield _description(line, detail), _number(detail, "Qty"), _number(detail, "UnitPrice"), _money(line)


def _description(line: Json, detail: Json) -> str:
    linked = ", ".join(f"{one['TxnType']} {one['TxnId']}" for one in line.get("LinkedTxn", []))
    names = (line.get("Description"), detail.get("ItemRef", {}).get("name"), detail.get("AccountRef", {}).get("name"))
    return next((text for text in (*names, linked) if text), "Discount" if "DiscountPercent" in detail else "")


def _totals(pdf: FPDF, data: Json) -> None:
    tax = data.get("TxnTaxDetail", {}).get("TotalTax", 0)
    currency = data.get("CurrencyRef", {}).get("value", "")
    rows = [("Tax", tax)] if tax else []
    rows.append((f"Total {currency}".strip(), data.get("TotalAmt", 0)))
    if "Balance" in data:
        rows.append(("Balance due", data["Balance"]))
    for label, amount in rows:
        pdf.set_font(FONT, "B" if label != "Tax" else "", 11)
        pdf.set_text_color(INK)
        pdf.cell(150, 7, _plain(label), align=Align.R)
        pdf.cell(30, 7, f"{Decimal(amount):,.2f}", align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _foot(pdf: FPDF, data: Json) -> None:
    memo = data.get("CustomerMemo", {}).get("value", "")
    if memo:
        pdf.ln(6)
        pdf.set_font(FONT, size=10)
        pdf.set_text_color(GREY)
        pdf.multi_cell(0, 6, _plain(memo))


def _line(pdf: FPDF, text: str, *, size: int = 10, bold: bool = False, shade: int = INK) -> None:
    pdf.set_font(FONT, "B" if bold else "", size)
    pdf.set_text_color(shade)
    pdf.cell(0, size * 6 // 10, _plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _address(address: Json) -> Iterator[str]:
    yield from (address[name] for name in ADDRESS_LINES if address.get(name))
    place = " ".join(address[name] for name in ("CountrySubDivisionCode", "PostalCode") if address.get(name))
    city = ", ".join(part for part in (address.get("City"), place) if part)
    if city:
        yield city


def _number(detail: Json, name: str) -> str:
    return format(Decimal(detail[name]).normalize(), "f") if name in detail else ""


def _money(line: Json) -> str:
    return f"{Decimal(line['Amount']):,.2f}" if "Amount" in line else ""


def _plain(text: str) -> str:
    """The built-in fonts hold Western European letters; any other is shown as a question mark, never refused."""
    return text.encode("cp1252", errors="replace").decode("cp1252")

"""Lines of a journal entry: numbered from 0, each a debit or a credit, in balance (recorded: journal_entries_2026)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import every_line
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.open_accounts import check_name
from connectors.quickbooks.sandbox.rules.references import named, person
from connectors.quickbooks.sandbox.rules.sales_lines import with_ids
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DETAIL = "JournalEntryLineDetail"
DETAIL_ORDER = ("PostingType", "Entity", "AccountRef", "ClassRef", "DepartmentRef")
DROPPED = ("TaxInclusiveAmt", "JournalCodeRef")


def complete_lines(write: Write, journal: Json, before: Json | None) -> list[Json]:
    """Return a journal's lines.

    Raises:
        Refusal: 2020 or 2170 for an incomplete line, 2500, 6000 without a name on A/R or A/P, 2300 out of balance.
    """
    numbered = with_ids(journal["Line"], before, first=0)
    lines = every_line.completed(lambda line: _line(write.company, line), numbered)
    booked = [line for line in lines if DETAIL in line]
    if not booked:
        raise Refusal(faults.missing("Line"))
    if len(booked) == 1:
        raise Refusal(faults.business("Fill out at least two detail lines to continue."))
    signed = (line["Amount"] if line[DETAIL]["PostingType"] == "Debit" else -line["Amount"] for line in booked)
    if sum(signed, ZERO):
        raise Refusal(faults.unbalanced())
    return lines


def _line(company: Company, line: Json) -> Json:
    kind = line.get("DetailType")
    head: Json = {name: line[name] for name in ("Id", "LineNum", "Description") if name in line}
    if kind == "DescriptionOnly":
        return {**head, "DetailType": kind, "DescriptionLineDetail": line.get("DescriptionLineDetail", {})}
    if kind != DETAIL:
        raise Refusal(
            faults.missing("Line.DetailType") if kind is None else faults.invalid_choice("Line.DetailType", str(kind))
        )
    if "Amount" not in line:
        raise Refusal(faults.missing("Line.Amount"))
    amount = money(line["Amount"], "Line.Amount")
    if amount < 0:
        raise Refusal(faults.negative_total())
    detail = _detail(company, line.get(DETAIL, {}))
    return {**head, "Amount": amount, "DetailType": DETAIL, DETAIL: detail, "CustomExtensions": []}


def _detail(company: Company, sent: Json) -> Json:
    for name in ("PostingType", "AccountRef"):
        if not sent.get(name):
            raise Refusal(faults.missing(name))  # recorded without the path of the line
    if sent["PostingType"] not in ("Debit", "Credit"):
        raise Refusal(faults.invalid_choice("PostingType", str(sent["PostingType"])))
    detail = {name: value for name, value in sent.items() if name not in DROPPED and value not in ({}, "")}
    detail["AccountRef"] = named(company, detail["AccountRef"], "Account")
    for name, kind in (("ClassRef", "Class"), ("DepartmentRef", "Department")):
        if name in detail:
            detail[name] = named(company, detail[name], kind)
    concerned = _person(company, detail.pop("Entity", None))
    check_name(company, detail["AccountRef"], concerned["Type"] if concerned else "")
    if concerned:
        detail["Entity"] = concerned
    return {name: detail[name] for name in (*DETAIL_ORDER, *detail) if name in detail}


def _person(company: Company, entity: Json | None) -> Json | None:
    """Return whom a line concerns: a Type beside a nested EntityRef (qbo-facts 2.3)."""
    reference = (entity or {}).get("EntityRef")
    if not entity or not reference:
        return None
    kind, found = person(company, reference, entity.get("Type", reference.get("type")))
    return {"Type": kind, "EntityRef": {"value": found["Id"], "name": found["DisplayName"]}}

"""The way through QuickBooks on the page of an error: an ordered list below what is to be done."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from errors.kinds import CustomerNotFound
from errors.language import steps
from errors.problem import Problem
from tests.support.browsing import Reader, signed_in, text
from tests.support.planting import Field
from worker.site.people import Role

EVIL = '<script>alert("x")</script>{{ 7 * 7 }}'


def way(answer: Any) -> list[str]:
    """The steps as they are read, one after the other."""
    listed = re.search(r'<ol class="steps">(.*?)</ol>', answer.text, re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", listed[1]) if listed else []


def expected(name: str, language: str) -> list[str]:
    told = steps(Problem(kind=CustomerNotFound, subject="x", facts={"name": name}), language)
    return [step.replace(">", "&gt;").replace('"', "&#34;") for step in told]


def test_the_page_tells_each_step_in_its_order(eva: Reader, field: Field) -> None:
    error = field.missing_customer("Ana Ruiz")
    shown = eva.get(f"/errors/{error}")
    assert way(shown) == expected("Ana Ruiz", "en")
    assert text(shown).index("What to do:") < text(shown).index("New customer") < text(shown).index("What is known")


def test_a_spanish_reader_finds_the_menus_in_spanish(app: FastAPI, field: Field) -> None:
    error = field.missing_customer("Ana Ruiz")
    luis = signed_in(app, Role.VIEWER, "luis", language="es")
    shown = way(luis.get(f"/errors/{error}"))
    assert shown == expected("Ana Ruiz", "es")
    assert "Ventas &gt; Clientes" in shown[0]


def test_markup_in_a_name_does_nothing_in_a_step(eva: Reader, field: Field) -> None:
    shown = eva.get(f"/errors/{field.missing_customer(EVIL)}")
    assert "<script>alert" not in shown.text
    assert any("&lt;script&gt;" in step and "{{ 7 * 7 }}" in step for step in way(shown))


def test_a_list_of_errors_stays_a_list(eva: Reader, field: Field) -> None:
    field.missing_customer("Ana Ruiz")
    assert way(eva.get("/errors")) == []

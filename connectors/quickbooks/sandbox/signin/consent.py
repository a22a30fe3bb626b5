"""The page on which a person chooses a company and connects, or does not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources
from string import Template

CARRIED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def consent_page(asked: Mapping[str, str], companies: Mapping[str, str]) -> str:
    """Return the page's HTML; `companies` maps realm ids to names."""
    hidden = "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in CARRIED if name in asked
    )
    options = "\n".join(
        f'<option value="{escape(realm)}">{escape(name)} ({escape(realm)})</option>'
        for realm, name in companies.items()
    )
    return _template().substitute(client=escape(asked.get("client_id", "")), hidden=hidden, options=options)


@cache
def _template() -> Template:
    page = resources.files("connectors.quickbooks.sandbox.signin").joinpath("consent.html")
    return Template(page.read_text(encoding="utf-8"))

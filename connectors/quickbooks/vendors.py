"""The processor as a vendor: found by name, else created. Safe to repeat whatever happened before."""

from __future__ import annotations

from datetime import timedelta

from connectors.quickbooks.client import Client, FaultError
from connectors.quickbooks.faults import Context, problems_of
from connectors.quickbooks.matching import has_name
from connectors.quickbooks.mirror.mirror import Mirror
from connectors.quickbooks.searching import MINUTE, Search
from connectors.quickbooks.writing import write_once
from errors.kinds import InactiveReference
from errors.problem import Fact, Problem, ProblemError, phrase


class Vendors:
    """Vendor ids by name, remembered: a vendor is looked up once."""

    def __init__(self, client: Client, search: Search, mirror: Mirror) -> None:
        self._client = client
        self._search = search
        self._mirror = mirror
        self._ids: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        """The vendor of this name; one is made when there is none.

        A name that a customer or employee holds gets the suffix "(Vendor)" (qbo-facts 2.2).

        Raises:
            ProblemError: InactiveReference, or that QuickBooks does not answer or refuses.
        """
        if name not in self._ids:
            found = self._found(name) or self._made(name)
            self._ids[name] = found or self._found(f"{name} (Vendor)") or self._made(f"{name} (Vendor)") or ""
            if not self._ids[name]:
                raise ProblemError(self._inactive(self._ids.pop(name) or name))
        return self._ids[name]

    def _found(self, name: str, no_older_than: timedelta = MINUTE) -> str:
        found = self._search.named("Vendor", [name], no_older_than)
        rows = [row for row in found if has_name(row, "DisplayName", name)]
        active = [row for row in rows if row.get("Active", True)]
        if rows and not active:
            raise ProblemError(self._inactive(name))
        return str(active[0]["Id"]) if active else ""

    def _made(self, name: str) -> str:
        """The new vendor's id; "" when the name is taken by somebody else."""
        answer = write_once(self._client, "Vendor", {"DisplayName": name}, name)
        if answer.ok:
            vendor = (answer.body or {})["Vendor"]
            self._mirror.remember("Vendor", [vendor])
            return str(vendor["Id"])
        if answer.has("6240"):  # made a moment ago by somebody, or by us with the answer lost
            return self._found(name, timedelta(0))
        raise FaultError(problems_of(answer, Context(company=self._client.company))[0], answer)

    def _inactive(self, name: str) -> Problem:
        facts: dict[str, Fact] = {"document": name, "detail": phrase("the vendor {name} cannot be used", name=name)}
        return Problem(kind=InactiveReference, subject=f"vendor {self._client.company} {name}", facts=facts)

"""What a person orders to be mended in QuickBooks itself. Each looks first, so it is safe to repeat at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.documents import Customer, Service, name_of
from connectors.quickbooks.client import Client, FaultError
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.faults import Context, problems_of
from connectors.quickbooks.matching import Row, bare_name, inactive_among, match_customer, match_service
from connectors.quickbooks.mirror.mirror import Mirror
from connectors.quickbooks.searching import Search
from connectors.quickbooks.setup import SetUp
from connectors.quickbooks.writing import write_once
from errors.kinds import CustomerInactive, ServiceInactive
from errors.problem import Phrase, phrase

LONGEST_METHOD = 31  # QBO: PaymentMethod.Name, qbo-facts 2.2
NOW = timedelta(0)  # a person decided upon what they saw: nothing is mended on older knowledge


class Mending:
    """One company's. Every method raises ProblemError where QuickBooks does not answer, and what it refuses."""

    def __init__(self, client: Client, search: Search, setup: SetUp, mirror: Mirror) -> None:
        self._client = client
        self._search = search
        self._setup = setup
        self._mirror = mirror

    def reactivate(self, document: Customer | Service, order: str) -> Phrase | None:
        """As the contract says, of one that is found as it is matched."""
        rows = self._alike(document)
        match = match_customer(document, rows) if isinstance(document, Customer) else match_service(document, rows)
        if match.remote is not None:
            return None
        if match.problem is None:
            return phrase("QuickBooks has none of this name any more")
        if match.problem.kind not in {CustomerInactive, ServiceInactive}:
            return Phrase(match.problem.kind.sentence(), match.problem.facts)
        found = inactive_among(document, rows)
        if not found:
            return phrase("what has this name in QuickBooks cannot stand on an invoice line")
        if len(found) > 1:
            return phrase("{count} inactive ones in QuickBooks could be meant; Cuadre does not guess", count=len(found))
        return self.activate(document, str(found[0]["Id"]), order)

    def create_method(self, name: str, order: str, *, credit_card: bool) -> Phrase | None:
        """As the contract says."""
        if len(name) > LONGEST_METHOD:
            return phrase("{name} is longer than the 31 characters of a payment method in QuickBooks", name=name)
        if any(str(row.get("Name", "")).casefold() == name.casefold() for row in self._client.rows("PaymentMethod")):
            self._setup.distrust()
            return None
        body = {"Name": name, "Type": "CREDIT_CARD" if credit_card else "NON_CREDIT_CARD"}
        answer = write_once(self._client, "PaymentMethod", body, name, order)
        if answer.has("6240"):
            return phrase("QuickBooks has a payment method of this name already, an inactive one perhaps")
        if not answer.ok:
            raise FaultError(problems_of(answer, Context(company=self._client.company, body=body))[0], answer)
        self._mirror.remember("PaymentMethod", [(answer.body or {})["PaymentMethod"]])
        self._setup.distrust()
        return None

    def _alike(self, document: Customer | Service) -> list[Row]:
        if isinstance(document, Customer):
            return self._search.customers_like([document], NOW)
        return self._search.items_like([document], NOW)

    def activate(self, document: Customer | Service, target_id: str, order: str) -> Phrase | None:
        """As it stands this very moment: somebody may have been faster, and the write needs its latest version."""
        entity = ENTITIES[document.kind].name
        held = self._client.one(entity, target_id)
        if held is None:
            return phrase("QuickBooks has none of this name any more")
        if held.get("Active", True):
            self._mirror.remember(entity, [held])
            return None
        field = "DisplayName" if isinstance(document, Customer) else "Name"
        version = str(held["SyncToken"])
        body = {"Id": target_id, "SyncToken": version, "sparse": True, "Active": True}
        named = {**body, field: bare_name(held, field, document.name)}
        answer = write_once(self._client, entity, named, "reactivate", target_id, version, order)
        if answer.has("5010"):
            return phrase("somebody changed it in QuickBooks at this very moment; order it again")
        if not answer.ok:
            raise FaultError(problems_of(answer, self._context(document, named))[0], answer)
        self._mirror.remember(entity, [(answer.body or {})[entity]])
        return None

    def _context(self, document: Customer | Service, body: Mapping[str, Any]) -> Context:
        return Context(
            company=self._client.company,
            kind=document.kind,
            local_id=document.local_id,
            name=name_of(document),
            body=body,
        )

"""Which customer of QuickBooks a local one is, for programs: look for it, choose or create it, take a link back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, Field

from connectors.documents import DocumentKind
from errors.kinds import Action
from errors.language import _, told
from errors.listing import list_errors
from errors.selection import Selection
from worker import customers
from worker.api.companies import Company, asked, known
from worker.api.entrance import MayAct, MayRead, Shared, too_many
from worker.api.errors import ErrorId, Why, decide, must_exist, order_told
from worker.api.problems import NotSoError, documented
from worker.api.shapes import Amount, OrderAnswer, Text, plain
from worker.customers import Found
from worker.state import items
from worker.state.database import reading

router = APIRouter(tags=["customers"])


def _usable(name: str) -> str:
    if reason := customers.unusable_name(name):
        raise ValueError(reason)
    return name


class CustomerShape(BaseModel):
    """A customer of QuickBooks."""

    id: str = Field(examples=["58"])
    name: str = Field(examples=["Larch, Pedro"])
    email: str
    active: bool
    owner: str | None = Field(description="Your own customer that is linked to it; such a one cannot be chosen.")
    url: str


class ChosenCustomer(Why):
    """`customer`: its id in QuickBooks, as a search answers it."""

    customer: Annotated[str, Field(pattern=r"^[0-9]+$", max_length=customers.LONGEST_ID, examples=["58"])]


class NewCustomer(Why):
    """`name`: what it is to be called in QuickBooks; empty: as in the local books."""

    name: Annotated[Text, AfterValidator(_usable), Field(examples=["Ana Ruiz (Customer)"])] = ""


class WrongLink(Why):
    """`local_id`: of the customer in the local books."""

    local_id: Annotated[Text, Field(min_length=1, examples=["c1"])]


class LeftOutShape(BaseModel):
    """An account that is not synced."""

    local_id: str = Field(examples=["c1"])
    name: str
    error_id: int = Field(description="`unskip` it to sync the account again.")
    documents: int = Field(description="How many wait for it.")
    sums: dict[str, Amount]
    by: str
    why: str


@router.get(
    "/api/v1/companies/{company}/customers",
    summary="Customers of QuickBooks by name or e-mail",
    responses=documented(401, 403, 404, 409, 422, 429),
)
def search(
    company: Company,
    q: Annotated[Text, Query(min_length=customers.SHORTEST, max_length=customers.LONGEST, examples=["larch"])],
    counter: Shared,
    key: MayRead,
) -> list[CustomerShape]:
    """Those in use first; at most 20. It counts among the number checks of a key."""
    known(counter, company)
    wait = counter.number_checks.take(key.id)
    if wait:
        raise too_many(wait)
    return [_shape(each) for each in asked(counter, company, lambda opened: customers.search(opened, q))]


@router.get(
    "/api/v1/companies/{company}/left-out",
    summary="Accounts that are not synced",
    responses=documented(401, 403, 404, 422, 429),
)
def left_out(company: Company, counter: Shared, _key: MayRead) -> list[LeftOutShape]:
    known(counter, company)
    with reading(counter.desk.engine) as connection:
        found = customers.left_out(connection, company)
    return [
        LeftOutShape(
            local_id=each.decision.key,
            name=each.decision.value,
            error_id=each.decision.error_id,
            documents=each.documents,
            sums={currency: plain(total) or "0" for currency, total in each.sums.items()},
            by=each.decision.by,
            why=each.decision.why,
        )
        for each in found
    ]


@router.post(
    "/api/v1/companies/{company}/customers/unlink",
    summary="A customer is linked to the wrong one",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def unlink(company: Company, wrong: WrongLink, counter: Shared, key: MayAct) -> OrderAnswer:
    """`done`: the error that is open from now on, where the right one is chosen."""
    known(counter, company)
    wanted = (DocumentKind.CUSTOMER, wrong.local_id)
    with counter.desk.engine.begin() as connection:
        item = items.by_key(connection, company, {wanted}).get(wanted)
        if item is None:
            raise NotSoError(404, "not-found", _("No such document was seen in the local books yet."))
        done = customers.unlink(connection, item, by=key.name, why=wrong.why, now=counter.desk.clock.now())
    return order_told(done)


@router.post(
    "/api/v1/errors/{id}/link-customer",
    summary="Link the customer to one of QuickBooks",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def link(id: ErrorId, chosen: ChosenCustomer, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - its name in the path
    """The next tick looks whether it still can be."""
    now = counter.desk.clock.now()
    with counter.desk.engine.begin() as connection:
        must_exist(connection, id)
        (row,) = list_errors(connection, Selection(ids=(id,)), 1, sample=0)
        told = {"by": key.name, "why": chosen.why}
        done = customers.choose(connection, row.company, id, chosen.customer, now=now, **told)
    return order_told(done)


@router.post(
    "/api/v1/errors/{id}/create-customer",
    summary="Create the customer in QuickBooks",
    status_code=202,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
def create(id: ErrorId, new: NewCustomer, counter: Shared, key: MayAct) -> OrderAnswer:  # noqa: A002 - its name in the path
    """Whatever the policy for missing customers says, under its own or another name."""
    return decide(counter, key, Action.CREATE_CUSTOMER, id, new.name, new)


def _shape(found: Found) -> CustomerShape:
    return CustomerShape(
        id=found.choice.remote.target_id,
        name=found.choice.name,
        email=found.choice.email,
        active=found.choice.remote.active,
        owner=told(found.owner) if found.owner else None,
        url=found.address,
    )

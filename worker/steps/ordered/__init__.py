"""How each sort of order is carried out: a new one is one file here, and its line."""

from __future__ import annotations

from collections.abc import Mapping

from errors.kinds import Action
from worker.steps.ordered import customers, mending, numbers, plain, sided
from worker.steps.ordered.carrier import CannotBeError as CannotBeError, Carrier as Carrier, Task as Task

CARRIERS: Mapping[Action, Carrier] = {
    Action.RESYNC: plain.RESYNC,
    Action.SKIP: plain.SKIP,
    Action.UNSKIP: plain.UNSKIP,
    Action.DELETE: plain.DELETE,
    Action.USE_NUMBER: numbers.USE_NUMBER,
    Action.LINK: sided.LINK,
    Action.LINK_PUSH: sided.LINK_PUSH,
    Action.PUSH: sided.PUSH,
    Action.KEEP: sided.KEEP,
    Action.RECREATE: sided.RECREATE,
    Action.LINK_CUSTOMER: customers.LINK,
    Action.CREATE_CUSTOMER: customers.CREATE,
    Action.LEAVE_OUT: customers.LEAVE_OUT,
    Action.UNLINK: customers.UNLINK,
    Action.REACTIVATE: mending.REACTIVATE,
    Action.CHOOSE_ACCOUNT: mending.CHOOSE_ACCOUNT,
    Action.CREATE_METHOD: mending.CREATE_METHOD,
    Action.USE_METHOD: mending.USE_METHOD,
}

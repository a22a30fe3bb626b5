"""The guards of which customer it is: nobody is shared, guessed or made twice, and who is left out stays silent."""

from __future__ import annotations

from tests.mutants.catalogue import Mutant

STORY = "tests/story/test_story_customers.py"
CARRIER = "worker/steps/ordered/customers.py"

CUSTOMERS = (
    Mutant(
        removes="the owner of a chosen customer",
        file=CARRIER,
        old="    if other := owner(company, item, remote.target_id):\n",
        new="    if (other := owner(company, item, remote.target_id)) == item.local_id:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the use of a chosen customer",
        file=CARRIER,
        old="    if not remote.active:\n",
        new="    if not remote:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the look for the name of a new customer",
        file=CARRIER,
        old="    if stands_in_the_way(match) and not itself:\n",
        new="    if stands_in_the_way(match) and itself:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the link of a customer that only gets another name",
        file=CARRIER,
        old="        decisions.save(connection, replace(decided, instead_of=task.answer.name))\n",
        new="        decisions.save(connection, replace(decided, instead_of=task.answer.name))\n"
        "        _without_link(connection, company, item)\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the end of a wrong link",
        file=CARRIER,
        old="        links.forget(connection, found)\n",
        new="",
        tests=(STORY,),
    ),
    Mutant(
        removes="the name for as long as the local books say the same",
        file="worker/rules/customers.py",
        old=" or decision.instead_of != customer.name:",
        new=":",
        tests=(STORY,),
    ),
    Mutant(
        removes="a new customer's own address from the look for who it is",
        file="worker/rules/customers.py",
        old='replace(customer, email="")',
        new="replace(customer)",
        tests=(STORY,),
    ),
    Mutant(
        removes="the age of a customer that is found by its address",
        file="connectors/quickbooks/finding.py",
        old=" and _is_new(row, lost.posting.since)]",
        new="]",
        tests=(STORY,),
    ),
    Mutant(
        removes="the silence of what comes for an account that is left out",
        file="worker/steps/prepare.py",
        old=" for item, document in candidates if item.id not in left]",
        new=" for item, document in candidates]",
        tests=(STORY,),
    ),
    Mutant(
        removes="what waits already for an account that is left out",
        file=CARRIER,
        old="for item in (customer, *theirs)",
        new="for item in (customer, *theirs[:0])",
        tests=(STORY,),
    ),
    Mutant(
        removes="the end of leaving an account out",
        file="worker/steps/ordered/plain.py",
        old="        decisions.drop(connection, company.name, DocumentKind.CUSTOMER, customers, Matter.LEAVE_OUT)\n",
        new="        pass\n",
        tests=(STORY,),
    ),
)

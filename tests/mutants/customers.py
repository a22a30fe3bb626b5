"""The guards of which customer it is: nobody is shared, guessed or made twice, and who is left out stays silent."""

from __future__ import annotations

from tests.mutants.catalogue import Mutant

STORY = "tests/story/test_story_customers.py"
GUARDS = "tests/story/test_story_customer_guards.py"
LEFT_OUT = "tests/story/test_story_left_out.py"
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
        old="        decisions.save(connection, created)\n",
        new="        decisions.save(connection, created)\n        _without_link(connection, company, task, item)\n",
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
        removes="the name alone by which a new customer that may share its address is found",
        file="connectors/quickbooks/finding.py",
        old=" and not posting.named",
        new="",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="the QuickBooks company that a customer was chosen in",
        file=CARRIER,
        old="    if realm_id != company.realm_id:\n",
        new="    if not company.realm_id:\n",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="the customer that something was posted for",
        file="worker/steps/referring.py",
        old="            if target_id in known.before[key[1]]:\n",
        new="            if target_id in known.before:\n",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="the new look at what is ready to leave for the wrong customer",
        file=CARRIER,
        old="    items.move_all(connection, [(each, anew) for each in theirs], State.SEEN, company.clock.now())\n",
        new="",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="the wait of who was linked to the wrong customer for a person",
        file="worker/steps/ordered/customers.py",
        old="        decisions.save(connection, unlinked)\n",
        new="",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="what was sent for the wrong customer, and was lost, from what is sent again",
        file="worker/steps/recover.py",
        old="for document in order.documents} | set(theirs)\n",
        new="for document in order.documents}\n",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="the wait of an order for all documents of its customer",
        file="worker/steps/orders.py",
        old="    about = task.about if carrier.whole_account else None\n",
        new="    about = None\n",
        tests=(GUARDS,),
    ),
    Mutant(
        removes="the one decision for several errors of a customer",
        file=CARRIER,
        old="        decided = known.get(item.local_id, new)\n",
        new="        decided = new\n",
        tests=(LEFT_OUT,),
    ),
    Mutant(
        removes="what another customer's documents need of an account that is left out",
        file="worker/steps/referring.py",
        old="        if not waits_with(company, item, other):\n",
        new="        if True:\n",
        tests=(LEFT_OUT,),
    ),
    Mutant(
        removes="the new look at what belonged to an account that is left out",
        file="worker/steps/detect.py",
        old=" and item.error_id not in left\n",
        new="\n",
        tests=(LEFT_OUT,),
    ),
    Mutant(
        removes="the place of what is left out when it is skipped, too",
        file="worker/steps/ordered/plain.py",
        old="if document not in out}",
        new="if document}",
        tests=(LEFT_OUT,),
    ),
    Mutant(
        removes="what stands under an error by the time that a skip is undone",
        file="worker/steps/ordered/plain.py",
        old="    items.wake(connection, company.name, documents, {State.SKIPPED}, now)\n",
        new="    wake(connection, company, tasks, State.SKIPPED)\n",
        tests=(LEFT_OUT,),
    ),
    Mutant(
        removes="the account of a fee's payment",
        file="worker/steps/decided.py",
        old=" | _of_payments(company, candidates)\n",
        new="\n",
        tests=(LEFT_OUT,),
    ),
    Mutant(
        removes="the one customer that an account is left out for",
        file="errors/listing.py",
        old="if about_one or each not in OF_CUSTOMERS)",
        new="if about_one or each)",
        tests=(LEFT_OUT,),
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
        old="(item, *task.concerned, *theirs)}",
        new="(item, *task.concerned)}",
        tests=(STORY,),
    ),
    Mutant(
        removes="the end of leaving an account out",
        file="worker/steps/ordered/plain.py",
        old="    decisions.drop(connection, company.name, DocumentKind.CUSTOMER, customers, Matter.LEAVE_OUT)\n",
        new="",
        tests=(STORY,),
    ),
)

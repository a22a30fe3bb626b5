"""The guards of what Cuadre mends by order: nothing is guessed, and nothing is written twice."""

from __future__ import annotations

from tests.mutants.catalogue import Mutant

STORY = "tests/story/test_story_mending.py"

MENDING = (
    Mutant(
        removes="the refusal to guess among several inactive ones",
        file="connectors/quickbooks/mending.py",
        old="        if len(found) > 1:\n",
        new="        if False:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the look at whether it is active already",
        file="connectors/quickbooks/mending.py",
        old="        if match.remote is not None:\n            return None\n",
        new="",
        tests=(STORY,),
    ),
    Mutant(
        removes="the second look at an account that was chosen",
        file="worker/steps/ordered/mending.py",
        old="    if account not in company.target.income_accounts():\n",
        new="    if not company.target.income_accounts():\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="what a chosen account stands for: the row may name another one by now",
        file="worker/steps/chosen.py",
        old=" and document.income_account == decision.instead_of:",
        new=":",
        tests=(STORY,),
    ),
    Mutant(
        removes="the services and customers that a document names, when one of them is inactive",
        file="worker/steps/ordered/mending.py",
        old="if remote is not None and not remote.active]",
        new="if False]",
        tests=(STORY,),
    ),
    Mutant(
        removes="the look at whether a payment method is there already",
        file="connectors/quickbooks/mending.py",
        old="            self._setup.distrust()\n            return None\n",
        new="            pass\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the second look at a payment method that was chosen",
        file="worker/steps/ordered/mending.py",
        old="    if method not in company.target.payment_methods():\n",
        new="    if not company.target.payment_methods():\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="what ends an order that another one replaces",
        file="errors/deciding.py",
        old="    (Action.CREATE_METHOD, Action.USE_METHOD),\n",
        new="",
        tests=(STORY,),
    ),
    Mutant(
        removes="one request id for all tries of an order",
        file="connectors/quickbooks/writing.py",
        old='    named = "\\0".join((client.company_id, entity.lower(), *wanted))\n',
        new='    named = "\\0".join((client.company_id, entity.lower(), *wanted, str(client.session.calls)))\n',
        tests=(STORY,),
    ),
)

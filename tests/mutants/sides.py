"""The guards of what is ordered after a look at both sides: nothing unseen is overwritten, and nothing is shared."""

from __future__ import annotations

from tests.mutants.catalogue import Mutant

STORY = "tests/story/test_story_sides.py"
CRASHES = "tests/faults/test_ordered_crashes.py"

SIDES = (
    Mutant(
        removes="the second look at what a person has seen",
        file="worker/steps/ordered/sided.py",
        old="    if found.seen != task.order.value:\n",
        new="    if not found.seen:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="equal totals before a link",
        file="worker/rules/sides.py",
        old="    if sides.agrees:\n",
        new="    if sides:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="the owner of a holder",
        file="worker/rules/sides.py",
        old="    if sides.owner is not None:\n",
        new="    if sides.owner == sides.item.name:\n",
        tests=(STORY,),
    ),
    Mutant(
        removes="another generation for what is created again",
        file="worker/steps/ordered/sided.py",
        old="generation=found.item.generation + 1, ",
        new="",
        tests=(STORY, CRASHES),
    ),
    Mutant(
        removes="the marker of a lost answer on a holder",
        file="worker/sides.py",
        old="linked or recipient(holder.marker, company.name, item.kind)",
        new="linked",
        tests=(STORY,),
    ),
    Mutant(
        removes="the wait of an order for an unknown outcome",
        file="worker/steps/ordered/sided.py",
        old="LINK_PUSH = Carrier(inside=_link_and_push, outside=_look, reaches_target=True, after_sending=True)",
        new="LINK_PUSH = Carrier(inside=_link_and_push, outside=_look, reaches_target=True)",
        tests=(STORY,),
    ),
)

"""The guards, each with the patch that removes it and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CRASHES = "tests/faults/test_crash_points.py"
REPLIES = "tests/faults/test_lost_replies.py"
INTENTS = "tests/faults/test_intents.py"
BATCHES = "tests/story/test_story_batches.py"
ONCE = "tests/story/test_story_exactly_once.py"
LEASES = "tests/state/test_state_leases.py"
WEBHOOKS = "tests/api/test_api_webhooks.py"
ENTRANCE = "tests/api/test_api_entrance.py"
BESIDE = "tests/quickbooks/test_quickbooks_beside.py"


class PatchError(Exception):
    """The text that a mutant replaces does not stand in its file exactly once: the mutant must follow the code."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`removes`: the guard. `old` becomes `new`. `tests`: the narrowest that should catch it, as pytest takes them."""

    removes: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def apply(self, root: Path) -> str:
        """Change the file below `root`; what it said before.

        Raises:
            PatchError: the text to replace is not there, or stands there more than once.
        """
        path = root / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            raise PatchError(f"{self.removes}: found {text.count(self.old)} times in {self.file}: {self.old!r}")
        path.write_text(text.replace(self.old, self.new))
        return text


MUTANTS = (
    Mutant(
        removes="the request id",
        file="connectors/quickbooks/client.py",
        old='wanted = {**(params or {}), "requestid": request_id}',
        new="wanted = {**(params or {})}",
        tests=(INTENTS, REPLIES),
    ),
    Mutant(
        removes="the same request id when a document is sent again",
        file="worker/steps/post.py",
        old="    if item.request_id is not None:\n        return replace(item, state=State.SENDING)\n",
        new="",
        tests=(BATCHES, REPLIES),
    ),
    Mutant(
        removes="the commit of the intent before the call",
        file="worker/steps/post.py",
        old="""        intended = intend(company, chosen)
        if intended:
            outcomes = company.target.post([posting(item) for item in intended])
""",
        new="""        fresh = company.new_request_id()
        planned = [_intended(item, fresh, place, len(chosen)) for place, item in enumerate(chosen, start=1)]
        outcomes = company.target.post([posting(item) for item in planned])
        intended = intend(company, chosen)
        if intended:
""",
        tests=(INTENTS, CRASHES),
    ),
    Mutant(
        removes="the recovery query: what has no answer is sent again blind",
        file="worker/steps/recover.py",
        old="    return dict(company.target.find(lost))\n",
        new="    return {}\n",
        tests=(BATCHES, CRASHES),
    ),
    Mutant(
        removes="the time for which a call without an answer is left alone",
        file="worker/steps/post.py",
        old='"not_before": now + company.settle,',
        new='"not_before": None,',
        tests=(REPLIES,),
    ),
    Mutant(
        removes="our marker when a document is looked for: any other of its number and day will do",
        file="connectors/quickbooks/finding.py",
        old='    ours = (row for row in rows if marker_of(str(row.get("PrivateNote", ""))) == lost.posting.marker)\n',
        new="    ours = iter(rows)\n",
        tests=(BATCHES, "tests/quickbooks"),
    ),
    Mutant(
        removes="the lease: two workers work on one company",
        file="worker/state/leases.py",
        old=".where(table.company == self.company, ours | (table.expires_at <= now))",
        new=".where(table.company == self.company)",
        tests=(LEASES,),
    ),
    Mutant(
        removes="the lease's fence in every transaction",
        file="worker/state/leases.py",
        old="        if fence is None or row is None or (row.owner, row.fence) != (self.owner, fence):\n",
        new="        if False:\n",
        tests=(LEASES,),
    ),
    Mutant(
        removes="the look at the lease before each call",
        file="worker/state/leases.py",
        old="            while self._wanted and self._due(self._now()):",
        new="            while False:",
        tests=(LEASES,),
    ),
    Mutant(
        removes="the limiter",
        file="connectors/throttle.py",
        old="            wait = max(calls.wait(moment.timestamp()) for calls in counting)\n",
        new="            wait = 0.0\n",
        tests=("tests/quickbooks/test_quickbooks_throttle.py",),
    ),
    Mutant(
        removes="the pause after HTTP 429",
        file="connectors/throttle.py",
        old="            if self._paused_until is not None and moment < self._paused_until:\n",
        new="            if False:\n",
        tests=("tests/quickbooks/test_quickbooks_throttle.py",),
    ),
    Mutant(
        removes="the overlap window: a row that is committed late is never seen",
        file="worker/steps/detect.py",
        old="overlap=company.overlap)",
        new="overlap=company.overlap * 0)",
        tests=("tests/story/test_story_late_commits.py",),
    ),
    Mutant(
        removes="the refresher's lock: every thread and process renews the tokens",
        file="connectors/tokens.py",
        old="        while not self._store.take_lease(company, owner):\n",
        new="        while False:\n",
        tests=("tests/quickbooks/test_quickbooks_tokens.py",),
    ),
    Mutant(
        removes="the second look under the refresher's lock",
        file="connectors/tokens.py",
        old="            return self._ask(token) if self._due(token) else token\n",
        new="            return self._ask(token)\n",
        tests=("tests/quickbooks/test_quickbooks_tokens.py",),
    ),
    Mutant(
        removes="compare-and-set: what somebody else has moved meanwhile is overwritten",
        file="worker/state/items.py",
        old="        .where(items.c.id == item.id, items.c.state == item.state)\n        .values(state=to",
        new="        .where(items.c.id == item.id)\n        .values(state=to",
        tests=("tests/state/test_state_database.py",),
    ),
    Mutant(
        removes="the comparison of both totals",
        file="worker/steps/link.py",
        old="    if removed or remote.total is None or item.amount is None or remote.total == item.amount:\n",
        new="    if True:\n",
        tests=("tests/story/test_story_errors.py",),
    ),
    Mutant(
        removes="the look at numbers that are taken",
        file="worker/steps/number.py",
        old="            if not _wants_check(item) or not _taken(company, item, numbers):\n",
        new="            if True:\n",
        tests=("tests/story/test_story_errors.py",),
    ),
    Mutant(
        removes="the look at what changed while its document was under way",
        file="worker/steps/link.py",
        old="item.sent_version not in {None, present[item.id].version}]",
        new="False]",
        tests=("tests/story/test_story_guards.py", "tests/story/test_story_more_guards.py"),
    ),
    Mutant(
        removes="the wait for a commit to be durable on PostgreSQL",
        file="worker/state/database.py",
        old='    connection.execute("SET synchronous_commit = on")\n',
        new="",
        tests=("tests/state/test_state_database.py",),
    ),
    Mutant(
        removes="the rule that what was said to fail may have been carried out (HTTP 500)",
        file="connectors/quickbooks/outcomes.py",
        old="    if answer.status >= 500 or answer.has(*TELLS_NOTHING):\n",
        new="    if False:\n",
        tests=(REPLIES,),
    ),
    Mutant(
        removes="the overlap of two questions for changes: what shows a little later is never known",
        file="connectors/quickbooks/mirror/mirror.py",
        old="if one.entity in entities) - OVERLAP\n",
        new="if one.entity in entities)\n",
        tests=("tests/quickbooks/test_quickbooks_mirror.py",),
    ),
    Mutant(
        removes="the circuit breaker: a QuickBooks that is down is asked in every tick",
        file="worker/steps/breaker.py",
        old="    if company.clock.now() < again and not ordered:\n",
        new="    if False:\n",
        tests=("tests/story/test_story_fairness.py",),
    ),
    Mutant(
        removes="the signature of a webhook",
        file="worker/api/webhooks.py",
        old='    if not telling.genuine(body, request.headers.get(SIGNATURE, ""), tokens):\n',
        new="    if False:\n",
        tests=(WEBHOOKS,),
    ),
    Mutant(
        removes="the verifier tokens: any signature that decodes to the right length is one",
        file="worker/api/telling.py",
        old="        found |= hmac.compare_digest(hmac.new(token.encode(), body, hashlib.sha256).digest(), given)\n",
        new="        found |= bool(token) and len(given) == hashlib.sha256().digest_size\n",
        tests=(WEBHOOKS,),
    ),
    Mutant(
        removes="what makes a webhook's repeated delivery the same event",
        file="worker/api/telling.py",
        old='        key=_hash("event", realm, name),\n',
        new='        key=_hash("event", realm, name, str(id(told))),\n',
        tests=(WEBHOOKS,),
    ),
    Mutant(
        removes="what a webhook is for: the copy of QuickBooks' lists counts as old",
        file="worker/steps/news.py",
        old="            company.target.expire(company.realm_id)\n",
        new="            pass\n",
        tests=(WEBHOOKS,),
    ),
    Mutant(
        removes="the webhook's wish for a look",
        file="worker/api/webhooks.py",
        old="                wishes.want(connection, company, by=BY, now=now)\n",
        new="                pass\n",
        tests=(WEBHOOKS,),
    ),
    Mutant(
        removes="our own writes told back by webhook: each would cost a read",
        file="worker/steps/news.py",
        old="    if not told:\n        return set()\n",
        new="    return set()\n",
        tests=(WEBHOOKS,),
    ),
    Mutant(
        removes="the scopes of API keys",
        file="worker/api/entrance.py",
        old="        if scope not in key.scopes:\n",
        new="        if False:\n",
        tests=(ENTRANCE,),
    ),
    Mutant(
        removes="the secret part of an API key",
        file="worker/state/keys.py",
        old="if hmac.compare_digest(kept, _hash(given)) and row is not None else None",
        new="if row is not None else None",
        tests=(ENTRANCE,),
    ),
    Mutant(
        removes="the limit of wrong API keys from one address",
        file="worker/api/entrance.py",
        old="        if given:\n            counter.wrong_keys.take(address)\n",
        new="",
        tests=(ENTRANCE,),
    ),
    Mutant(
        removes="the limit of requests with one API key",
        file="worker/api/entrance.py",
        old="        wait = counter.requests.take(key.id)\n",
        new="        wait = 0.0\n",
        tests=(ENTRANCE,),
    ),
    Mutant(
        removes="the session of its own of who asks beside the ticks: their guard would be taken away",
        file="connectors/quickbooks/opening.py",
        old="        return self._opened(company, self.open_target(company).throttle)\n",
        new="        return self.open_target(company)\n",
        tests=(BESIDE,),
    ),
)

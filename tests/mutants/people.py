"""The guards around people: who gets in by the sign-in service, what is written down, who is told of whose company."""

from __future__ import annotations

from tests.mutants.catalogue import Mutant

OPENID = ("tests/site/test_site_openid.py", "tests/site/test_site_openid_refused.py")
AUDIT = "tests/site/test_site_audit.py"
READERS = "tests/queue/test_errors_readers.py"

PEOPLE = (
    Mutant(
        removes="the sign-in's state of the same browser",
        file="worker/site/openid.py",
        old="if not cookie or not hmac.compare_digest(way.state.encode(), ",
        new="if not cookie or not hmac.compare_digest(state.encode(), ",
        tests=OPENID,
    ),
    Mutant(
        removes="the one return of a sign-in",
        file="worker/site/openid.py",
        old="delete(openid_starts).where(mine).returning(openid_starts.c.back)",
        new="select(openid_starts.c.back).where(mine)",
        tests=OPENID,
    ),
    Mutant(
        removes="the end of the sign-in's ten minutes",
        file="worker/site/openid.py",
        old=" & (openid_starts.c.at > visit.now - FOR_A_START)",
        new="",
        tests=OPENID,
    ),
    Mutant(
        removes="the sign-in's own nonce",
        file="worker/openid/token.py",
        old='"nonce": expected.nonce, ',
        new="",
        tests=OPENID,
    ),
    Mutant(
        removes="the audience of the sign-in's token",
        file="worker/openid/token.py",
        old=', "value": expected.client_id',
        new="",
        tests=OPENID,
    ),
    Mutant(
        removes="the issuer of the sign-in's token",
        file="worker/openid/token.py",
        old=', "value": expected.issuer',
        new="",
        tests=OPENID,
    ),
    Mutant(
        removes="the signatures that only the sign-in service can make",
        file="worker/openid/token.py",
        old="JWSRegistry(algorithms=ALGORITHMS,",
        new='JWSRegistry(algorithms=("none", "HS256", *ALGORITHMS),',
        tests=OPENID,
    ),
    Mutant(
        removes="the service's own mark of a person at sign-in",
        file="worker/site/admission.py",
        old=' & (users.c.subject == "")',
        new="",
        tests=OPENID,
    ),
    Mutant(
        removes="the doubt about an unverified address at sign-in",
        file="worker/site/admission.py",
        old="if not who.verified:",
        new="if not who.verified and not who.name:",
        tests=OPENID,
    ),
    Mutant(
        removes="the fresh session of a sign-in",
        file="worker/site/openid.py",
        old="        desk.keeper.end(connection, visit.cookie)\n",
        new="",
        tests=OPENID,
    ),
    Mutant(
        removes="the patience of forged keys with the sign-in service",
        file="worker/openid/provider.py",
        old="self._known(now, AGAIN).keys",
        new="self._known(now, AGAIN - AGAIN).keys",
        tests=OPENID,
    ),
    Mutant(
        removes="the silence of the audit about people",
        file="worker/site/audit.py",
        old="return tuple(Subject) if visit.may(Role.ADMIN) else OPEN_TO_ALL",
        new="return tuple(Subject)",
        tests=(AUDIT,),
    ),
    Mutant(
        removes="the one line of a lock-out in the audit",
        file="worker/site/keeping.py",
        old="if connection.execute(select(deeds.c.id).where(*told).limit(1)).first() is None:",
        new="if told:",
        tests=(AUDIT,),
    ),
    Mutant(
        removes="the mails of a company that nobody hears of",
        file="errors/notices.py",
        old="telling(now - habits.patience), ours)",
        new="telling(now - habits.patience))",
        tests=(READERS,),
    ),
    Mutant(
        removes="the news of a mail that waited",
        file="errors/stale.py",
        old="        if not news.number:\n",
        new="        if not news.number and not news.gone:\n",
        tests=(READERS,),
    ),
)

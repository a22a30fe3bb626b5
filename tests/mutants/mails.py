"""The guards of the mails: each told once, to whom it may concern, and nothing of a name or a key gets out."""

from __future__ import annotations

from tests.mutants.catalogue import Mutant

MAIL = "tests/queue/test_errors_mail.py"
TROUBLE = "tests/queue/test_errors_mail_trouble.py"
NOTICES = "tests/queue/test_errors_notices.py"
MESSAGE = "tests/queue/test_errors_message.py"
STEPS = "tests/queue/test_errors_steps.py"
CHANNELS = "tests/queue/test_errors_channels.py"

MAILS = (
    Mutant(
        removes="the claim of a mail before it leaves",
        file="errors/outbox.py",
        old='claimed = {"not_before": now + LEASE,',
        new='claimed = {"not_before": now,',
        tests=(MAIL,),
    ),
    Mutant(
        removes="the same Message-ID when a mail is sent again",
        file="errors/mail.py",
        old='message["Message-ID"] = f"<{mail.message_id}@',
        new='message["Message-ID"] = f"<{mail.message_id}{uuid4().hex}@',
        tests=(TROUBLE,),
    ),
    Mutant(
        removes="the check of the mail server's certificate",
        file="errors/mail.py",
        old="smtp.starttls(context=context)",
        new="smtp.starttls()",
        tests=(TROUBLE,),
    ),
    Mutant(
        removes="the end of a run when the mail server goes away",
        file="errors/mail.py",
        old="if smtp.sock is None:",
        new="if False:",
        tests=(TROUBLE,),
    ),
    Mutant(
        removes="the rule that an error is told once",
        file="errors/untold.py",
        old="errors.state = 'open' AND errors.mailed_at IS NULL",
        new="errors.state = 'open'",
        tests=(NOTICES,),
    ),
    Mutant(
        removes="the rule that what was skipped is not told",
        file="errors/untold.py",
        old="errors.state = 'open' AND errors.mailed_at IS NULL",
        new="errors.mailed_at IS NULL",
        tests=(NOTICES,),
    ),
    Mutant(
        removes="the window in which a burst becomes one digest",
        file="errors/notices.py",
        old="if now - row.created_at < habits.window:",
        new="if False:",
        tests=(NOTICES,),
    ),
    Mutant(
        removes="the gathering of news while the mail server is down",
        file="errors/notices.py",
        old="return connection.execute(got.limit(1)).first() is None",
        new="return False",
        tests=(NOTICES,),
    ),
    Mutant(
        removes="the hour between two mails about one company that stops",
        file="errors/notices.py",
        old="now - known.since < AGAIN and",
        new="False and",
        tests=(NOTICES,),
    ),
    Mutant(
        removes="the escaping of names in mails",
        file="errors/message.py",
        old='select_autoescape(["html"])',
        new="False",
        tests=(MESSAGE,),
    ),
    Mutant(
        removes="the escaping of words that text and html of a mail share",
        file="errors/message.py",
        old="_plainly(function) for macro",
        new="function for macro",
        tests=(MESSAGE,),
    ),
    Mutant(
        removes="the single bearable line that a mail makes of any text",
        file="errors/message.py",
        old="return cut(plain(value)) if",
        new="return value if",
        tests=(MESSAGE,),
    ),
    Mutant(
        removes="the shortness of a mail about many problems",
        file="errors/digest.py",
        old="return self.number <= FEW",
        new="return True",
        tests=(STEPS,),
    ),
    Mutant(
        removes="the bearable line of a step in a mail",
        file="errors/message.py",
        old="[cut(plain(step)) for step in",
        new="[step for step in",
        tests=(STEPS,),
    ),
    Mutant(
        removes="the facts of a kind that only its steps name",
        file="errors/kinds/kind.py",
        old="texts = (cls.sentence(), cls.fix, *cls.steps)",
        new="texts = (cls.sentence(), cls.fix)",
        tests=(STEPS,),
    ),
    Mutant(
        removes="the silence of our logs about a channel's address",
        file="errors/channels.py",
        old='logging.getLogger("apprise").propagate = False',
        new="pass",
        tests=(CHANNELS,),
    ),
)

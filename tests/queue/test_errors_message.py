"""What a mail says to the person who opens it: one template, every language, and nothing of a name can do harm."""

from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from errors import catalogue, samples
from errors.digest import Digest
from errors.kinds import KINDS, Category, CustomerNotFound, Verb
from errors.letterhead import Letterhead, Recipient
from errors.mail import Letter, MailSettings, envelope
from errors.message import LONGEST_SUBJECT, LONGEST_TEXT, MAILS, render
from errors.problem import Fault, Problem
from errors.samples import VALUES, sample
from tests.support.postbox import NOON

ANA, LUIS = Recipient(address="ana@example.com"), Recipient(address="luis@example.com", language="es")
MEXICO = Recipient(address="mx@example.com", language="es-MX")
PLAIN = Letterhead()
SITE = Letterhead(site="https://books.example/cuadre", zone=ZoneInfo("America/Mexico_City"))
HOSTILE = '<img src=x onerror="alert(1)">{{ 7 * 7 }}{% raw %}`rm -rf`&amp;\r\nBcc: all@example.com\u202e\x00'


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names, self.addresses, self.open = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]
        assert not [name for name, _value in attrs if name.startswith("on")]
        if tag not in {"meta", "br", "img", "!doctype"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags(html: str) -> Tags:
    parsed = Tags()
    parsed.feed(html)
    parsed.close()
    assert parsed.open == []
    return parsed


def digest_of(name: str, number: int = 1, company: str = "acme") -> Digest:
    (row, *_others) = samples.VALUES["problems"](NOON)["digest"].rows
    problem = Problem(kind=CustomerNotFound, subject=name, facts={"name": name})
    rows = [replace(row, id=place, problem=problem, company=company) for place in range(1, min(number, 50) + 1)]
    return Digest(rows=rows, counts={(company, Category.ACCOUNTS): number}, open=number)


def test_every_folder_of_templates_is_a_kind_with_a_sample_and_the_other_way_round():
    assert {folder.name for folder in MAILS.iterdir() if folder.is_dir()} == set(VALUES)


@pytest.mark.parametrize("letterhead", [PLAIN, SITE], ids=["commands", "links"])
@pytest.mark.parametrize("kind", VALUES)
def test_every_mail_reads_in_both_languages_and_has_words_for_those_who_see_no_html(kind, letterhead):
    english, spanish = (sample(kind, to, letterhead, NOON) for to in (ANA, LUIS))
    assert english.subject != spanish.subject
    for message in (english, spanish):
        assert message.subject.startswith(("Cuadre: ", "Re: Cuadre: "))
        assert len(message.text) > 20
        for words in (message.subject, message.text, message.html):
            assert "None" not in words
        assert "{" not in message.subject + message.text
    assert '<html lang="en">' in english.html
    assert '<html lang="es">' in spanish.html


@pytest.mark.parametrize("kind", VALUES)
def test_nothing_in_a_mail_is_fetched_from_anywhere_and_its_tags_are_closed(kind):
    found = tags(sample(kind, ANA, SITE, NOON).html)
    assert not found.names & {"img", "script", "link", "iframe", "form", "object"}
    assert all(address.startswith(SITE.site) for address in found.addresses)


def test_what_a_spanish_reader_sees_holds_no_english_sentence():
    english = {text for text in catalogue.messages() if len(text) > 25 and "{" not in text}
    spanish = catalogue.load("es")
    same = {text for text in english if str(spanish[text].string) == text}
    for kind in VALUES:
        message = sample(kind, LUIS, PLAIN, NOON)
        assert [text for text in english - same if text in message.text or text in message.html] == []


def test_figures_dates_and_times_follow_the_reader_and_the_zone():
    values = {"digest": digest_of("Ana", 12_345)}
    assert "12,345 new problems" in render("problems", ANA, PLAIN, **values).text
    assert "12.345 problemas nuevos" in render("problems", LUIS, PLAIN, **values).text
    assert "12,345 problemas nuevos" in render("problems", MEXICO, PLAIN, **values).text
    assert "12.310,55 USD" in sample("problems", LUIS, PLAIN, NOON).text
    assert "12,310.55 USD" in sample("problems", MEXICO, PLAIN, NOON).text
    assert "Mar 9, 2026, 12:00 PM UTC" in sample("token", ANA, PLAIN, NOON).text
    assert "9 mar 2026, 12:00 UTC" in sample("token", LUIS, PLAIN, NOON).text
    assert "Mar 9, 2026, 6:00 AM CST" in sample("token", ANA, SITE, NOON).text
    ahead = Letterhead(zone=timezone(timedelta(hours=14), "LINT"))
    assert "Mar 10, 2026, 2:00 AM LINT" in sample("token", ANA, ahead, NOON).text


@pytest.mark.parametrize("to", [ANA, LUIS], ids=["en", "es"])
def test_a_hostile_name_is_shown_as_it_is_and_does_nothing(to):
    one = digest_of(HOSTILE, company=HOSTILE)
    values = {"digest": replace(one, counts=dict(one.counts) | {("other", Category.INVOICES): 1})}
    message = render("problems", to, SITE, **values)
    found = tags(message.html)
    assert "img" not in found.names
    assert "&lt;img" in message.html
    assert "{{ 7 * 7 }}" in message.text
    assert "\u202e" not in message.html + message.text + message.subject
    assert "\r" not in message.subject
    assert "\n" not in message.subject
    letter = Letter(
        kind="problems",
        recipient=to.address,
        language=to.language,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id="x",
    )
    sent = envelope(letter, MailSettings(host="m", port=25, sender="c@example.com"), NOON)
    assert sent["Bcc"] is None
    assert sent.get_all("subject") == [sent["Subject"]]
    assert b"\nBcc:" not in sent.as_bytes().partition(b"\r\n\r\n")[0]


def test_a_name_of_any_length_makes_no_mail_of_any_length():
    message = render("problems", ANA, PLAIN, digest=digest_of("x" * 100_000, company="y" * 100_000))
    assert len(message.subject) <= LONGEST_SUBJECT
    assert all(len(line) <= LONGEST_TEXT + 200 for line in message.text.splitlines())
    assert "…" in message.text


def test_a_digest_of_many_companies_is_bearable():
    rows = digest_of("Ana", 50).rows
    counts = {(f"company-{place}", Category.ACCOUNTS): 3 for place in range(2_000)}
    message = render("problems", ANA, SITE, digest=Digest(rows=rows, counts=counts, open=6_000))
    assert message.subject == "Cuadre: new problems (2,000 companies)"
    assert len(message.text) < 30_000
    assert len(message.html) < 80_000  # Gmail cuts what is longer than 102 kB
    assert "and 5,950 more" in message.text


@pytest.mark.parametrize("code", sorted(code for code, kind in KINDS.items() if kind.verb in {Verb.HALT, Verb.ASK}))
def test_every_kind_that_asks_a_person_can_be_told_in_both_languages(code):
    row = samples.VALUES["halt"](NOON)["row"]
    facts = dict.fromkeys(KINDS[code].placeholders(), "X")
    row = replace(row, problem=Problem(kind=KINDS[code], subject="s", facts=facts, fault=Fault(code="6140")))
    for to in (ANA, LUIS):
        for message in (
            render("halt", to, SITE, row=row),
            render("problems", to, SITE, digest=Digest(rows=[row], counts={("a", row.category): 1}, open=1)),
        ):
            assert len(message.html) > 1_000
            tags(message.html)


def test_a_command_in_a_sentence_is_set_as_code_in_html_and_stays_itself_in_text():
    message = sample("halt", ANA, PLAIN, NOON)
    assert "<code>cuadre connect main</code>" in message.html
    assert "`cuadre connect main`" in message.text


def test_the_words_of_one_problem_are_not_those_of_many():
    assert render("problems", ANA, PLAIN, digest=digest_of("Ana")).text.startswith("1 new problem\n")
    assert "more" not in render("problems", ANA, PLAIN, digest=digest_of("Ana", 50)).text
    assert "and 1 more" in render("problems", ANA, PLAIN, digest=digest_of("Ana", 51)).text


def test_a_cause_without_amounts_or_with_several_currencies_reads_well():
    (row, *_others) = samples.VALUES["problems"](NOON)["digest"].rows
    many = replace(row, sums={"EUR": Decimal("1.5"), "USD": Decimal(2)})
    text = render("problems", ANA, PLAIN, digest=Digest(rows=[many], counts={("m", row.category): 1}, open=1)).text
    assert "Waiting for it: 3 documents, 1.50 EUR, 2.00 USD" in text
    none = replace(row, blocks=0, sums={})
    text = render("problems", ANA, PLAIN, digest=Digest(rows=[none], counts={("m", row.category): 1}, open=1)).text
    assert "Waiting for it" not in text
    assert "\n\n\n" not in text

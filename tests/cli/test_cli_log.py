"""A line of the log: one form, UTC, the company in it, and never a secret."""

import io
import json
import logging

import pytest
import structlog

from worker.config.schema import Log
from worker.log import HIDDEN, clean, setup


@pytest.fixture
def logged():
    """What is written to a stream that is no terminal."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()

    def lines(**settings):
        setup(Log(**settings), stream)
        return stream

    yield lines
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def documents(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_where_nobody_watches_and_names_company_and_time(logged):
    stream = logged()
    with structlog.contextvars.bound_contextvars(company="main"):
        structlog.get_logger("cuadre.tick").info("tick", linked=3)
    (line,) = documents(stream)
    assert (line["event"], line["company"], line["linked"], line["level"]) == ("tick", "main", 3, "info")
    assert line["logger"] == "cuadre.tick"
    assert line["timestamp"].endswith("Z")


def test_the_configured_form_and_level_win(logged):
    stream = logged(format="console", level="warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert "quiet" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")
    assert "loud" in stream.getvalue()


def test_other_libraries_lines_have_the_same_form(logged):
    stream = logged()
    with structlog.contextvars.bound_contextvars(company="main"):
        logging.getLogger("sqlalchemy.pool").warning("lost %s", "it")
        logging.getLogger("urllib3").info("every connection")
    (line,) = documents(stream)
    assert (line["event"], line["company"], line["level"]) == ("lost it", "main", "warning")


SECRETS = ["hunter2", "AB11deadbeef", "eyJhbGciOi.J9.sig"]


def refuse(token):
    raise ValueError(f"Bearer {token} refused")


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_is_ever_written(logged, form):
    stream = logged(format=form)
    log = structlog.get_logger()
    log.info("x", password=SECRETS[0], refresh_token=SECRETS[1], Authorization=SECRETS[2], client_secret=SECRETS[0])
    log.info("x", nested={"headers": {"authorization": SECRETS[2]}, "list": [{"access_token": SECRETS[1]}]})
    log.info("sent Bearer eyJhbGciOi.J9.sig")
    log.info("x", url=f"postgresql://me:{SECRETS[0]}@db/x", body=f"grant_type=x&refresh_token={SECRETS[1]}")
    log.info("x", body=f'{{"access_token": "{SECRETS[2]}", "a": 1}}', address=f"/callback?code={SECRETS[1]}&state=1")
    logging.getLogger("urllib3").warning("GET /x?access_token=%s", SECRETS[1])
    try:
        refuse(SECRETS[1])
    except ValueError:
        log.exception("failed")
    text = stream.getvalue()
    assert text.count("failed") == 1
    assert text.count(HIDDEN) >= 10
    assert not [secret for secret in SECRETS if secret in text]


def test_what_is_no_secret_stays(logged):
    text = "fault code=6240 at https://quickbooks.api.intuit.com/v3/company/1/query: Duplicate Name"
    assert clean(text) == text

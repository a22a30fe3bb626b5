"""Logs: one line an event, for people on a terminal, JSON elsewhere. Secrets are taken out before a line is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from worker.config.schema import Log

HIDDEN = "***"
# Names of values that are secrets wherever they stand; "token_url" or "next_page_token_count" is hidden too: fine.
_SECRET_KEY = re.compile(
    r"token|secret|password|passwd|authorization|api_?key|client_id|cookie|credential", re.IGNORECASE
)
_SECRET_TEXT = (
    re.compile(r"(?i)(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?i)((?:\w*token|client_secret|password|[?&]code)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"),
    re.compile(r"(://[^\s:/@]+:)[^\s@]+(?=@)"),  # scheme://user:password@host
)


def setup(settings: Log, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logging to `stream` (standard error), in one form."""
    out = stream or sys.stderr
    for_people = settings.format == "console" or (settings.format == "auto" and out.isatty())
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(for_people=for_people, colours=out.isatty()))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(capture=True)
    for noisy in ("sqlalchemy.engine", "alembic", "apscheduler", "urllib3", "requests_oauthlib", "intuitlib"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(*, for_people: bool, colours: bool) -> logging.Formatter:
    plain = structlog.dev.plain_traceback  # the fancy one shows local variables, and those hold secrets
    for_eyes = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)
    renderer = for_eyes if for_people else structlog.processors.JSONRenderer(default=str)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
    )


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Hide what looks like a secret: by the name of its key, and by its look inside a text."""
    return {key: _value(key, value) for key, value in event.items()}


def _value(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key):
        return HIDDEN
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {name: _value(str(name), each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value("", each) for each in value]
    return value


def clean(text: str) -> str:
    """A text without the secrets that it shows."""
    bearer, named, url = _SECRET_TEXT
    text = bearer.sub(rf"\1 {HIDDEN}", text)
    text = named.sub(rf"\g<1>{HIDDEN}", text)
    return url.sub(rf"\g<1>{HIDDEN}", text)

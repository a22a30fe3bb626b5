"""The door of the console: every page says what role it needs, and none is reached without it.

A page is a function that takes a Visit. The door finds out who is there, refuses who may not, refuses every form
that does not carry the session's stamp, and answers in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from babel import negotiate_locale
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.responses import Response

from errors import language
from errors.language import LANGUAGES, _
from worker.site import look
from worker.site.desk import Desk
from worker.site.people import Person, Role
from worker.state.database import reading

SESSION, FORM = "cuadre_session", "cuadre_form"
MOST_FIELDS = 5000
FORM_TYPE = "application/x-www-form-urlencoded"
SAME_SITE = {"same-origin", "none"}


class TurnedAwayError(Exception):
    """The answer is a page that says no. `text`: why, in the reader's language."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request. `person` is None only on pages that need no role. `cookie`: of the session, or of its forms."""

    desk: Desk
    person: Person | None
    now: datetime
    path: str
    parts: Mapping[str, Any]
    query: QueryParams
    form: Mapping[str, list[str]]
    cookie: str
    cookies: Mapping[str, str]
    address: str
    language: str

    def field(self, name: str) -> str:
        """One field of the form; empty when it is not there."""
        return self.form.get(name, [""])[0]

    def may(self, role: Role) -> bool:
        return self.person is not None and self.person.role.may(role)

    @property
    def by(self) -> str:
        """Who, for the audit."""
        assert self.person is not None
        return self.person.name

    @property
    def here(self) -> str:
        """This page with its query, to come back to."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def places(self) -> tuple[tuple[str, str, Role], ...]:
        """What the menu shows: path, word, and the role it needs."""
        return places()

    def reading(self) -> Connection:
        return reading(self.desk.engine)

    def show(self, template: str, /, status: int = 200, **facts: Any) -> Response:
        return look.page(self, template, status, facts)

    def go(self, path: str) -> Response:
        return RedirectResponse(self.desk.url(path), 303)


def places() -> tuple[tuple[str, str, Role], ...]:
    return (
        ("/", _("Overview"), Role.VIEWER),
        ("/errors", _("Errors"), Role.VIEWER),
        ("/documents", _("Documents"), Role.VIEWER),
        ("/companies", _("Companies"), Role.VIEWER),
        ("/numbers", _("Numbers"), Role.VIEWER),
        ("/runs", _("Runs"), Role.VIEWER),
        ("/audit", _("Audit"), Role.VIEWER),
        ("/mail", _("Mail"), Role.OPERATOR),
        ("/users", _("Users"), Role.ADMIN),
    )


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, kw_only=True)
class Page:
    """`needs` None: it is there before anybody signed in."""

    path: str
    method: str
    needs: Role | None
    handler: Handler
    once_too: bool = False  # also for who still has a one-time password


def page(path: str, needs: Role | None, *, once_too: bool = False) -> Callable[[Handler], Page]:
    """A page to look at."""
    return lambda handler: Page(path=path, method="GET", needs=needs, handler=handler, once_too=once_too)


def deed(path: str, needs: Role | None, *, once_too: bool = False) -> Callable[[Handler], Page]:
    """What a form does."""
    return lambda handler: Page(path=path, method="POST", needs=needs, handler=handler, once_too=once_too)


def add(app: FastAPI, desk: Desk, page: Page) -> None:
    """Hang a page behind the door."""

    async def endpoint(request: Request) -> Response:
        body = await request.body() if page.method == "POST" else b""
        return await run_in_threadpool(_answer, desk, page, request, body)

    app.add_api_route(page.path, endpoint, methods=[page.method], response_model=None, include_in_schema=False)


async def lost(desk: Desk, request: Request, status: int) -> Response:
    """There is no such page, or not in this way."""

    def answer() -> Response:
        visit = _visit(desk, request, b"")
        language.use(visit.language)
        text = _("There is no such page.") if status == 404 else _("That cannot be done here.")
        return look.refusal(visit, status, text)

    return await run_in_threadpool(answer)


# --- how -------------------------------------------------------------------------------------------------------------


def _answer(desk: Desk, page: Page, request: Request, body: bytes) -> Response:
    visit = _visit(desk, request, body)
    language.use(visit.language)
    try:
        if page.method == "POST":
            _check_form(visit, request)
        if page.needs is not None and (turned := _turned_away(visit, page)):
            return turned
        return page.handler(visit)
    except TurnedAwayError as no:
        return look.refusal(visit, no.status, no.text)


def _visit(desk: Desk, request: Request, body: bytes) -> Visit:
    now, cookie = desk.clock.now(), request.cookies.get(SESSION, "")
    person = None
    if cookie:
        with reading(desk.engine) as connection:
            person = desk.keeper.person(connection, cookie, now)
    wanted = request.headers.get("accept-language", "")
    is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM_TYPE
    return Visit(
        desk=desk,
        person=person,
        now=now,
        path=_storable(request.url.path),
        parts={name: _storable(part) for name, part in request.path_params.items()},
        query=QueryParams([(_storable(name), _storable(value)) for name, value in request.query_params.multi_items()]),
        form=_fields(body) if is_form else {},
        cookie=cookie if person else request.cookies.get(FORM, ""),
        cookies=request.cookies,
        address=request.client.host if request.client else "",
        language=(person.language if person else "") or preferred(wanted) or desk.config.language,
    )


def _fields(body: bytes) -> Mapping[str, list[str]]:
    try:
        given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: [_storable(value) for value in values] for name, values in given.items()}


def _storable(word: Any) -> Any:
    """PostgreSQL takes NUL nowhere; the sign in its stead is in no name, so that nothing is meant by mistake."""
    return word.replace("\0", "\ufffd") if isinstance(word, str) else word


def _check_form(visit: Visit, request: Request) -> None:
    """A form counts only from a page of ours: by the browser's word, and by the stamp that only our page knows."""
    origin = request.headers.get("origin", "")
    ours = {visit.desk.origin, f"http://{request.headers.get('host', '')}", ""}
    site = request.headers.get("sec-fetch-site", "none")
    if origin not in ours or site not in SAME_SITE or not visit.desk.keeper.stamped(visit.cookie, visit.field("stamp")):
        raise TurnedAwayError(403, _("This form is out of date or comes from elsewhere. Nothing was done; try again."))


def _turned_away(visit: Visit, page: Page) -> Response | None:
    if visit.person is None:
        back = visit.path if page.method == "GET" else "/"
        query = f"?{visit.query}" if visit.query and page.method == "GET" else ""
        return visit.go(f"/sign-in?next={quote(back + query, safe='')}")
    assert page.needs is not None
    if not visit.person.role.may(page.needs):
        raise TurnedAwayError(403, _("Your role does not allow this. Nothing was done."))
    if visit.person.once and not page.once_too:
        return visit.go("/password")
    return None


def preferred(header: str) -> str:
    """The language of ours that a browser asks for most; empty for none."""
    wanted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.partition(";q=")
        try:
            wanted.append((-float(quality or 1), tag.strip().replace("-", "_")))
        except ValueError:
            continue
    found = negotiate_locale([tag for _, tag in sorted(wanted, key=lambda each: each[0])], LANGUAGES)
    return found or ""


def way_back(path: str) -> str:
    """Where a reader wanted to go before signing in: a path of ours, nothing else."""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and path.isprintable()
    return path if safe else "/"

"""The console: every page of it, and what is said where there is none."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException
from starlette.responses import Response

from worker.site import (
    audit,
    customers,
    dashboard,
    documents,
    door,
    entrance,
    error_mending,
    error_page,
    error_sides,
    error_table,
    firms,
    members,
    numbers,
    openid,
    records,
)
from worker.site.desk import Desk
from worker.site.door import Page

ELSEWHERE = ("/api/", "/webhooks/")  # machines are answered in their own way


def pages() -> tuple[Page, ...]:
    """Order counts: /errors/export must come before /errors/{id}."""
    parts = (
        entrance,
        openid,
        dashboard,
        error_table,
        error_page,
        error_sides,
        error_mending,
        customers,
        documents,
        firms,
        numbers,
        records,
        audit,
        members,
    )
    return tuple(page for part in parts for page in part.pages())


def add_to(app: FastAPI, desk: Desk) -> None:
    for page in pages():
        door.add(app, desk, page)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith(ELSEWHERE):
            return await http_exception_handler(request, error)
        return await door.lost(desk, request, error.status_code)

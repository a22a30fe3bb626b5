"""Whether the service lives, whether its loops go round, and figures for Prometheus."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from worker import metrics
from worker.api.entrance import MayRead, Shared, allowed
from worker.api.problems import documented
from worker.loops import Loop, loops
from worker.state.database import reading
from worker.state.keys import Scope

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(examples=["alive"])


class LoopState(BaseModel):
    """`age`: seconds since it came round last; none: never. `late`: longer ago than `allowed`."""

    name: str = Field(examples=["main"])
    age: float | None = Field(examples=[12.5])
    allowed: float = Field(examples=[795.0])
    late: bool


class Readiness(BaseModel):
    """Whether the state database answers and every loop goes round; `loops` only for a key with the scope read."""

    ready: bool
    database: bool = Field(description="The state database answers.")
    late: int = Field(examples=[0], description="How many loops have not come round for too long.")
    loops: list[LoopState] = []


@router.get("/healthz", summary="Does the process answer?", responses=documented())
def alive() -> Alive:
    return Alive(status="alive")


@router.get(
    "/readyz",
    summary="Does everything go round?",
    responses={**documented(), 503: {"description": "Not ready", "model": Readiness}},
    response_model=Readiness,
)
def ready(request: Request, counter: Shared) -> Any:
    """For whoever restarts or replaces processes; names of companies are told only to a key with the scope read."""
    desk = counter.desk
    try:
        with reading(desk.engine) as connection:
            found = loops(desk.config, connection, desk.clock.now())
        told = allowed(request, counter, Scope.READ)
    except SQLAlchemyError:
        return JSONResponse(Readiness(ready=False, database=False, late=0).model_dump(), 503)
    late = [loop for loop in found if loop.late]
    shown = [_shown(loop) for loop in found] if told else []
    answer = Readiness(ready=not late, database=True, late=len(late), loops=shown)
    return answer if not late else JSONResponse(answer.model_dump(), 503)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        **documented(401, 403, 429),
        200: {
            "description": "The text format of Prometheus",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
    },
)
def figures(counter: Shared, _key: MayRead) -> Response:
    """A key with the scope read is needed: figures name companies."""
    desk = counter.desk
    return Response(metrics.exposition(desk.config, desk.engine, desk.clock.now()), media_type=metrics.CONTENT_TYPE)


def _shown(loop: Loop) -> LoopState:
    return LoopState(name=loop.name, age=loop.age, allowed=loop.allowed, late=loop.late)

"""cuadre version"""

from __future__ import annotations

import platform
from importlib.metadata import version as of

import typer

from errors.language import _
from worker.commands.output import Json, document, line

LIBRARIES = ("python-quickbooks", "intuit-oauth", "sqlalchemy")

app = typer.Typer(add_completion=False)


@app.command(help=_("The versions of Cuadre and of what it stands on."))
def version(*, as_json: Json = False) -> None:
    versions = {"cuadre": of("cuadre"), "python": platform.python_version()}
    versions |= {library: of(library) for library in LIBRARIES}
    if as_json:
        document(versions)
    else:
        line(", ".join(f"{name} {number}" for name, number in versions.items()))

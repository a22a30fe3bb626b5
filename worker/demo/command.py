"""`cuadre demo`: play the story in a folder, show it, say whether it balanced."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bars, TextColumn

from errors.language import _, say
from worker import exits
from worker.clock import Clock
from worker.commands.output import complain, complaints, console, document, line
from worker.config.schema import Log
from worker.demo import stage, story
from worker.demo.show import Show, as_document, silent
from worker.log import setup
from worker.pipeline import Progress, quiet


def demo(*, as_json: bool, keep: Path | None, clock: Clock) -> int:
    """Play the demo; with `keep`, its folder stays for exploring. Returns the exit code."""
    setup(Log(level="error"))
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="cuadre-demo-") as folder:
            return _play(Path(folder), as_json=as_json, clock=clock)
    if keep.exists() and any(keep.iterdir()):
        complain(say("{folder} is not empty; name a folder that is, or that does not exist yet.", folder=str(keep)))
        return exits.USAGE
    keep.mkdir(parents=True, exist_ok=True)
    folder_ = keep.resolve()
    code = _play(folder_, as_json=as_json, clock=clock)
    if not as_json:
        _explain(folder_)
    return code


def browse(clock: Clock) -> int:
    """The same books and troubles, uncleared, with the console to clear them in."""
    from worker.demo.browse import browse as serve  # noqa: PLC0415 - the plain demo needs no site

    setup(Log(level="error"))
    with tempfile.TemporaryDirectory(prefix="cuadre-demo-") as folder, stage.opened(Path(folder), clock) as set_:
        return serve(set_, clock)


def _play(folder: Path, *, as_json: bool, clock: Clock) -> int:
    out = complaints()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with stage.opened(folder, clock) as set_, Bars(*columns, console=out, transient=True, disable=as_json) as bars:
        facts = story.play(set_, clock, quiet if as_json else _bar(bars), silent if as_json else Show(console(), set_))
        (folder / "port").write_text(set_.port)
    if as_json:
        document(as_document(facts))
    return exits.OK if facts.balanced and facts.second_posts == 0 else exits.ATTENTION


def _bar(bars: Bars) -> Progress:
    task = bars.add_task("", total=None)

    def progress(step: str, kind: str, done: int, total: int | None) -> None:
        bars.update(task, description=f"{_(step)} {_(kind)}", completed=done, total=total)

    return progress


def _explain(folder: Path) -> None:
    """How to go on from here with what the demo left."""
    port = (folder / "port").read_text()
    line("")
    line(_("Kept for exploring. In one terminal:"))
    line(f"  cuadre sandbox --port {port} --data {folder}/sandbox.sqlite")
    line(_("In another:"))
    for command in ("errors list", "status", "errors show 1", "once", "doctor"):
        line(f"  cuadre --config {folder}/cuadre.toml {command}")

"""A sandbox that lives in a file: read once on start, and brought up to date after every request, before its answer."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox.books.booking import rebook
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Tombstone
from connectors.quickbooks.sandbox.books.tracked import Tracked
from connectors.quickbooks.sandbox.entities.registry import POSTS
from connectors.quickbooks.sandbox.signin.keys import SigningKey
from connectors.quickbooks.sandbox.storage import database as files, state
from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

Change = tuple[str, tuple[Any, ...]]
PER_COMPANY = ("company", "object", "deleted", "reply", "file")
DROP = tuple(f"DELETE FROM {table} WHERE realm = ?" for table in PER_COMPANY)  # noqa: S608 - names of our own
SETTING = "INSERT OR REPLACE INTO setting VALUES (?, ?)"
PARTICULAR = "INSERT OR REPLACE INTO company VALUES (?, ?, ?)"
OBJECT = "INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?)"
NO_OBJECT = "DELETE FROM object WHERE realm = ? AND kind = ? AND id = ?"
DELETED = "INSERT INTO deleted VALUES (?, ?, ?, ?, ?)"
REPLY = "INSERT OR REPLACE INTO reply VALUES (?, ?, ?)"
NO_REPLY = "DELETE FROM reply WHERE realm = ? AND name = ?"
FILE = "INSERT OR REPLACE INTO file VALUES (?, ?, ?)"
NO_FILE = "DELETE FROM file WHERE realm = ? AND name = ?"


@dataclass
class Kept:
    """What the file holds of a company: the company itself, how its particulars looked, how many deletions."""

    company: Company
    looks: dict[str, str]
    deleted: int


class Keeper:
    """Keeps a sandbox in a file that no other process may use; raises `FileRefused` as `database.opened` does.

    The journal, the meters, the ordered faults and webhooks under way are of this run only.
    """

    def __init__(self, file: Path) -> None:
        self._database = files.opened(file)
        self._settings: dict[str, str] = {}
        self._mark: object = None
        self._kept: dict[str, Kept] = {}

    def close(self) -> None:
        self._database.close()

    def load(self, sandbox: Sandbox) -> bool:
        """Fill a fresh sandbox; says whether the file held one."""
        self._settings = dict(self._database.execute("SELECT name, body FROM setting"))
        if not self._settings:
            return False
        with sandbox.lock, _no_garbage():
            sandbox.companies = {one.realm: one for one in companies(self._database)}
            _restore(sandbox, {name: jsontext.loads(text) for name, text in self._settings.items()})
        self._kept = {realm: _kept(one) for realm, one in sandbox.companies.items()}
        return True

    def save(self, sandbox: Sandbox, realm: str = "") -> None:
        """Write what has changed, in one transaction; with a realm, only that company's part is looked at."""
        changes = list(self._setting_changes(sandbox))
        for one in {realm} if realm else sandbox.companies.keys() | self._kept.keys():
            changes += self._company_changes(one, sandbox.companies.get(one))
        if not changes:
            return
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in changes:
                self._database.execute(statement, values)
            self._database.execute("COMMIT")
        except sqlite3.Error:
            self._database.execute("ROLLBACK")
            self._kept.clear()  # what is in memory is written whole as soon as the file takes it
            self._settings.clear()
            self._mark = None
            raise

    def _setting_changes(self, sandbox: Sandbox) -> Iterator[Change]:
        endpoints = tuple(sandbox.webhooks.endpoints.values())
        mark = sandbox.tokens.version, sandbox.clock.state(), sandbox.key.pem, endpoints
        if mark == self._mark:
            return
        self._mark = mark
        for name, value in _settings(sandbox).items():
            text = jsontext.dumps(value)
            if self._settings.get(name) != text:
                self._settings[name] = text
                yield SETTING, (name, text)

    def _company_changes(self, realm: str, company: Company | None) -> Iterator[Change]:
        kept = self._kept.get(realm)
        if kept is None or kept.company is not company:
            yield from ((statement, (realm,)) for statement in DROP)
            self._kept.pop(realm, None)
            if company is None:
                return
            kept = self._kept[realm] = Kept(company, {}, 0)
            _watch(company, whole=True)
        yield from _particulars(kept)
        yield from _objects(kept)
        yield from _tracked(realm, company.replies, REPLY, NO_REPLY, jsontext.dumps)
        yield from _tracked(realm, company.files, FILE, NO_FILE, bytes)


def template(file: Path) -> Json:
    """Return the first company of a data file as a dump, to make others from; raises `FileRefused`."""
    with closing(files.opened(file)) as database:
        found = next(companies(database), None)
    if found is None:
        raise files.FileRefused("empty", file)
    return state.dump(found)


def companies(database: sqlite3.Connection) -> Iterator[Company]:
    """Read every company of a file."""
    texts: dict[str, Json] = {}
    for realm, name, body in database.execute("SELECT realm, name, body FROM company"):
        texts.setdefault(realm, {})[name] = jsontext.loads(body)
    for realm, values in texts.items():
        company = state.build(realm, values)
        rows = database.execute("SELECT kind, changed, body FROM object WHERE realm = ? ORDER BY changed", (realm,))
        for kind, changed, body in rows:
            company.store.restore(kind, jsontext.loads(body), changed)
        found = database.execute("SELECT kind, id, time FROM deleted WHERE realm = ? ORDER BY place", (realm,))
        company.store.restore_deleted(Tombstone(*row) for row in found)
        replies = database.execute("SELECT name, body FROM reply WHERE realm = ? ORDER BY rowid", (realm,))
        company.replies = Tracked((name, jsontext.loads(body)) for name, body in replies)
        contents = database.execute("SELECT name, body FROM file WHERE realm = ?", (realm,))
        company.files = Tracked(contents)
        rebook(company, POSTS)
        yield company


def _settings(sandbox: Sandbox) -> Json:
    """Return what belongs to no company."""
    return {
        "tokens": sandbox.tokens.state(),
        "clock": sandbox.clock.state(),
        "key": sandbox.key.pem,
        "webhooks": sandbox.webhooks.state(),
    }


def _restore(sandbox: Sandbox, settings: Json) -> None:
    sandbox.tokens.restore(settings["tokens"])
    sandbox.clock.restore(settings["clock"])
    sandbox.key = SigningKey(settings["key"])
    sandbox.webhooks.restore(settings.get("webhooks", ()))  # files from before there were webhooks have none


def _kept(company: Company) -> Kept:
    _watch(company, whole=False)
    looks = {name: repr(value) for name, value in state.particulars(company).items()}
    return Kept(company, looks, company.store.buried)


def _watch(company: Company, *, whole: bool) -> None:
    """Begin to note changes; `whole` notes everything that is there already."""
    store = company.store
    store.unsaved = {(row.kind, row.id) for kind in store.kinds() for row in store.rows(kind)} if whole else set()
    company.replies.unsaved = set(company.replies) if whole else set()
    company.files.unsaved = set(company.files) if whole else set()


def _particulars(kept: Kept) -> Iterator[Change]:
    for name, value in state.particulars(kept.company).items():
        look = repr(value)  # far cheaper than JSON, and this runs for every request
        if kept.looks.get(name) != look:
            kept.looks[name] = look
            yield PARTICULAR, (kept.company.realm, name, jsontext.dumps(value))


def _objects(kept: Kept) -> Iterator[Change]:
    store, realm = kept.company.store, kept.company.realm
    for key in store.unsaved or ():
        row = store.get(*key)
        if row is None:
            yield NO_OBJECT, (realm, *key)
        else:
            yield OBJECT, (realm, *key, row.changed, jsontext.dumps(row.data))
    store.unsaved = set()
    for place, one in enumerate(islice(store.tombstones(), kept.deleted, None), kept.deleted):
        yield DELETED, (realm, place, one.kind, one.id, one.time)
    kept.deleted = store.buried


def _tracked(realm: str, watched: Tracked[Any], put: str, drop: str, written: Callable[[Any], Any]) -> Iterable[Change]:
    for name in watched.unsaved or ():
        yield (put, (realm, name, written(watched[name]))) if name in watched else (drop, (realm, name))
    watched.unsaved = set()


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Loading makes millions of small objects and no garbage: looking for some would take most of the time."""
    gc.disable()
    try:
        yield
        gc.freeze()  # nor is it looked for among them later
    finally:
        gc.enable()

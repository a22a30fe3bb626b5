"""When the mirror answers, and when it asks: an entity is loaded once, then kept fresh by its changes.

It answers for an entity that was loaded to the end and whose changes were asked for lately; one call asks for those of
all loaded entities. Otherwise it says None, and the caller asks QuickBooks as if there were no mirror.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from connectors.quickbooks.client import Client, FaultError
from connectors.quickbooks.mirror.changes import LOOK_BACK, OVERLAP, Changes, changes
from connectors.quickbooks.mirror.loading import TooMuchError, load
from connectors.quickbooks.mirror.shapes import ALONE, Row, gone, key, keys_of
from connectors.quickbooks.mirror.store import Freshness, Kept, Store
from connectors.transport import Now

CLOCKS = timedelta(hours=1)  # as far as our clock and QuickBooks' may be apart
TOO_LARGE_LASTS = timedelta(days=30)
REFUSAL_LASTS = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger("cuadre.quickbooks.mirror")


class Mirror:
    """One company's mirror, for one thread at a time.

    Args:
        pages: an entity with more pages of objects than this is not mirrored.
    """

    def __init__(self, client: Client, store: Store, *, now: Now, pages: int) -> None:
        self._client = client
        self._store = store
        self._now = now
        self._pages = pages
        self.moved: Counter[str] = Counter()  # by entity: how often objects of it have changed since we look

    # --- asking -------------------------------------------------------------------------------------------------------

    def look(self, entity: str, field: str, values: Collection[str], no_older_than: timedelta) -> list[Row] | None:
        """The objects that have one of these values; None: nobody knows without asking for them.

        Raises:
            ProblemError: QuickBooks does not answer.
        """
        if not values:
            return []
        if not self.ready([entity], no_older_than):
            return None
        return _certain(self._store.look(self._client.company_id, entity, field, values))

    def all(self, entity: str, no_older_than: timedelta) -> list[Row] | None:
        """All objects of a short list, inactive ones included. As `look`."""
        realm = self._client.company_id
        if not self.ready([entity], no_older_than):
            return None
        rows = _certain(self._store.all(realm, entity))
        if rows is None and self._load(realm, entity):
            return _certain(self._store.all(realm, entity))
        return rows

    def recent(self, entity: str, field: str, prefix: str, limit: int, no_older_than: timedelta) -> list[Row] | None:
        """The most recently entered objects whose field begins so. As `look`."""
        if not self.ready([entity], no_older_than):
            return None
        return self._store.recent(self._client.company_id, entity, field, prefix, limit)

    def containing(self, entity: str, text: str, limit: int, no_older_than: timedelta) -> list[Row] | None:
        """At most `limit` objects with this text in one of their keys. As `look`."""
        if not self.ready([entity], no_older_than):
            return None
        return self._store.containing(self._client.company_id, entity, text, limit)

    def single(self, entity: str, no_older_than: timedelta) -> tuple[Row, datetime] | None:
        """The one object of an entity in ALONE and when it was read; None: it is older, or was never read."""
        realm = self._client.company_id
        known = self._store.freshness(realm).get(entity)
        if known is None or self._is_old(known, no_older_than):
            return None
        return next(((kept.row, known.checked_at) for kept in self._store.all(realm, entity)), None)

    def checked_at(self, entities: Collection[str]) -> datetime | None:
        """When the changes of these were asked for last, the one that is longest ago."""
        known = self._store.freshness(self._client.company_id)
        return min((known[entity].checked_at for entity in entities if entity in known), default=None)

    # --- being told ---------------------------------------------------------------------------------------------------

    def remember(self, entity: str, rows: Iterable[Row]) -> None:
        """Objects as an answer of QuickBooks just showed them, deleted ones among them."""
        held = list(rows)
        if not held or not self._is_complete(entity):
            return
        live, deleted = [row for row in held if not gone(row)], [str(row["Id"]) for row in held if gone(row)]
        if live:
            self._store.save(self._client.realm, entity, live)
        if deleted:
            self._store.drop(self._client.realm, entity, deleted)
        self.moved[entity] += 1

    def confirm(self, entity: str, field: str, values: Collection[str], rows: Sequence[Row]) -> None:
        """`rows` are all objects with one of these values, as QuickBooks just said: what else we thought is gone."""
        if not values or not self._is_complete(entity):
            return
        wanted, found = {key(value) for value in values}, {str(row["Id"]) for row in rows}
        lost = []
        for kept in self._store.look(self._client.realm, entity, field, values):
            texts = [text for name, text in keys_of(entity, kept.row) if name == field]
            # One of several e-mail addresses is not asked for by query, so its silence says nothing.
            if str(kept.row["Id"]) not in found and len(texts) == 1 and texts[0] in wanted:
                lost.append(str(kept.row["Id"]))
        self._store.drop(self._client.realm, entity, lost)
        self.remember(entity, rows)

    def keep(self, entity: str, row: Row) -> datetime:
        """The one object of an entity in ALONE, read just now."""
        moment = self._now()
        realm = self._client.realm
        self._store.start(realm, entity, _complete(entity, moment, moment))
        self._store.save(realm, entity, [{**row, "Id": "1"}])
        return moment

    def expire(self, realm_id: str = "") -> None:
        """Something was not as we thought: the next question asks for the changes first."""
        self._store.expire(realm_id or self._client.realm, LONG_AGO)

    # --- keeping fresh ------------------------------------------------------------------------------------------------

    def ready(self, entities: Sequence[str], no_older_than: timedelta) -> bool:
        """Whether all of these are complete and as fresh as wanted; what is missing for it is asked for.

        Raises:
            ProblemError: QuickBooks does not answer.
        """
        realm = self._client.company_id
        known = self._store.freshness(realm)
        loaded = [known[entity] for entity in entities if entity in known and known[entity].complete_at]
        if any(self._is_old(one, no_older_than) for one in loaded):
            self._refresh(realm, [one for name, one in known.items() if one.complete_at and name not in ALONE])
            known = self._store.freshness(realm)
        there = [self._is_there(realm, entity, known.get(entity)) for entity in entities]
        return all(there)

    def _is_there(self, realm: str, entity: str, known: Freshness | None) -> bool:
        if known is not None and known.complete_at is not None:
            return True
        if known is not None and known.queried_until is not None and self._now() < known.queried_until:
            return False
        return self._load(realm, entity)

    def _load(self, realm: str, entity: str) -> bool:
        """All of an entity. Where it is cut short, it is not complete, and the next question begins anew."""
        moment = self._now()
        nothing = Freshness(
            entity=entity, complete_at=None, asked_at=moment - CLOCKS, checked_at=moment, queried_until=None
        )
        self.moved[entity] += 1
        try:
            asked_at = load(
                self._client,
                entity,
                self._pages,
                start=lambda: self._store.start(realm, entity, nothing),
                save=lambda rows: self._store.save(realm, entity, rows),
            )
        except TooMuchError:
            until = moment + TOO_LARGE_LASTS
            self._store.start(realm, entity, replace(nothing, queried_until=until))
            _log.info("too much to mirror", company=self._client.company, entity=entity, until=until)
            return False
        self._store.note(realm, entity, _complete(entity, asked_at or nothing.asked_at, moment))
        return True

    def _refresh(self, realm: str, loaded: Sequence[Freshness]) -> None:
        moment = self._now()
        old = [one.entity for one in loaded if moment - one.asked_at > LOOK_BACK]
        self._forget(realm, old)
        entities = [one.entity for one in loaded if one.entity not in old]
        if not entities:
            return
        since = min(one.asked_at for one in loaded if one.entity in entities) - OVERLAP
        try:
            found = changes(self._client, entities, since)
        except FaultError as error:
            if error.answer.status != 400:
                raise
            _log.warning("changes refused", company=self._client.company, since=since, why=error.problem.kind.code)
            # Too old a moment: all is loaded anew. A recent one: it would be loaded again and again.
            self._forget(realm, entities, moment + REFUSAL_LASTS if moment - since < REFUSAL_LASTS else None)
            return
        self._apply(realm, found)
        left = [entity for entity in entities if not found.full or self._catch_up(realm, entity, since)]
        self._store.refreshed(realm, left, found.time or since, moment)

    def _catch_up(self, realm: str, entity: str, since: datetime) -> bool:
        """An answer was full, so each entity is asked for alone, from its last change on. False: it is loaded anew.

        Deletions come last, so some may be missed here: nobody is refused a number before QuickBooks was asked for it.
        """
        while True:
            found = changes(self._client, [entity], since)
            self._apply(realm, found)
            if not found.full:
                return True
            latest = found.latest.get(entity, since)
            if latest <= since:
                self._forget(realm, [entity])
                return False
            since = latest

    def _apply(self, realm: str, found: Changes) -> None:
        for entity, rows in found.live.items():
            if rows:
                self._store.save(realm, entity, rows)
                self.moved[entity] += 1
        for entity, ids in found.deleted.items():
            self._store.doubt(realm, entity, ids)

    def _forget(self, realm: str, entities: Iterable[str], until: datetime | None = None) -> None:
        moment = self._now()
        for entity in entities:
            nothing = Freshness(
                entity=entity, complete_at=None, asked_at=moment, checked_at=moment, queried_until=until
            )
            self._store.start(realm, entity, nothing)
            self.moved[entity] += 1

    def _is_complete(self, entity: str) -> bool:
        known = self._store.freshness(self._client.realm).get(entity)
        return known is not None and known.complete_at is not None

    def _is_old(self, known: Freshness, no_older_than: timedelta) -> bool:
        """A moment in the future (our clock was set back) tells nothing."""
        return not timedelta(0) <= self._now() - known.checked_at < no_older_than


def _complete(entity: str, asked_at: datetime, moment: datetime) -> Freshness:
    return Freshness(entity=entity, complete_at=moment, asked_at=asked_at, checked_at=moment, queried_until=None)


def _certain(held: Sequence[Kept]) -> list[Row] | None:
    return None if any(kept.doubtful for kept in held) else [kept.row for kept in held]

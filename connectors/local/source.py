"""The local books of one company as a Source: what changed, rows as documents, numbers written back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from connectors.contract import Change, Position, Reading
from connectors.documents import Document, DocumentKind
from connectors.local import rows
from connectors.local.changes import UnfitRowError, bindable, changes
from connectors.local.faults import broken
from connectors.local.reader import Reader
from connectors.local.settings import LocalSettings
from errors.kinds import RowVanished, SourceUnavailable
from errors.problem import Name, Problem, ProblemError


class LocalSource:
    """Reads through the queries of the settings. Threads may share it; each call sees one snapshot of the books.

    Raises:
        ProblemError: SourceBroken, when the URL is none.
    """

    def __init__(self, settings: LocalSettings) -> None:
        self._settings = settings
        self._reader = Reader(settings)

    def kinds(self) -> frozenset[DocumentKind]:
        return frozenset(self._settings.kinds)

    def check(self) -> tuple[Problem, ...]:
        """Each query is run for one row: a problem for each that does not run, or lacks or invents columns."""
        problems: list[Problem] = []
        for kind in self._settings.kinds:
            found = list(self._reader.examine(kind)) or self._first_key(kind)
            away = [problem for problem in found if problem.kind is SourceUnavailable]
            if away:
                return (away[0],)
            problems += found
        return tuple(problems)

    def changes(self, kind: DocumentKind, after: Position | None, limit: int) -> Sequence[Change]:
        """Rows behind `after` by (updated_at, id), or by id where the query has no updated_at.

        Rows whose updated_at is empty close every poll, a few at a time, until somebody fills it in: they have no
        place of their own, and `read` answers a problem for each.
        """
        found = self._reader.behind(kind, after, limit)
        try:
            return changes(found.rows, found.keys, found.children, after)
        except UnfitRowError as error:
            raise ProblemError(broken(self._settings.path(kind, "query"), error.why)) from error

    def read(self, kind: DocumentKind, local_ids: Collection[str]) -> Reading:
        form = self._settings.kinds[kind].key
        asked = [key for each in local_ids if (key := bindable(each, form)) is not None]
        found = self._reader.chosen(kind, asked)
        documents: dict[str, Document] = {}
        problems: dict[str, tuple[Problem, ...]] = {}
        for row, key in zip(found.rows, found.keys, strict=True):
            outcome = rows.document(kind, row, found.children[str(key)])
            if isinstance(outcome, tuple):
                problems[str(key)] = outcome
            else:
                documents[str(key)] = outcome
        return Reading(documents=documents, problems=problems)

    def write_number(self, kind: DocumentKind, local_id: str, number: str) -> bool:
        """Raises ProblemError too when the statement changes no row (RowVanished) or several (SourceBroken)."""
        if not self._settings.kinds[kind].write_number:
            return False
        place = {"number": number, "id": bindable(local_id, self._settings.kinds[kind].key)}
        if self._reader.write(kind, "write_number", place) == 0:
            facts = {"document": Name(kind.value, local_id)}
            raise ProblemError(Problem(kind=RowVanished, subject=f"{kind.value} {local_id}", facts=facts))
        return True

    def rename_job(self, old: str, new: str) -> int | None:
        """As the contract says. Raises ProblemError when the database refuses it: nothing was changed then."""
        settings = self._settings.kinds.get(DocumentKind.INVOICE)
        if settings is None or not settings.rename_job:
            return None
        return self._reader.rename(DocumentKind.INVOICE, "rename_job", {"old": old, "new": new})

    def delete_service(self, local_id: str) -> bool:
        """True also when the service was gone already."""
        settings = self._settings.kinds.get(DocumentKind.SERVICE)
        if settings is None or not settings.delete:
            return False
        self._reader.write(DocumentKind.SERVICE, "delete", {"id": bindable(local_id, settings.key)})
        return True

    def close(self) -> None:
        self._reader.close()

    def _first_key(self, kind: DocumentKind) -> list[Problem]:
        """Whether keys have the form that the setting `key` promises, by the first row."""
        try:
            self.changes(kind, None, 1)
        except ProblemError as error:
            return [error.problem]
        return []

"""Every message that a person may read, and what of it a language lacks. `python -m errors.catalogue` brings the
catalogues up to date: new messages come in empty, dead ones go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from errors.kinds import KINDS, Action, Category
from errors.language import LANGUAGES, LOCALES
from errors.tables import State

ROOT = Path(__file__).parents[1]
PACKAGES = ("errors", "connectors", "worker")
SOURCE = "en"
KEYWORDS = ("_", "say", "phrase")
FILES = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {"**.html": {"silent": "false"}, "**.txt": {"silent": "false"}}  # a template that cannot be read is a mistake

# Said through a variable: kinds of documents, states of items, steps of the pipeline, kinds of ranges (worker).
WORDS = (
    *("customer", "service", "invoice", "payment", "refund", "fee", "company", "error"),
    *("seen", "prepared", "numbered", "sending", "linked", "held", "skipped", "deleted"),
    *("detect", "prepare", "number", "post", "link", "recover"),
    *("cancellation", "credit", "estimate"),
    *("viewer", "operator", "admin"),
)


def messages() -> frozenset[str]:
    """Every literal in `_()`, `say()` and `phrase()`, all texts of the kinds, the words of enumerations."""
    found = set(WORDS)
    for package in PACKAGES:
        for _file, _line, text, _comments, _context in extract_from_dir(
            ROOT / package, method_map=FILES, options_map=OPTIONS, keywords=dict.fromkeys(KEYWORDS)
        ):
            found.add(text if isinstance(text, str) else text[0])
    for kind in KINDS.values():
        found |= {kind.sentence(), kind.fix, *kind.steps}
    for words in (Action, Category, State):
        found |= {word.value for word in words}
    return frozenset(found - {""})


def load(language: str) -> Catalog:
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as text:
        return read_po(text, locale=language)


def missing(language: str) -> list[str]:
    """Messages without a translation."""
    catalogue = load(language)
    return sorted(text for text in messages() if not (text in catalogue and catalogue[text].string))


def misspelt(language: str) -> list[str]:
    """Translations that name other facts than their message does: they would fail when somebody reads them."""
    return sorted(
        str(message.id)
        for message in load(language)
        if message.id and message.string and _facts(str(message.id)) != _facts(str(message.string))
    )


def _facts(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


def renew(language: str, texts: Iterable[str]) -> Catalog:
    """The language's catalogue with exactly these messages, keeping the translations that it has."""
    old = load(language)
    epoch = datetime(2026, 1, 1, tzinfo=UTC)  # no date of making: equal messages make an equal file
    new = Catalog(locale=language, project="cuadre", creation_date=epoch, revision_date=epoch, fuzzy=False)
    new.header_comment = "# What Cuadre says, in another language. Renewed by `python -m errors.catalogue`."
    for text in sorted(texts):
        known = old.get(text)
        new.add(text, known.string if known else "")
    return new


def main() -> None:
    LOCALES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if language != SOURCE:
            renewed = renew(language, messages())  # read before the file is opened for writing
            with (LOCALES / f"{language}.po").open("wb") as file:
                write_po(file, renewed, width=120)


if __name__ == "__main__":
    main()

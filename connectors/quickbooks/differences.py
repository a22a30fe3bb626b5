"""In which of the fields we sent a document in QuickBooks is now different. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.quickbooks.encoding import encode

IGNORED = {"Id", "SyncToken", "sparse"}  # they say which document and which version, not what it is
_ADDED_LINES = {"SubTotalLineDetail"}  # QBO puts it behind the lines


def differences(sent: Mapping[str, Any], held: Mapping[str, Any]) -> tuple[str, ...]:
    """Lines like `TotalAmt: 10.00 -> 12.00`; what we never sent is not ours and not compared."""
    return tuple(_members(sent, held, ""))


def accepted(sent: Mapping[str, Any], held: Mapping[str, Any]) -> Mapping[str, Any]:
    """What we would have sent, had we wanted it as it is held now: from now on that is compared."""
    said = {name: held[name] for name in sent if name in held}
    lines = said.get("Line")
    return {**said, "Line": [line for line in lines if not _added(line)]} if isinstance(lines, Sequence) else said


def _added(line: Mapping[str, Any]) -> bool:
    return line.get("DetailType") in _ADDED_LINES


def _members(sent: Mapping[str, Any], held: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, value in sent.items():
        if name not in IGNORED:
            yield from _value(value, held.get(name), f"{path}{name}")


def _value(sent: Any, held: Any, path: str) -> Iterator[str]:
    if path.endswith("Ref") and isinstance(sent, Mapping):
        other = held.get("value") if isinstance(held, Mapping) else held  # names inside references are QBO's own
        yield from _value(sent.get("value"), other, path)
    elif path == "Line":
        yield from _lines(sent, held if isinstance(held, Sequence) else [])
    elif isinstance(sent, Mapping):
        yield from _members(sent, held if isinstance(held, Mapping) else {}, f"{path}.")
    elif isinstance(sent, list):
        yield from _list(sent, held if isinstance(held, list) else [], path)
    elif not _equal(sent, held):
        yield f"{path}: {_shown(sent)} -> {_shown(held)}"


def _lines(sent: Sequence[Any], held: Sequence[Any]) -> Iterator[str]:
    """Line by line; a payment's lines by the document they settle, since QBO orders them its own way."""
    kept = [line for line in held if not _added(line)]
    yield from _list(sorted(sent, key=_linked), sorted(kept, key=_linked), "Line")


def _linked(line: Mapping[str, Any]) -> str:
    linked = line.get("LinkedTxn") or [{}]
    return str(linked[0].get("TxnId", "")) if "DetailType" not in line else ""


def _list(sent: Sequence[Any], held: Sequence[Any], path: str) -> Iterator[str]:
    if len(sent) != len(held):
        yield f"{path}: {len(sent)} -> {len(held)}"
    for place, (mine, theirs) in enumerate(zip(sent, held, strict=False), start=1):
        yield from _value(mine, theirs, f"{path}[{place}]")


def _equal(sent: Any, held: Any) -> bool:
    if isinstance(sent, Decimal | int) and isinstance(held, Decimal | int):
        return sent == held
    if isinstance(sent, str) and isinstance(held, str):
        return sent.replace("\r\n", "\n").strip() == held.replace("\r\n", "\n").strip()
    return bool(sent == held) or (sent in ("", None) and held in ("", None))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else "nothing" if value is None else encode(value)

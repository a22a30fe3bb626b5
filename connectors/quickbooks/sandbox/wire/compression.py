"""Bodies that travel packed: requests unpacked for the Java and .NET clients, answers packed for whoever asks."""

from __future__ import annotations

import gzip
import zlib

LARGEST = 110 * 1024 * 1024  # Intuit takes uploads of 100 MB (qbo-facts 1.1), and their envelope
SHORTEST = 256  # what is shorter gains nothing
TEXT = ("application/json", "application/xml", "text/")
AUTOMATIC = zlib.MAX_WBITS | 32  # a gzip or a zlib header
GZIPPED = ("gzip", "x-gzip", "deflate")


def unpacked(encoding: str, body: bytes) -> bytes:
    """Return a body as it was meant; raises `ValueError` for a broken or an enormous one."""
    if encoding.strip().lower() not in GZIPPED or not body:
        return body
    reader = zlib.decompressobj(AUTOMATIC)
    try:
        whole = reader.decompress(body, LARGEST)
    except zlib.error as error:
        raise ValueError("the body is not packed as its Content-Encoding says") from error
    if reader.unconsumed_tail or not reader.eof:
        raise ValueError("the packed body is cut or too large")
    return whole


def packs(accepted: str, content_type: str, body: bytes) -> bool:
    """Say whether an answer is sent as gzip: to those who asked, and where it is text worth packing."""
    if len(body) < SHORTEST or not content_type.startswith(TEXT):
        return False
    offers = [offer.replace(" ", "").lower() for offer in accepted.split(",")]
    return any(offer.partition(";")[0] in ("gzip", "x-gzip") and not offer.endswith(";q=0") for offer in offers)


def packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)

"""Whether an entry is worth compressing in a zip."""

from __future__ import annotations

import zlib
from typing import Literal

from modelpress.bundle import Entry
from modelpress.config.package_types import Compression
from modelpress.filetree import reading

Method = Literal["store", "deflate"]

SAMPLES = 16
SAMPLE = 64 * 1024  # bytes
FASTEST = 1  # zlib level; ranks data as the slow levels do
WORTHWHILE = 0.85  # int8 weights often get below, fp32 and fp16 weights seldom do


def method_for(path: str, entry: Entry, compression: Compression) -> Method:
    """How to put this entry into a zip; `auto` reads samples of it."""
    if not entry.size:
        return "store"
    if compression == "deflate" or (entry.is_text and compression != "store"):
        return "deflate"
    if compression == "auto" and sampled_ratio(path, entry) <= WORTHWHILE:
        return "deflate"
    return "store"


def sampled_ratio(path: str, entry: Entry) -> float:
    """Compressed size against size, of samples spread evenly over the entry (not empty)."""
    packed = read = 0
    with reading(path), entry.open() as source:
        for place in range(SAMPLES):
            source.seek(max(place * SAMPLE, place * (entry.size - SAMPLE) // (SAMPLES - 1)))
            sample = source.read(SAMPLE)
            packed += len(zlib.compress(sample, FASTEST)) if sample else 0
            read += len(sample)
    return packed / max(read, 1)

"""A project as it would be rendered now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedIOBase
from types import MappingProxyType
from typing import cast

from modelpress.bundle import Bundle, Digest, Entry, RenderedText, content_sha256
from modelpress.filetree import reading


@dataclass(frozen=True, slots=True)
class Fresh:
    """Every file of a bundle, its lock included, with its digest."""

    entries: Mapping[str, Entry]
    digests: Mapping[str, Digest]

    @classmethod
    def of(cls, bundle: Bundle) -> Fresh:
        """Read everything once, models included."""
        entries = dict(bundle.entries)
        digests = {path: _digest(path, entry) for path, entry in entries.items()}
        for path, closing in bundle.closings.items():
            content = closing(MappingProxyType(dict(digests)))
            entries[path] = RenderedText(content)
            digests[path] = Digest.of(content)
        return cls(MappingProxyType(entries), MappingProxyType(digests))

    @property
    def content_sha256(self) -> str:
        """The digest of all content, as a folder with exactly these files would have it."""
        return content_sha256(self.digests)


def _digest(path: str, entry: Entry) -> Digest:
    with reading(path), entry.open() as source:
        return Digest(entry.size, hashlib.file_digest(cast(BufferedIOBase, source), "sha256").hexdigest())

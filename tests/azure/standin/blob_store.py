"""Keeps containers, blobs and uncommitted blocks in a folder."""

from __future__ import annotations

import base64
import hashlib
import itertools
import shutil
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from standin.exchange import ApiError


@dataclass(frozen=True)
class Block:
    """A part of a blob: its id as sent (Base64), and the file that holds it."""

    identifier: str
    path: Path
    size: int


@dataclass
class Blob:
    """One committed blob."""

    name: str
    path: Path
    size: int
    etag: str
    md5: str  # of the content, hexadecimal
    content_md5: str = ""  # as the service keeps it, Base64; set by the client for a blob made of blocks
    content_type: str = "application/octet-stream"
    metadata: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    modified: str = field(default_factory=lambda: format_datetime(datetime.now(UTC), usegmt=True))


Key = tuple[str, str]  # container, blob name


class BlobStore:
    """One storage account."""

    def __init__(self, folder: Path, containers: list[str]) -> None:
        self.lock = threading.RLock()
        self._folder = folder
        self._files = itertools.count()
        self._etags = itertools.count(1)
        self.containers: dict[str, dict[str, Blob]] = {name: {} for name in containers}
        self._uncommitted: dict[Key, dict[str, Block]] = {}

    def create_container(self, name: str) -> None:
        """Raises ApiError, 409, when there is one of this name."""
        with self.lock:
            if name in self.containers:
                raise ApiError(409, "ContainerAlreadyExists", "The specified container already exists.")
            self.containers[name] = {}

    def container(self, name: str) -> dict[str, Blob]:
        if name not in self.containers:
            raise ApiError(404, "ContainerNotFound", f"The specified container does not exist: {name}")
        return self.containers[name]

    def find(self, container: str, name: str) -> Blob | None:
        return self.container(container).get(name)

    def get(self, container: str, name: str) -> Blob:
        blob = self.find(container, name)
        if blob is None:
            raise ApiError(404, "BlobNotFound", "The specified blob does not exist.")
        return blob

    def put(self, container: str, name: str, content: bytes) -> Blob:
        """Write a blob in one go; drops its uncommitted blocks."""
        path = self._write(content)
        digest = hashlib.md5(content, usedforsecurity=False)
        blob = Blob(name, path, len(content), self._etag(), digest.hexdigest())
        blob.content_md5 = base64.b64encode(digest.digest()).decode()
        with self.lock:
            self.container(container)[name] = blob
            self._uncommitted.pop((container, name), None)
        return blob

    def stage(self, container: str, name: str, identifier: str, content: bytes) -> None:
        """Keep an uncommitted block; ids of one blob must be Base64 and equally long."""
        try:
            raw = base64.b64decode(identifier, validate=True)
        except ValueError as error:
            raise ApiError(400, "InvalidQueryParameterValue", "blockid is not Base64") from error
        with self.lock:
            self.container(container)
            blocks = self._uncommitted.setdefault((container, name), {})
            if not raw or len(raw) > 64 or any(len(one) != len(identifier) for one in blocks):
                raise ApiError(400, "InvalidBlobOrBlock", "The specified blob or block content is invalid.")
        block = Block(identifier, self._write(content), len(content))
        with self.lock:
            blocks[identifier] = block

    def staged(self, container: str, name: str) -> list[Block]:
        with self.lock:
            return list(self._uncommitted.get((container, name), {}).values())

    def commit(self, container: str, name: str, wanted: list[tuple[str, str]]) -> Blob:
        """Make the blob of blocks: (`Committed`, `Uncommitted` or `Latest`, id) each. The others are dropped."""
        with self.lock:
            existing = self.find(container, name)
            committed = {block.identifier: block for block in existing.blocks} if existing else {}
            staged = self._uncommitted.get((container, name), {})
            sources = {"Committed": committed, "Uncommitted": staged, "Latest": committed | staged}
            try:
                blocks = [sources[kind][identifier] for kind, identifier in wanted]
            except KeyError as error:
                raise ApiError(400, "InvalidBlockList", "The specified block list is invalid.") from error
            self._uncommitted.pop((container, name), None)
            blob = self._joined(name, blocks)
            self.containers[container][name] = blob
        return blob

    def delete(self, container: str, name: str) -> None:
        with self.lock:
            self.get(container, name)
            del self.containers[container][name]

    def _joined(self, name: str, blocks: list[Block]) -> Blob:
        path, digest = self._new_file(), hashlib.md5(usedforsecurity=False)
        with path.open("wb") as target:
            for block in blocks:
                with block.path.open("rb") as source:
                    shutil.copyfileobj(source, target)
        with path.open("rb") as whole:
            while chunk := whole.read(1 << 20):
                digest.update(chunk)
        return Blob(name, path, path.stat().st_size, self._etag(), digest.hexdigest(), blocks=blocks)

    def _write(self, content: bytes) -> Path:
        path = self._new_file()
        path.write_bytes(content)
        return path

    def _new_file(self) -> Path:
        return self._folder / str(next(self._files))

    def _etag(self) -> str:
        return f'"0x{next(self._etags):016X}"'

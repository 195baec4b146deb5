"""Sources that lie elsewhere, fetched with fsspec into the user's cache."""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from modelpress.bundle import check_path
from modelpress.cache_folder import keep, needed_cache_folder
from modelpress.errors import UsageError
from modelpress.fetching.address import without_credentials
from modelpress.fleet.store import is_url, reaching

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


@lru_cache(maxsize=64)
def local_source(run: str, source: str) -> Path:  # noqa: ARG001 - what lies at a URL may differ by run
    """The path of a source; one with a URL is fetched, unless what lies there was fetched before.

    Raises RemoteError where it cannot be had, and UnsafeInputError for names that lead elsewhere.
    """
    if not is_url(source):
        return Path(source)
    shown = without_credentials(source)
    cache = needed_cache_folder("sources", shown)
    with reaching(source) as (files, root):
        found = _found(files, root)
        if not found:
            raise UsageError(f"{shown} does not exist", hint="Correct the source.")
        name = PurePosixPath(root).name or "source"
        kept = cache / _key(source, files, found)
        if not kept.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                fresh = Path(scratch, "fresh")
                for path, remote in found.items():
                    place = fresh / name / path
                    place.parent.mkdir(parents=True, exist_ok=True)
                    files.get_file(remote, str(place))
                keep(fresh, kept)
    return kept / name


def _found(files: AbstractFileSystem, root: str) -> dict[str, str]:
    """Every file by its path below `root`, to its path in the file system; a single file has an empty path."""
    if files.isfile(root):
        return {"": root}
    found = {str(path)[len(root) :].lstrip("/"): str(path) for path in files.find(root)}
    for path in found:
        check_path(path)
    return dict(sorted(found.items()))


def _key(source: str, files: AbstractFileSystem, found: dict[str, str]) -> str:
    """A digest of the address, and of what tells one version of each file from another."""
    versions = {path: files.ukey(remote) for path, remote in found.items()}
    return hashlib.sha256(json.dumps([source, versions], sort_keys=True, default=str).encode()).hexdigest()

"""Checks the files of a bundle on disk against the hashes that were written with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from modelpress.bundle import LOCK_NAME, SUMS_NAME, Bundle, Digest, Entry, content_sha256
from modelpress.errors import ModelpressError
from modelpress.filetree import open_tree, reading
from modelpress.project_files import open_bundle
from modelpress.proving.report import Finding

CHUNK = 1 << 20  # bytes read at a time
SHOWN = 5  # files named before the rest is counted


def digests_of(bundle: Bundle) -> dict[str, Digest]:
    """Size in bytes and SHA-256 of every file, SHA256SUMS itself left out."""
    return {path: _digest(path, entry) for path, entry in bundle.entries.items()}


def check_manifest(path: Path, digests: Mapping[str, Digest]) -> Finding:
    """Whether the files are those that modelpress.lock or SHA256SUMS lists, no more, no fewer, unchanged."""
    name, listed = _listed(path)
    found = {file: digest.sha256 for file, digest in digests.items() if file != LOCK_NAME or name == SUMS_NAME}
    problems = [f"{file} changed" for file in sorted(found.keys() & listed.keys()) if found[file] != listed[file]]
    problems += [f"{file} is missing" for file in sorted(listed.keys() - found.keys())]
    problems += [f"{file} is not listed" for file in sorted(found.keys() - listed.keys())]
    if not problems:
        return Finding("manifest", "passed", f"{len(listed)} files are as {name} lists them")
    shown = "; ".join(problems[:SHOWN]) + (f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else "")
    return Finding(
        "manifest", "failed", f"against {name}: {shown}", "Render the project again, or look at what changed."
    )


def identity(digests: Mapping[str, Digest]) -> str:
    """One digest for the whole, the `content_sha256` that was printed when it was written."""
    return content_sha256({path: digest for path, digest in digests.items() if path != SUMS_NAME})


def _listed(path: Path) -> tuple[str, dict[str, str]]:
    """The manifest's name, and SHA-256 by path as it lists them."""
    entries = open_bundle(path)
    if LOCK_NAME in entries.entries:
        return LOCK_NAME, _from_lock(_content(entries.entries[LOCK_NAME], path), path)
    if SUMS_NAME in entries.closings:
        return SUMS_NAME, _from_sums(_sums_text(path), path)
    raise ModelpressError(
        f"{path} holds neither {LOCK_NAME} nor {SUMS_NAME}",
        hint="Give a folder or zip that modelpress wrote.",
        file=str(path),
    )


def _from_lock(text: str, path: Path) -> dict[str, str]:
    try:
        return {file: str(listed["sha256"]) for file, listed in json.loads(text)["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _malformed(path, LOCK_NAME) from None


def _from_sums(text: str, path: Path) -> dict[str, str]:
    listed = {}
    for line in text.splitlines():
        sha256, separator, file = line.partition("  ")
        if not separator:
            raise _malformed(path, SUMS_NAME)
        listed[file] = sha256
    return listed


def _malformed(path: Path, name: str) -> ModelpressError:
    return ModelpressError(f"{path}: {name} cannot be understood", hint="Render the project again.", file=str(path))


def _sums_text(path: Path) -> str:
    entry = open_tree(path).entry(SUMS_NAME)
    if entry is None:  # it was there a moment ago
        raise _malformed(path, SUMS_NAME)
    return _content(entry, path)


def _content(entry: Entry, path: Path) -> str:
    with reading(str(path)), entry.open() as source:
        return source.read().decode()


def _digest(path: str, entry: Entry) -> Digest:
    sha256 = hashlib.sha256()
    with reading(path), entry.open() as source:
        while chunk := source.read(CHUNK):
            sha256.update(chunk)
    return Digest(entry.size, sha256.hexdigest())

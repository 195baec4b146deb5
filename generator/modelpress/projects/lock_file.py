"""Read the lock of a project: what it was made from, and the hash of every rendered file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from modelpress.bundle import LOCK_NAME, Digest, check_path
from modelpress.errors import ModelpressError
from modelpress.packaging.answers import Answers
from modelpress.packaging.provenance import CHECKSUM, LOCK_VERSION, checksum
from modelpress.version import __version__

RESTORE = "Restore the file from git, or render the project again into a new folder."


@dataclass(frozen=True, slots=True)
class Source:
    """What the candidates were read from: its name and the content id of its ranked candidates."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock as it was read: `modelpress` is the version that rendered, `files` the digests of what it rendered."""

    modelpress: str
    candidate: str
    source: Source
    layers: Sequence[Mapping[str, Any]]
    answers: Answers
    files: Mapping[str, Digest]


def read_lock(folder: Path) -> Lock:
    """The lock of the project in `folder`.

    Raises ModelpressError for a folder without one, a lock of a newer modelpress, a damaged or
    edited one, and UnsafeInputError for paths in it that lead outside the project.
    """
    file = folder / LOCK_NAME
    document = _document(file)
    _refuse_newer(document, file)
    if document.get(CHECKSUM) != checksum(document):
        raise ModelpressError(
            f"{file} was edited since modelpress wrote it, or damaged",
            hint=f"{RESTORE} What it says is changed by options of `modelpress update` alone.",
            file=str(file),
        )
    if "answers" not in document:
        raise ModelpressError(
            f"{file} does not say how the project was rendered",
            hint="Only what `modelpress render` and `modelpress init` wrote can be rendered again.",
            file=str(file),
        )
    try:
        return _lock(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ModelpressError(f"{file} cannot be understood", hint=RESTORE, file=str(file)) from None


def refuse_older_modelpress(lock: Lock, folder: Path) -> None:
    """Raise ModelpressError where a newer modelpress rendered the project: its templates are newer than ours."""
    from packaging.version import InvalidVersion, Version

    try:
        older = Version(__version__) < Version(lock.modelpress)
    except InvalidVersion:
        older = False
    if older:
        raise ModelpressError(
            f"{folder} was rendered by modelpress {lock.modelpress}, and this is {__version__}",
            hint=f"Install modelpress {lock.modelpress} or later, or go back to older templates with --force.",
            file=str(folder),
        )


def _document(file: Path) -> dict[str, Any]:
    try:
        text = file.read_bytes().decode()
        document = json.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        raise ModelpressError(
            f"{file.parent} is no project: it holds no {LOCK_NAME}",
            hint="Give the folder that `modelpress render` wrote, such as `deploy`.",
            file=str(file.parent),
        ) from None
    except OSError as error:
        raise ModelpressError(f"{file} cannot be read: {error.strerror}", hint=RESTORE, file=str(file)) from None
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ModelpressError(
            f"{file}{line}: not a lock file, or damaged", hint=RESTORE, file=f"{file}{line}"
        ) from None
    if not isinstance(document, dict):
        raise ModelpressError(f"{file}: not a lock file", hint=RESTORE, file=str(file))
    return document


def _refuse_newer(document: Mapping[str, Any], file: Path) -> None:
    version = document.get("lock_version")
    if isinstance(version, int) and version > LOCK_VERSION:
        raise ModelpressError(
            f"{file} was written by a newer modelpress ({document.get('modelpress')})",
            hint="Install that version or a later one: pip install --upgrade modelpress",
            file=str(file),
        )


def _lock(document: Mapping[str, Any]) -> Lock:
    files = {path: Digest(int(one["size"]), str(one["sha256"])) for path, one in document["files"].items()}
    for path in files:
        check_path(path)
    answers = document["answers"]
    return Lock(
        modelpress=str(document["modelpress"]),
        candidate=str(document["candidate"]),
        source=Source(str(document["source"]["name"]), str(document["source"]["sha256"])),
        layers=tuple({key: str(layer[key]) for key in ("name", "kind", "version")} for layer in document["layers"]),
        answers=Answers(
            int(answers["rank"]),
            None if answers["configuration"] is None else str(answers["configuration"]),
            _settings(answers["settings"]),
            tuple(map(str, answers["elsewhere"])),
        ),
        files=MappingProxyType(files),
    )


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """The settings; their values are checked where they come into force. TypeError where a section is none."""
    return {**said, **{section: dict(said[section]) for section in ("project", "ranking", "render") if section in said}}

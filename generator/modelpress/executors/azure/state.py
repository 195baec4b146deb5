"""What was done for a project, in a file beside it: the next run goes on from there.

Azure itself knows what is uploaded and registered; the file holds what Azure cannot tell: which
version a run chose, and which operations it began. No secret is ever in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.whole_file import replace_file

SUFFIX = ".publish.json"
FORM = 1  # of the file; another one is not read


def state_path(project: Path) -> Path:
    """Where the state of a project lies: `<project>.publish.json` beside the folder or the zip."""
    place = Path(os.path.realpath(project))
    return place.with_name(place.name + SUFFIX)


@dataclass(frozen=True, slots=True)
class State:
    """The records of one workspace in the state file `path`.

    Each record has a section (`uploads`, `steps`, `operations`) and a key; it is plain data.
    """

    path: Path
    workspace: str

    def get(self, section: str, key: str) -> Mapping[str, Any] | None:
        """The record, or None. Raises ModelpressError where the file is damaged."""
        found = _read(self.path).get("workspaces", {}).get(self.workspace, {}).get(section, {}).get(key)
        return found if isinstance(found, Mapping) else None

    def put(self, section: str, key: str, record: Mapping[str, Any] | None) -> None:
        """Write the record, or with None remove it; the file is replaced whole."""
        content = _read(self.path)
        records = content.setdefault("workspaces", {}).setdefault(self.workspace, {}).setdefault(section, {})
        if record is None:
            records.pop(key, None)
        else:
            records[key] = dict(record)
        _write(self.path, {"form": FORM, **content})

    def check_writable(self) -> None:
        """Raise ModelpressError where the file cannot be written: better before anything is done than after."""
        _write(self.path, {"form": FORM, **_read(self.path)})


def _read(path: Path) -> dict[str, Any]:
    hint = "Move the file away: what is registered stays so, and is found again in the workspace."
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ModelpressError(f"{path} cannot be read: {error.strerror}", hint=hint, file=str(path)) from None
    except (ValueError, RecursionError):
        raise ModelpressError(f"{path} is damaged: no JSON", hint=hint, file=str(path)) from None
    if not isinstance(content, dict) or content.get("form") != FORM or not _is_nested(content.get("workspaces", {}), 3):
        raise ModelpressError(f"{path} is no state file of this version", hint=hint, file=str(path))
    return content


def _is_nested(value: object, depth: int) -> bool:
    """Whether the value is a mapping of mappings, `depth` deep."""
    return isinstance(value, dict) and (depth == 1 or all(_is_nested(inner, depth - 1) for inner in value.values()))


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file whole; only the user may read it."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise ModelpressError(
            f"{path} cannot be written: {error.strerror}",
            hint="What was done is noted beside the project: make its folder writable, or copy the project elsewhere.",
            file=str(path),
        ) from None

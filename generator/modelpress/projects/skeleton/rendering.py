"""Start the child process that makes a project, and read what became of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelpress.errors import ModelpressError, UnsafeInputError, UsageError
from modelpress.projects.skeleton.task import RESULT, TASK, Task
from modelpress.proving.processes import SECRET

ERRORS = {kind.__name__: kind for kind in (ModelpressError, UsageError, UnsafeInputError)}
STDERR = 2  # file descriptor: what prompts and hooks print is no data
CHILD = "modelpress.projects.skeleton.child"


@dataclass(frozen=True, slots=True)
class Rendered:
    """The folder that was made, the name that the skeleton gives it, and what was answered."""

    folder: Path
    name: str
    answers: Mapping[str, Any]


def render(task: Task) -> Rendered:
    """Do the task in a child process: its prompts read standard input, and are printed on standard error.

    Raises the error that the child met, and ModelpressError where it ended without a word.
    """
    (task.scratch / TASK).write_text(task.to_json(), encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # ourselves; the skeleton that it renders is trusted
        [sys.executable, "-P", "-m", CHILD, str(task.scratch)],
        env=_environment(),
        stdin=subprocess.DEVNULL if task.silent else None,
        stdout=STDERR,
        check=False,
    )
    try:
        result = json.loads((task.scratch / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ModelpressError(
            f"{task.template}: rendering the skeleton ended early (exit code {done.returncode})",
            hint="What it printed is above. Nothing was written.",
        ) from None
    if found := result.get("error"):
        raise ERRORS[found.pop("class")](found.pop("message"), **found)
    return Rendered(task.output / result["folder"], result["name"], result["answers"])


def _environment() -> dict[str, str]:
    """The user's variables less the secrets: hooks need the others (the home folder, git's identity)."""
    visible = {name: value for name, value in os.environ.items() if not SECRET.search(name)}
    return {**visible, "PYTHONDONTWRITEBYTECODE": "1"}

"""Answers of an earlier project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelpress.errors import UsageError
from modelpress.projects.skeleton.variables import read_json


def read_replay(path: Path) -> dict[str, Any]:
    """The answers in a file that cookiecutter wrote, or in the JSON document of an earlier `init`.

    Raises UsageError with file and line for what holds none.
    """
    data = read_json(path, str(path))
    answers = data.get("cookiecutter") if isinstance(data, dict) else None
    if not isinstance(answers, dict):
        raise UsageError(
            f"{path} holds no answers",
            hint="Give a replay file of cookiecutter, or what `init --format json` printed.",
            file=str(path),
        )
    return answers

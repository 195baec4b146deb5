"""Has a child process make the files of template sets that others wrote: it may use so much and no more."""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelpress.bundle import RenderedText, check_path
from modelpress.errors import ModelpressError, UnsafeInputError, UsageError
from modelpress.isolation import run_module, visible
from modelpress.limits import Limits
from modelpress.templating.faults import LIMITED
from modelpress.templating.making import Made
from modelpress.templating.sets import TemplateSet

LIMITS = Limits(memory=1 << 30, seconds=10, written=192 << 20)
PATIENCE = 120  # seconds on the clock: other programs may have the processor
KEPT = ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")  # variables that say where compiled templates are kept
CHILD = "modelpress.templating.child"
RESULT = "result.json"
ERRORS = {kind.__name__: kind for kind in (ModelpressError, UsageError, UnsafeInputError)}


@dataclass(frozen=True, slots=True)
class Task:
    """What the child is to do: `result` is the file that it writes."""

    context: Mapping[str, Any]
    sets: tuple[TemplateSet, ...]
    folders: Mapping[str, str]
    limits: Limits
    result: Path

    @property
    def named(self) -> str:
        """The sets, for a message."""
        return ", ".join(one.name for one in self.sets)


def make_apart(
    context: Mapping[str, Any], sets: Sequence[TemplateSet], folders: Mapping[str, str]
) -> list[dict[str, Made]]:
    """As `make`, for each of the sets. Raises UnsafeInputError as well where the child needs more than it may use."""
    with tempfile.TemporaryDirectory() as scratch:
        task = Task(context, tuple(sets), folders, LIMITS, Path(scratch, RESULT))
        _run(task)
        result = json.loads(task.result.read_text(encoding="utf-8"))
    if found := result.get("error"):
        raise ERRORS[found["class"]](found["message"], hint=found["hint"], file=found["file"])
    return [dict(_checked(one, files)) for one, files in zip(sets, result["sets"], strict=True)]


def _run(task: Task) -> None:
    """Start the child, wait for it, and see that it left a result."""
    environment = {**visible(*KEPT), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = run_module(CHILD, pickle.dumps(task), environment, PATIENCE)
    except OSError as error:
        raise ModelpressError(f"no process can be started to render in: {error}", hint="Look at the system.") from None
    if ended.code is None or ended.code < 0:  # a signal: the hard end of a limit, or a crash
        raise _too_much(task)
    if ended.code or not task.result.is_file():
        raise ModelpressError(
            f"rendering {task.named} {ended}", hint="This is a defect of modelpress: please report it."
        )


def _too_much(task: Task) -> UnsafeInputError:
    limits = task.limits
    most = f"{limits.seconds} seconds of processor time or {limits.memory >> 20} MiB of memory"
    return UnsafeInputError(f"rendering {task.named} takes more than {most}", hint=LIMITED)


def _checked(template_set: TemplateSet, files: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Made]]:
    """What the child says that it made, as far as the set has it: the child worked on foreign input."""
    sources = template_set.sources()
    for one in files:
        path, name, text = one["path"], one["name"], one["text"]
        check_path(path)
        if name not in sources:
            raise UnsafeInputError(
                f"{template_set.name}: {path} is made of no file of the set",
                hint="Do not use this template set; ask where it comes from.",
            )
        content = None if text is None else text.encode()
        made = None if content is None else RenderedText(content, executable=content.startswith(b"#!"))
        yield path, Made(name, sources[name], made)

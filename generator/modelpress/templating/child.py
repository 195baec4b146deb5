"""The child process: reads a task from standard input, makes the files of template sets, writes what became of it."""

from __future__ import annotations

import json
import pickle
import sys
from typing import Any

from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.limits import TimeUpError
from modelpress.templating.apart import ERRORS, Task
from modelpress.templating.faults import LIMITED
from modelpress.templating.making import Made, make

LONGEST_CHARACTER = 6  # bytes of JSON for one byte of text


def main() -> int:
    """Do the task; the exit code is 0 whatever became of it."""
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process that started this one
    task.limits.apply()
    try:
        _write(task)
    except (MemoryError, TimeUpError):  # anywhere, saying what else is wrong included
        what = f"rendering {task.named} takes too long, or too much memory"
        task.result.write_text(_error(UnsafeInputError(what, hint=LIMITED)), encoding="utf-8")
    return 0


def _write(task: Task) -> None:
    try:
        result = _result(task)
    except ModelpressError as error:
        result = _error(error)
    task.result.write_text(result, encoding="utf-8")


def _result(task: Task) -> str:
    most = (task.limits.written or 0) // LONGEST_CHARACTER
    made, left = [], most
    for one in task.sets:
        files = make(task.context, one, task.folders)
        left -= sum(file.text.size for file in files.values() if file.text)
        if left < 0:
            raise UnsafeInputError(f"{one.name}: what it renders is larger than {most >> 20} MiB", hint=LIMITED)
        made.append([_file(path, file) for path, file in files.items()])
    return json.dumps({"sets": made}, ensure_ascii=False)


def _file(path: str, made: Made) -> dict[str, Any]:
    return {"path": path, "name": made.name, "text": made.text.content.decode() if made.text else None}


def _error(error: ModelpressError) -> str:
    kind = next(name for name, known in reversed(ERRORS.items()) if isinstance(error, known))
    return json.dumps({"error": {"class": kind, "message": error.message, "hint": error.hint, "file": error.file}})


if __name__ == "__main__":
    sys.exit(main())

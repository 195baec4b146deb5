"""The child process: asks, then has cookiecutter make the project.

A process of its own: cookiecutter changes the working folder and the import path, and what it
renders, imports and runs is code of the skeleton.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.errors import UnsafeInputError, UsageError
from modelpress.projects.skeleton.answering import Context, answer, nested, place_paths
from modelpress.projects.skeleton.faults import explain
from modelpress.projects.skeleton.occupied import refuse_occupied
from modelpress.projects.skeleton.task import RESULT, TASK, Task
from modelpress.projects.skeleton.variables import Marks

if TYPE_CHECKING:
    from jinja2 import Environment

INTERRUPTED = 130


def main(folder: Path) -> int:
    """Do the task in the folder and leave the result there; the exit code is 0 whatever became of it."""
    task = Task.from_json((folder / TASK).read_text(encoding="utf-8"))
    logging.getLogger("cookiecutter").addHandler(logging.NullHandler())  # what went wrong is said once, at the end
    logging.getLogger("cookiecutter").propagate = False
    tempfile.tempdir = str(task.scratch)  # cookiecutter leaves rendered hooks there
    try:
        result = make(task)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the skeleton's code can raise anything
        known = explain(error, task)
        result = {
            "error": {"class": type(known).__name__, "message": known.message, "hint": known.hint, "file": known.file}
        }
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")
    return 0


def make(task: Task) -> dict[str, Any]:
    """Make the project in the output folder: its path in there, its name, and what was answered."""
    from cookiecutter.generate import generate_files

    folder = _entered(task.folder)
    while chosen := nested(task, folder):
        task, folder = chosen[0], _entered(chosen[1])
    context = answer(task, folder)
    name = check_names(folder, context, task)
    target = task.parent / (task.name or name)
    refuse_occupied(target)
    answers = {key: value for key, value in context["cookiecutter"].items() if not key.startswith("_")}
    place_paths(context, target)
    made = generate_files(folder, context, str(task.output))
    return {"folder": os.path.relpath(made, task.output), "name": name, "answers": answers}


def _entered(folder: Path) -> Path:
    """The skeleton after its own first hook, which works on a copy; its modules can be imported from here on."""
    from cookiecutter.hooks import run_pre_prompt_hook

    prompted = Path(run_pre_prompt_hook(folder))
    sys.path.append(str(prompted))  # after everything that is installed
    return prompted


def check_names(folder: Path, context: Context, task: Task) -> str:
    """The name that the project's folder is given, after a look at every name that would be written.

    Answers end up in names, so even a trusted skeleton may be made to write elsewhere. Raises
    UnsafeInputError (exit 4) where a name leads outside the project.
    """
    from cookiecutter.find import find_template
    from cookiecutter.utils import create_env_with_context

    if Marks.of(context["cookiecutter"]).are_in(str(task.output)):  # cookiecutter renders the path that it writes to
        raise UsageError(
            f"the folder {task.parent.absolute()} would be taken for a template", hint="Work in another folder."
        )
    environment = create_env_with_context(context)
    template = find_template(folder, environment)
    name = _named(environment, template.name, context)
    if not name:
        raise UsageError(
            f"{task.template}: with these answers the project's folder has no name", hint="Give other answers."
        )
    _refuse_escape(name, template.name, task)
    for top, folders, files in os.walk(template):
        for path in (Path(top, one).relative_to(template) for one in (*folders, *files)):
            _refuse_escape(_named(environment, str(path), context), str(path), task)
    return name


def _named(environment: Environment, template: str, context: Context) -> str:
    try:
        return environment.from_string(template).render(**context)
    except Exception as error:
        error.add_note(f"the name {template}")
        raise


def _refuse_escape(rendered: str, name: str, task: Task) -> None:
    path = Path(os.path.normpath(rendered))
    if path.is_absolute() or path.drive or path.parts[:1] == ("..",) or "\0" in rendered:
        raise UnsafeInputError(
            f"{task.template}: with these answers {name!r} would be written to {rendered!r}, outside the project",
            hint="Give other answers.",
        )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Ask what a skeleton asks: from its variables, what was given, and prompts to the context of its templates.

Runs in the child process only: defaults are expressions of the skeleton.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelpress.config.problems import suggestion
from modelpress.errors import UnsafeInputError, UsageError
from modelpress.projects.skeleton.task import Task
from modelpress.projects.skeleton.variables import NAME, Marks, read_variables

NESTED = {"template", "templates"}
PATHS = "_paths"
"""A variable of a skeleton that lists those of its variables that are paths: given relative to the working folder,
written relative to the project. (An addition of ours; cookiecutter itself ignores it.)"""

Context = dict[str, Any]


def nested(task: Task, folder: Path) -> tuple[Task, Path] | None:
    """The skeleton nested in that of `folder` that was chosen, None where none is nested.

    Raises UnsafeInputError (exit 4) for one that lies outside.
    """
    from cookiecutter.generate import generate_context
    from cookiecutter.prompt import choose_nested_template

    variables = read_variables(folder, task.template)
    if not NESTED & variables.keys():
        return None
    own = {name: text for name, text in task.answers.items() if name in NESTED & variables.keys()}
    said = generate_context(str(folder / NAME), task.defaults, own)
    try:
        chosen = Path(choose_nested_template(said, folder, task.silent))
    except (ValueError, AttributeError, LookupError, TypeError):
        raise UsageError(
            f"{task.template}: its nested skeletons are not listed as cookiecutter reads them",
            hint="Name one of its folders with --directory.",
        ) from None
    place = Path(os.path.relpath(chosen, folder.resolve())).as_posix()
    if not chosen.is_relative_to(folder.resolve()):
        raise UnsafeInputError(
            f"{task.template}: the nested skeleton {place!r} lies outside the skeleton",
            hint="Do not use it; ask where it comes from.",
        )
    if place == "." or not (chosen / NAME).is_file():
        raise UsageError(
            f"{task.template}: {place!r} is no nested skeleton", hint="Name one of its folders with --directory."
        )
    home = Path(os.path.realpath(task.home), place)
    rest = {name: text for name, text in task.answers.items() if name not in own}
    return replace(task, home=home, template=str(home), answers=rest), chosen


def answer(task: Task, folder: Path) -> Context:
    """The context of the templates in `folder`, with all questions answered.

    Raises UsageError for an answer to what is not asked, or that is no choice.
    """
    from cookiecutter.generate import generate_context
    from cookiecutter.prompt import prompt_for_config

    variables = read_variables(folder, task.template)
    marks = Marks.of(variables)
    _refuse_unknown(task, variables)
    given = {name: _typed(name, text, variables[name]) for name, text in task.answers.items()}
    try:
        context: Context = generate_context(str(folder / NAME), task.defaults, given)
    except ValueError as error:
        raise UsageError(f"--var {error}", hint="Give one of the choices.") from None
    inner = context["cookiecutter"]
    replayed = _replayed(task, variables)
    context["_cookiecutter"] = {name: said for name, said in {**inner, **replayed}.items() if not name.startswith("_")}
    texts = {name: given[name] for name in given if not isinstance(variables[name], list | bool)}
    inner.update({name: marks.literal(value) for name, value in {**replayed, **texts}.items()})
    inner.update(prompt_for_config(context, task.silent))
    inner.update(
        _template=task.template,
        _output_dir=os.path.abspath(task.parent),  # noqa: PTH100  # as cookiecutter: links stay
        _repo_dir=str(task.home),
        _checkout=task.checkout,
    )
    return context


def place_paths(context: Context, project: Path) -> None:
    """Turn the answers that are paths, given relative to the working folder, into paths from the project's folder."""
    inner = context["cookiecutter"]
    for name in inner.get(PATHS, ()):
        path = Path(inner[name]).expanduser()
        if inner[name] and not path.is_absolute():
            inner[name] = Path(os.path.relpath(path, project)).as_posix()


def _refuse_unknown(task: Task, variables: Mapping[str, Any]) -> None:
    asked = [name for name in variables if not name.startswith("_")]
    for name in task.answers:
        if name not in asked:
            hint = suggestion(name, asked) or f"It asks for {', '.join(asked)}."
            raise UsageError(f"--var {name}: {task.template} asks for no such thing", hint=hint)


def _typed(name: str, text: str, default: Any) -> Any:
    """An answer from the command line; a mapping is given as JSON."""
    if not isinstance(default, Mapping):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UsageError(f"--var {name} is not a mapping", hint='Write it as JSON: {"key": "value"}.')
    return value


def _replayed(task: Task, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Earlier answers. What a skeleton says of itself (one underscore) is taken from the skeleton alone."""
    answers = task.replayed or {}
    return {
        name: value
        for name, value in answers.items()
        if name in variables and name not in task.answers and (not name.startswith("_") or name.startswith("__"))
    }

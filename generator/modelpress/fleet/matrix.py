"""Read a matrix: the projects of a fleet by name, each with what it is rendered from."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from modelpress.bundle import check_path
from modelpress.config.document import Document, read_document
from modelpress.config.problems import MAPPING, Keys, Problem, explain, quoted, suggestion
from modelpress.errors import UnsafeInputError, UsageError
from modelpress.fleet.telling import SOURCE, Telling, located, problem_with, told
from modelpress.wording import enumerated

if TYPE_CHECKING:
    from modelpress.fleet.form import MatrixForm

FORM = "`modelpress schema matrix` prints the form of a matrix."
MOST = 100_000  # projects; more is a slip of the pen


@dataclass(frozen=True, slots=True)
class Member:
    """One project of a fleet: its name, and what the matrix tells of it."""

    name: str
    telling: Telling


@dataclass(frozen=True, slots=True)
class Matrix:
    """The projects in the order of the file.

    `output` is where they go, an absolute path or a URL; None where
    the matrix does not say.
    """

    path: Path
    output: str | None
    members: tuple[Member, ...]

    def only(self, names: tuple[str, ...]) -> tuple[Member, ...]:
        """The projects of these names, all where none is named. Raises UsageError for an unknown name."""
        known = {member.name for member in self.members}
        for name in names:
            if name not in known:
                hint = suggestion(name, known) or f"It has {enumerated(sorted(known))}."
                raise UsageError(f"{self.path} has no project {name!r}", hint=hint, file=str(self.path))
        return tuple(member for member in self.members if not names or member.name in names)


def read_matrix(path: Path) -> Matrix:
    """The matrix in a YAML or JSON file; relative paths in it start from its folder.

    Raises UsageError that lists what is wrong, with line and place.
    """
    document = read_document(path)
    form = _form(document)
    problems = list(_problems(form))
    if problems:
        raise document.error(problems)
    found: dict[str, Member] = {}
    for keys, name, values in itertools.chain(_combinations(form), _extras(form)):
        problem = _problem_with_name(keys, name, found)
        if problem:
            raise document.error([problem])
        found[_folded(name)] = Member(name, told(form.common, values, path.resolve().parent))
    if not found:
        raise document.error([Problem((), "no project is left", "Name `axes`, or projects under `include`.")])
    output = None if form.output is None else located(form.output, path.resolve().parent)
    return Matrix(path, output, tuple(found.values()))


def _form(document: Document) -> MatrixForm:
    from pydantic import ValidationError

    from modelpress.fleet.form import MatrixForm, allowed_keys

    data = document.data if document.data is not None else {}
    if not isinstance(data, Mapping):
        raise document.error([Problem((), f"a matrix {MAPPING}", FORM)])
    fields = {key: value for key, value in data.items() if key != "$schema"}
    try:
        return MatrixForm.model_validate(fields)
    except ValidationError as error:
        raise document.error(explain(error, fields, allowed_keys)) from None


def _problems(form: MatrixForm) -> Iterator[Problem]:
    """What is wrong with the names, the values and the size of the matrix."""
    for name, value in form.common.items():
        yield from problem_with(("common", name), name, value)
    for axis, values in form.axes.items():
        for place, value in values.items() if isinstance(values, dict) else enumerate(values):
            yield from problem_with(("axes", axis, place), axis, value)
    for number, extra in enumerate(form.include):
        for name, value in extra.with_.items():
            yield from problem_with(("include", number, "with", name), name, value)
    for number, left_out in enumerate(form.exclude):
        for axis, value in left_out.items():
            yield from _problem_with_exclusion(form, ("exclude", number, axis), value)
    size = math.prod(len(values) for values in form.axes.values()) + len(form.include)
    if size > MOST:
        yield Problem(("axes",), f"makes {size:,} projects, and {MOST:,} are the most", "Take some values away.")


def _problem_with_exclusion(form: MatrixForm, keys: Keys, value: object) -> Iterator[Problem]:
    axis = str(keys[-1])
    if axis not in form.axes:
        yield Problem(keys, "is no axis of this matrix", suggestion(axis, form.axes))
        return
    values = _labelled(axis, form.axes[axis])
    if not any(_fits(value, label, one) for label, one in values):
        yield Problem(keys, "is neither a value nor a label of that axis", suggestion(value, dict(values)))


def _combinations(form: MatrixForm) -> Iterator[tuple[Keys, str, Mapping[str, Any]]]:
    """Place in the file, name and values of each combination that is not left out."""
    if not form.axes:
        return
    axes = [[(axis, *pair) for pair in _labelled(axis, values)] for axis, values in form.axes.items()]
    for combination in itertools.product(*axes):
        by_axis = {axis: (label, value) for axis, label, value in combination}
        if not any(all(_fits(said, *by_axis[axis]) for axis, said in one.items()) for one in form.exclude if one):
            name = "-".join(label for _, label, _ in combination)
            yield ("axes",), name, {axis: value for axis, _, value in combination}


def _extras(form: MatrixForm) -> Iterator[tuple[Keys, str, Mapping[str, Any]]]:
    for number, extra in enumerate(form.include):
        yield ("include", number, "name"), extra.name, extra.with_


def _labelled(axis: str, values: Mapping[str, Any] | list[Any]) -> list[tuple[str, Any]]:
    if isinstance(values, Mapping):
        return list(values.items())
    return [(_label(axis, value), value) for value in values]


def _label(axis: str, value: object) -> str:
    """What a plain value is called in names: of a source its file or folder alone, without the suffix of a file."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if axis == SOURCE:
        text = PurePosixPath(text.replace("\\", "/")).stem or text
    return re.sub(r"[^\w.=+-]+", "-", text).strip("-.") or "-"


def _fits(said: object, label: str, value: object) -> bool:
    return str(said) == label or (said == value and isinstance(said, bool) == isinstance(value, bool))


def _problem_with_name(keys: Keys, name: str, found: Mapping[str, Member]) -> Problem | None:
    from modelpress.config.values import LONGEST_NAME

    hint = "Give the values labels: a mapping of labels to values instead of a list."
    try:
        check_path(name)
    except UnsafeInputError:
        fits = False
    else:
        fits = "/" not in name and not name.startswith(".") and len(name.encode()) <= LONGEST_NAME
    if not fits:
        return Problem(keys, f"{quoted(name)} cannot be the name of a folder", hint)
    if _folded(name) in found:
        other = quoted(found[_folded(name)].name)
        return Problem(keys, f"the projects {other} and {quoted(name)} would lie in one folder", hint)
    return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()

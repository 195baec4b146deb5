"""What of a skeleton would run, found out by reading it: none of it is rendered, imported or executed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path
from typing import Any

from modelpress.errors import UnsafeInputError, UsageError
from modelpress.projects.skeleton.fetching import Skeleton
from modelpress.projects.skeleton.variables import ENVIRONMENT, NAME, Marks, read_variables
from modelpress.wording import enumerated

HOOKS = ("pre_prompt", "pre_gen_project", "post_gen_project")
HOOK_FOLDER, PARTS_FOLDER = "hooks", "templates"
SHOWN = 5  # of each kind, in a message


@dataclass(frozen=True, slots=True)
class Survey:
    """What runs, by kind; paths are relative to the skeleton's top.

    `hooks` are scripts; `extensions` name modules to import, those of the skeleton itself with
    their file; `environment` are changes of how templates are read; `defaults` are variables
    whose default holds an expression, `names` and `files` the paths and the contents that do.
    """

    hooks: tuple[str, ...]
    extensions: tuple[str, ...]
    environment: tuple[str, ...]
    defaults: tuple[str, ...]
    names: tuple[str, ...]
    files: tuple[str, ...]

    def lines(self, most: int = SHOWN) -> list[str]:
        """A line for each kind of which there is anything."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return [f"{TITLES[kind]}: {enumerated(places, most)}" for kind, places in found.items() if places]


TITLES: Mapping[str, str] = {
    "hooks": "hooks",
    "extensions": "extensions of Jinja",
    "environment": "settings of Jinja",
    "defaults": "expressions in defaults",
    "names": "expressions in file names",
    "files": "expressions in files",
}


def survey(skeleton: Skeleton) -> Survey:
    """What would run if a project were made from the skeleton, or from one nested in it.

    Raises UsageError for a cookiecutter.json that cannot be read.
    """
    marks = Marks.of(read_variables(skeleton.folder, skeleton.shown))
    tops = (path.parent for path in sorted(skeleton.folder.rglob(NAME)))
    found = [_survey(top, skeleton) for top in tops if _may_be_chosen(top, skeleton.folder, marks)]
    merged = ({place: None for one in found for place in astuple(one)[kind]} for kind in range(len(fields(Survey))))
    return Survey(*map(tuple, merged))


def refuse_untrusted(skeleton: Skeleton) -> None:
    """Raise UnsafeInputError (exit 4) that tells what in the skeleton would run, and which version of it that is."""
    if skeleton.reference.kind == "built-in":
        return
    lines = "".join(f"\n  {line}" for line in survey(skeleton).lines())
    pinned = f" with --checkout {skeleton.version.split()[-1]}" if skeleton.reference.kind == "git" else ""
    raise UnsafeInputError(
        f"the skeleton {skeleton.shown} ({skeleton.version}) runs code of its own:{lines}",
        hint=f"--dry-run lists all of it. Once you have read it, pass --trust{pinned}.",
    )


def _may_be_chosen(top: Path, folder: Path, marks: Marks) -> bool:
    """Whether the folder may hold a nested skeleton: not where it is part of a template, or cannot be read."""
    if top == folder:
        return True
    if any(_is_template(part, marks) for part in top.relative_to(folder).parts):
        return False
    try:
        read_variables(top, "")
    except UsageError:
        return False  # nor could cookiecutter
    return True


def _is_template(name: str, marks: Marks) -> bool:
    return "cookiecutter" in name and all(mark in name for mark in marks.variable)


def _survey(top: Path, skeleton: Skeleton) -> Survey:
    """What runs of the skeleton in this one folder."""
    inside = top.relative_to(skeleton.folder).as_posix()
    variables = read_variables(top, skeleton.shown if inside == "." else f"{skeleton.shown}/{inside}")
    marks = Marks.of(variables)
    prefix = "" if inside == "." else f"{inside}/"
    places = [path.relative_to(top).as_posix() for path in _template_files(top, marks)]
    verbatim = variables.get("_copy_without_render")
    return Survey(
        hooks=tuple(f"{prefix}{name}" for name in _hooks(top)),
        extensions=tuple(_extensions(variables.get("_extensions"), top, prefix)),
        environment=tuple(f"{prefix}{NAME}: {name}" for name in _names(variables.get(ENVIRONMENT))),
        defaults=tuple(f"{prefix}{NAME}: {name}" for name in _defaults(variables, marks)),
        names=tuple(f"{prefix}{name}" for name in places if marks.are_in(name.rpartition("/")[2])),
        files=tuple(f"{prefix}{name}" for name in places if _is_rendered(top / name, name, verbatim, marks)),
    )


def _hooks(top: Path) -> list[str]:
    folder = top / HOOK_FOLDER
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [f"{HOOK_FOLDER}/{name}" for name in names if Path(name).stem in HOOKS and not name.endswith("~")]


def _extensions(said: Any, top: Path, prefix: str) -> Iterator[str]:
    """The extensions; for one that may come from the skeleton's own folder, the file that is imported."""
    for extension in said if isinstance(said, list) else [] if said is None else [said]:
        module = str(extension).partition(".")[0]
        own = [name for name in (f"{module}.py", module) if (top / name).exists()]
        yield f"{extension} ({prefix}{own[0]})" if own else str(extension)


def _names(said: Any) -> list[str]:
    return [str(name) for name in said] if isinstance(said, Mapping) else []


def _defaults(variables: Mapping[str, Any], marks: Marks) -> list[str]:
    """Variables whose default is rendered; those of one underscore are taken as they are."""
    rendered = (name for name in variables if not name.startswith("_") or name.startswith("__"))
    return [name for name in rendered if any(map(marks.are_in, _texts(variables[name])))]


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        return chain(map(str, value), chain.from_iterable(map(_texts, value.values())))
    return chain.from_iterable(map(_texts, value)) if isinstance(value, list) else [str(value)]


def _template_files(top: Path, marks: Marks) -> Iterator[Path]:
    """The files and folders that a project may be made of, and those that they may include."""
    for folder in sorted(top.iterdir()):
        is_template = _is_template(folder.name, marks)
        if not folder.is_dir() or not (is_template or folder.name == PARTS_FOLDER):
            continue
        if is_template:
            yield folder
        for place, folders, files in os.walk(folder):
            folders.sort()
            yield from (Path(place, name) for name in (*folders, *sorted(files)))


def _is_rendered(path: Path, name: str, verbatim: Any, marks: Marks) -> bool:
    """Whether cookiecutter renders the content and there is anything in it that runs."""
    from binaryornot.check import is_binary  # as cookiecutter decides it

    inside = name.partition("/")[2]
    patterns = verbatim if isinstance(verbatim, list) else []
    copied = any(fnmatch(inside, str(pattern)) for pattern in patterns)  # of the file, or of a folder above it
    copied |= any(fnmatch(str(above), str(pattern)) for above in Path(inside).parents for pattern in patterns)
    if copied or not path.is_file() or is_binary(str(path)):
        return False
    return marks.are_in(path.read_text(encoding="utf-8", errors="replace"))

"""What was asked when a project was rendered, as its lock keeps it, to render it again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.config.layers import put
from modelpress.config.problems import Keys, dotted
from modelpress.config.vocabulary import leaves

if TYPE_CHECKING:
    from modelpress.config.settings import Settings

ASKED = frozenset({"source", "model_roots", "strict", "project", "ranking", "templates", "render"})
"""The sections of the configuration that have a say in what is rendered."""
PATHS = frozenset({"source", "model_roots", "templates", "render.inputs"})
PATHS_OF_LAYERS = frozenset({"folder", "zip"})
NAME = ("project", "name")
MOST_UP = 3  # folders up from the project to what counts as near: farther up, a path tells of one computer


@dataclass(frozen=True, slots=True)
class Answers:
    """What a project was rendered for.

    `configuration` is its file, whose settings are read again. `settings` are all others, nested
    as in that file. Paths are POSIX and relative to the project; `elsewhere` names the settings
    that hold one which is not near, and must be given anew. `rank` is the candidate's.
    """

    rank: int = 1
    configuration: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """As the lock holds it."""
        return {
            "rank": self.rank,
            "configuration": self.configuration,
            "settings": _sorted(self.settings),
            "elsewhere": list(self.elsewhere),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project is written, and where it will lie: elsewhere only while it is a part of something unfinished."""

    path: Path
    home: Path


def answers_of(settings: Settings, source: Path | None, place: Place, *, rank: int, name: str) -> Answers:
    """The settings that were in force, less those in a file that is near; `source` where it was named beside them.

    `name` is the project's: one that was taken from the source must not change when that moves.
    """
    file = next((one.where for one in settings.values.values() if one.origin == "project"), None)
    configuration = None if file is None else near(Path(file), place.path)
    said: dict[str, Any] = {}
    elsewhere: list[str] = []
    if settings.configuration.project.name is None:
        put(said, NAME, name)
    for keys, value in _asked(settings, None if configuration is None else file):
        setting = dotted(keys)
        if source is not None and setting == "source":
            continue
        kept = _near_paths(settings, setting, value, place.home) if setting in PATHS else value
        if kept is None:
            elsewhere.append(setting)
        else:
            put(said, keys, kept)
    if source is not None and (kept := near(source, place.home)) is not None:
        said["source"] = kept
    elif source is not None:
        elsewhere.append("source")
    return Answers(rank, configuration, said, tuple(sorted(elsewhere)))


def _sorted(value: Any) -> Any:
    """The same in one order, whatever the order in which it was said."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def near(path: Path, folder: Path) -> str | None:
    """The POSIX path from `folder` to `path`; None where that is too far to mean anything on another computer."""
    start = os.path.realpath(folder)
    try:
        relative = Path(os.path.relpath(os.path.realpath(path), start))
    except ValueError:  # another drive
        return None
    up = sum(part == os.pardir for part in relative.parts)
    return None if up > MOST_UP or up >= len(Path(start).parts) - 1 else relative.as_posix()


def _asked(settings: Settings, file: str | None) -> Iterator[tuple[Keys, Any]]:
    """What was said of rendering, other than in `file`."""
    for keys, value in leaves(settings.configuration):
        setting = settings.values[dotted(keys)]
        in_file = setting.origin == "project" and setting.where == file
        if keys[0] in ASKED and setting.origin != "default" and not in_file:
            yield keys, plain(value)


def plain(value: Any) -> Any:
    """The value of a setting as plain data, which means the same when it is given again."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.model_dump(mode="json", exclude_unset=True) if hasattr(value, "model_dump") else value


def with_paths(value: Any, change: Callable[[str], Any]) -> Any:
    """The value of a setting that holds paths, with each of them changed: a path, several, or layers of templates."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [with_paths(one, change) for one in value]
    if isinstance(value, Mapping):
        return {key: change(one) if key in PATHS_OF_LAYERS else one for key, one in value.items()}
    return value


def _near_paths(settings: Settings, name: str, value: Any, home: Path) -> Any:
    """The same with its paths as seen from the project; None where one of them is not near."""
    found: list[str | None] = []

    def seen_from_home(path: str) -> str | None:
        found.append(near(settings.resolve(name, path), home))
        return found[-1]

    changed = with_paths(value, seen_from_home)
    return None if None in found else changed

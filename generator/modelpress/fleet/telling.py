"""What a matrix tells of one project: its source, the candidate, and settings by their dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelpress.config.layers import put
from modelpress.config.paths import resolve_path
from modelpress.config.problems import Keys, Problem, suggestion
from modelpress.config.vocabulary import mapping_depth, setting_fields
from modelpress.fleet.store import is_url
from modelpress.packaging.answers import ASKED, PATHS

SOURCE, RANK, ACCELERATOR = "source", "rank", "accelerator"
LAYER_PATHS = ("folder", "zip")  # what is a path in the mapping of a layer of templates

Settings = Mapping[Keys, Any]
"""Values of settings by all keys on the way to them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a project is rendered from; None: nothing is told.

    `source` is an absolute path or a URL, `rank` that within `accelerator` where one is named.
    `common` are settings that a flag may change, `own` those that make the project what it is.
    """

    source: str | None = None
    rank: int | None = None
    accelerator: str | None = None
    common: Settings | None = None
    own: Settings | None = None


def problem_with(keys: Keys, name: str, value: object) -> Iterator[Problem]:
    """What is wrong with a value of that name, if anything; `keys` are its place in the file."""
    if name == RANK:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield Problem(keys, "must be a whole number, 1 or more")
    elif name in {SOURCE, ACCELERATOR}:
        if not isinstance(value, str) or not value or "\0" in value:
            yield Problem(keys, "must be text, and not empty")
    elif _field_of(name) is None:
        known = [SOURCE, RANK, ACCELERATOR, *_fields()]
        hint = suggestion(name, known) or "Name source, rank, accelerator or a setting, such as project.version."
        yield Problem(keys, "is no setting that has a say in what is rendered", hint)


def told(common: Mapping[str, Any], own: Mapping[str, Any], folder: Path) -> Telling:
    """The values of one project, sorted out; relative paths start from `folder`."""
    both = {**common, **own}
    source = both.get(SOURCE)
    return Telling(
        source=None if source is None else located(source, folder),
        rank=both.get(RANK),
        accelerator=both.get(ACCELERATOR),
        common=_settings(common, folder),
        own=_settings(own, folder),
    )


def located(text: str, folder: Path) -> str:
    """A URL as it is; the absolute path of anything else, which starts from `folder`."""
    return text if is_url(text) else str(resolve_path(text, folder).absolute())


def as_flags(settings: Settings) -> dict[str, object]:
    """The settings by dotted name, as the command line gives them: mappings whole."""
    nested: dict[str, Any] = {}
    for keys, value in settings.items():
        field = _field_of(".".join(map(str, keys))) or ""
        inner = keys[field.count(".") + 1 :]
        if inner:
            put(nested.setdefault(field, {}), inner, value)
        else:
            nested[field] = value
    return nested


def _settings(values: Mapping[str, Any], folder: Path) -> dict[Keys, Any]:
    found: dict[Keys, Any] = {}
    for name, value in values.items():
        field = _field_of(name)
        if field is None:
            continue
        depth = _fields()[field]
        inner = [key for key in name.removeprefix(field).removeprefix(".").split(".", max(depth - 1, 0)) if key]
        keys = (*field.split("."), *inner)
        found |= _leaves(keys, _absolute(value, folder) if field in PATHS else value, depth - len(inner))
    return found


def _leaves(keys: Keys, value: Any, depth: int) -> dict[Keys, Any]:
    if depth < 1 or not isinstance(value, Mapping):
        return {keys: value}
    found: dict[Keys, Any] = {}
    for key, inner in value.items():
        found |= _leaves((*keys, key), inner, depth - 1)
    return found


def _absolute(value: Any, folder: Path) -> Any:
    """The path, or the paths in a list or in layers of templates, made absolute."""
    if isinstance(value, str):
        return located(value, folder)
    if isinstance(value, list):
        return [_absolute(one, folder) for one in value]
    if isinstance(value, Mapping):
        return {key: _absolute(one, folder) if key in LAYER_PATHS else one for key, one in value.items()}
    return value


def _field_of(name: str) -> str | None:
    """The setting that a dotted name means or lies in: `render.dims` of `render.dims.batch`."""
    fields = _fields()
    if name in fields:
        return name
    return next((one for one, depth in fields.items() if depth and name.startswith(f"{one}.")), None)


def _fields() -> dict[str, int]:
    """The settings that have a say in what is rendered, each with the levels of its mapping."""
    return {
        name: mapping_depth(field)
        for name, field in setting_fields().items()
        if name.partition(".")[0] in ASKED and name != SOURCE
    }

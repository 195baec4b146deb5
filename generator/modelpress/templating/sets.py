"""Template sets: folders on a search path, the nearer overlaying the farther file by file.

A layer (project, team, built-in) is a folder of sets. A set is made of the folder of its name
in every layer, nearest first, then of the folders of the set that it extends, and last of the
folders that it mounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from modelpress.errors import UsageError
from modelpress.filetree import FolderTree
from modelpress.templating.manifest import MANIFEST_NAME, Manifest, read_manifest
from modelpress.templating.set_folder import Mount, SetFolder
from modelpress.templating.variables import Variable, resolve_values, suggestion


@dataclass(frozen=True, slots=True)
class Layer:
    """One place on the search path: its name for people and its folder."""

    name: str
    path: Path


SUFFIX = ".jinja"
"""What a template's name ends in, and its output's does not."""

Library = tuple[tuple[str, tuple[SetFolder, ...]], ...]
"""The folders of every set, by its name: what templates may refer to."""


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """A template set, with all that it inherits. `folders` are nearest first."""

    name: str
    description: str
    folders: tuple[SetFolder, ...]
    extends: str | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    only_if: Mapping[str, str] = field(default_factory=dict)
    lineage: tuple[str, ...] = ()
    library: Library = field(default=(), repr=False)

    @property
    def path(self) -> Path:
        """Its nearest folder."""
        return self.folders[0].path

    @property
    def layer(self) -> str:
        """The layer of its nearest folder."""
        return self.folders[0].layer

    def sources(self) -> dict[str, int]:
        """Path of every file, partials included, to the place in `folders` that it comes from; sorted."""
        found: dict[str, int] = {}
        for place, folder in enumerate(self.folders):
            for name in folder.names():
                found.setdefault(name, place)
        return dict(sorted(found.items()))


def conditions_of(template_set: TemplateSet, name: str) -> list[str]:
    """The expressions that must all hold for a file of the set to be rendered: its own and its folders'."""
    places = [name, name.removesuffix(SUFFIX), *map(str, PurePosixPath(name).parents)]
    return [template_set.only_if[place] for place in dict.fromkeys(places) if place in template_set.only_if]


def is_partial(path: str) -> bool:
    """Whether a file is there for other templates only: a part of its path begins with an underscore."""
    return any(part.startswith("_") for part in PurePosixPath(path).parts)


def search_path(project: Sequence[Path] = (), team: Sequence[Path] = ()) -> tuple[Layer, ...]:
    """Where sets are looked for, nearest first: the project's folders, the team's, the built-in one.

    Raises UsageError for a folder that does not exist.
    """
    from importlib.resources import files

    layers = [*(Layer("project", path) for path in project), *(Layer("team", path) for path in team)]
    for layer in layers:
        if not layer.path.is_dir():
            raise UsageError(
                f"the template folder {layer.path} does not exist",
                hint="Correct --templates or MODELPRESS_TEMPLATES.",
                file=str(layer.path),
            )
    return (*layers, Layer("built-in", Path(str(files("modelpress.templates")))))


def load_sets(layers: Sequence[Layer]) -> dict[str, TemplateSet]:
    """Every set on the search path by name, sorted. Raises UsageError for a bad template-set.yaml or a cycle."""
    stacks = _stacks(layers)
    library = tuple((name, (*_inherited(name, stacks), *_mounted(name, stacks))) for name in sorted(stacks))
    return {name: _template_set(name, stacks, library) for name in sorted(stacks)}


def find_set(sets: Mapping[str, TemplateSet], name: str) -> TemplateSet:
    """The set of that name. Raises UsageError with the nearest name as the hint."""
    if name not in sets:
        raise UsageError(f"there is no template set {name!r}", hint=suggestion(name, sets))
    return sets[name]


def resolve_settings(
    chosen: Sequence[TemplateSet], given: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, Any]]:
    """The variables of the chosen sets with their values, under each set's name and those that it extends.

    `given` holds what the user asked for, text or typed values. Raises UsageError for a set
    that was not chosen, an unknown variable or a value that does not fit.
    """
    names = [one.name for one in chosen]
    for name in given:
        if name not in names:
            raise UsageError(f"the template set {name!r} is not rendered", hint=suggestion(name, names))
    settings = {one.name: resolve_values(one.variables, given.get(one.name, {}), one.name) for one in chosen}
    for one in chosen:
        for ancestor in one.lineage:
            settings.setdefault(ancestor, settings[one.name])
    return settings


@dataclass(frozen=True, slots=True)
class _Found:
    folder: SetFolder
    manifest: Manifest | None


def _stacks(layers: Sequence[Layer]) -> dict[str, list[_Found]]:
    """The folders of each name, nearest first, down to the last one that has a manifest."""
    found: dict[str, list[_Found]] = {}
    for layer in layers:
        for path in sorted(layer.path.iterdir()):
            if path.is_dir() and not path.name.startswith(("_", ".")):
                found.setdefault(path.name, []).append(_found(layer, path))
    for folders in found.values():
        while folders and folders[-1].manifest is None:
            folders.pop()
    return {name: folders for name, folders in found.items() if folders}


def _found(layer: Layer, path: Path) -> _Found:
    manifest = path / MANIFEST_NAME
    if manifest.is_file() and not re.fullmatch("[a-z0-9][a-z0-9._-]*", path.name):
        raise UsageError(
            f"{path} is not a name for a template set",
            hint="Use small letters, digits, '.', '_' and '-'.",
            file=str(path),
        )
    folder = SetFolder(path.name, layer.name, FolderTree(path))
    return _Found(folder, read_manifest(manifest) if manifest.is_file() else None)


def _extends(name: str, stacks: Mapping[str, list[_Found]]) -> str | None:
    """The set that `name` says it extends; its own name means the next layer, which is there anyway."""
    folders = stacks[name]
    said = next((one.manifest.extends for one in folders if one.manifest and one.manifest.extends), None)
    return None if said == name and len(folders) > 1 else said


def _lineage(name: str, stacks: Mapping[str, list[_Found]]) -> list[str]:
    """The set itself and all that it extends, in turn."""
    chain = [name]
    while (parent := _extends(chain[-1], stacks)) is not None:
        file = str(stacks[chain[-1]][0].folder.path / MANIFEST_NAME)
        if parent not in stacks:
            raise UsageError(
                f"the template set {chain[-1]} extends {parent!r}, which does not exist",
                hint=suggestion(parent, stacks),
                file=file,
            )
        if parent in chain:
            raise UsageError(
                f"template sets extend each other in a circle: {' -> '.join([*chain, parent])}",
                hint="Take `extends` out of one of them.",
                file=file,
            )
        chain.append(parent)
    return chain


def _inherited(name: str, stacks: Mapping[str, list[_Found]]) -> Iterator[SetFolder]:
    for ancestor in _lineage(name, stacks):
        yield from (one.folder for one in stacks[ancestor])


def _mounted(name: str, stacks: Mapping[str, list[_Found]]) -> Iterator[SetFolder]:
    """What the set and those that it extends mount of the files of others, which bring nothing else along."""
    mounts: dict[str, tuple[str, str]] = {}
    for one in (one for ancestor in _lineage(name, stacks) for one in stacks[ancestor]):
        for target, source in (one.manifest.mounts if one.manifest else {}).items():
            mounts.setdefault(target, (source, str(one.folder.path / MANIFEST_NAME)))
    for target, (source, file) in mounts.items():
        set_name, _, folder = source.partition(":")
        if set_name not in stacks:
            raise UsageError(
                f"{file}: `mounts` names the set {set_name!r}, which does not exist",
                hint=suggestion(set_name, stacks),
                file=file,
            )
        found = [one for one in _inherited(set_name, stacks) if (one.path / folder).is_dir()]
        if not found:
            raise UsageError(
                f"{file}: `mounts` names {source!r}, but that set has no such folder",
                hint="Correct the folder.",
                file=file,
            )
        yield from (replace(one, mount=Mount(target, folder)) for one in found)


def _template_set(name: str, stacks: Mapping[str, list[_Found]], library: Library) -> TemplateSet:
    lineage = _lineage(name, stacks)
    manifests = [one.manifest for ancestor in lineage for one in stacks[ancestor] if one.manifest]
    variables: dict[str, Variable] = {}
    only_if: dict[str, str] = {}
    for manifest in reversed(manifests):
        variables |= manifest.variables
        only_if |= manifest.only_if
    return TemplateSet(
        name=name,
        description=next((manifest.description for manifest in manifests if manifest.description), ""),
        folders=dict(library)[name],
        extends=lineage[1] if len(lineage) > 1 else None,
        variables=variables,
        needs=tuple(sorted({need for manifest in manifests for need in manifest.needs})),
        only_if=only_if,
        lineage=tuple(lineage[1:]),
        library=library,
    )

"""Finds the folders that each template set is made of.

A layer is a folder of sets. A set is made of the folder of its name in every layer, nearest
first, then of the folders of the set that it extends, and last of the folders that it mounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from modelpress.errors import ModelpressError, UsageError
from modelpress.filetree import FolderTree
from modelpress.templating.layer import Layer
from modelpress.templating.manifest import MANIFEST_NAME, Manifest, read_manifest
from modelpress.templating.set_folder import Mount, SetFolder
from modelpress.templating.variables import suggestion

NO_MANIFEST = Manifest()


@dataclass(frozen=True, slots=True)
class Found:
    """A folder of a set, and what its template-set.yaml says or why that cannot be read; neither where it has none."""

    folder: SetFolder
    said: Manifest | ModelpressError | None

    @property
    def manifest(self) -> Manifest:
        """Raises the error of one that cannot be read."""
        if isinstance(self.said, ModelpressError):
            raise self.said
        return self.said or NO_MANIFEST


Stacks = Mapping[str, Sequence[Found]]
"""The folders of each name, nearest first."""


def stacked(layers: Sequence[Layer]) -> dict[str, list[Found]]:
    """The folders of each name, down to the last one that has a manifest. One that is damaged raises nothing yet."""
    found: dict[str, list[Found]] = {}
    for layer in layers:
        for path in sorted(layer.path.iterdir()):
            if path.is_dir() and not path.name.startswith(("_", ".")):
                found.setdefault(path.name, []).append(_found(layer, path))
    for folders in found.values():
        while folders and folders[-1].said is None:
            folders.pop()
    return {name: folders for name, folders in found.items() if folders}


def _found(layer: Layer, path: Path) -> Found:
    folder = SetFolder(path.name, layer.name, FolderTree(path), is_foreign=layer.is_foreign)
    file = path / MANIFEST_NAME
    if not file.is_file():
        return Found(folder, None)
    try:
        check_name(path.name, str(path))
        manifest = read_manifest(file)
    except ModelpressError as error:
        return Found(folder, error)
    return Found(replace(folder, removes=manifest.remove), manifest)


def check_name(name: str, shown: str) -> None:
    """Raise UsageError for the name of a set that templates and the command line could not say."""
    if not re.fullmatch("[a-z0-9][a-z0-9._-]*", name):
        raise UsageError(
            f"{shown} is not a name for a template set", hint="Use small letters, digits, '.', '_' and '-'.", file=shown
        )


def _extends(name: str, stacks: Stacks) -> str | None:
    """The set that `name` says it extends; its own name means the next layer, which is there anyway."""
    folders = stacks[name]
    said = next((one.manifest.extends for one in folders if one.manifest.extends), None)
    return None if said == name and len(folders) > 1 else said


def lineage(name: str, stacks: Stacks) -> list[str]:
    """The set itself and all that it extends, in turn. Raises UsageError for a circle, and for one that is not there.

    Raises the error of a manifest that cannot be read as well.
    """
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


def folders_of(name: str, stacks: Stacks) -> tuple[SetFolder, ...]:
    """All folders that a set is made of, nearest first. Raises as `lineage`, and for a mount of what is not there."""
    return (*_inherited(name, stacks), *_mounted(name, stacks))


def _inherited(name: str, stacks: Stacks) -> Iterator[SetFolder]:
    for ancestor in lineage(name, stacks):
        yield from (one.folder for one in stacks[ancestor])


def _mounted(name: str, stacks: Stacks) -> Iterator[SetFolder]:
    """What the set and those that it extends mount of the files of others, which bring nothing else along."""
    mounts: dict[str, tuple[str, str]] = {}
    for one in (one for ancestor in lineage(name, stacks) for one in stacks[ancestor]):
        for target, source in one.manifest.mounts.items():
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
        yield from (replace(one, mount=Mount(target, folder), removes=()) for one in found)

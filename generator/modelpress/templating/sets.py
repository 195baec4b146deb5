"""Template sets: folders on a search path, the nearer overlaying the farther file by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelpress.errors import ModelpressError, UsageError
from modelpress.templating.layer import Layer
from modelpress.templating.set_folder import SUFFIX, SetFolder
from modelpress.templating.stacking import Stacks, folders_of, lineage, stacked
from modelpress.templating.variables import Variable, resolve_values, suggestion

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

    @property
    def is_foreign(self) -> bool:
        """Whether rendering it may run what others wrote: its templates may name those of any set in the library."""
        return any(folder.is_foreign for _, folders in self.library for folder in folders)

    def sources(self) -> dict[str, int]:
        """Path of every file, partials included, to the place in `folders` that it comes from; sorted."""
        found: dict[str, int] = {}
        for place, folder in enumerate(self.folders):
            for name in folder.names():
                if self.remover(name, place) is None:
                    found.setdefault(name, place)
        return dict(sorted(found.items()))

    def remover(self, name: str, place: int) -> SetFolder | None:
        """The nearer folder that takes the file `name` of the folder at `place` out of the set, if one does."""
        return next((folder for folder in self.folders[:place] if folder.takes_out(name)), None)


def conditions_of(template_set: TemplateSet, name: str) -> list[str]:
    """The expressions that must all hold for a file of the set to be rendered: its own and its folders'."""
    if not template_set.only_if:
        return []
    parts = name.split("/")
    folders = ("/".join(parts[:depth]) for depth in range(len(parts) - 1, 0, -1))
    places = [name, name.removesuffix(SUFFIX), *folders, "."]
    return [template_set.only_if[place] for place in dict.fromkeys(places) if place in template_set.only_if]


def is_partial(path: str) -> bool:
    """Whether a file is there for other templates only: a part of its path begins with an underscore."""
    return any(part.startswith("_") for part in path.split("/"))


@dataclass(frozen=True, slots=True)
class Sets(Mapping[str, TemplateSet]):
    """The sets on a search path that can be used, by name; `broken` are the others, with what is wrong with each."""

    sound: Mapping[str, TemplateSet]
    broken: Mapping[str, ModelpressError]

    def __getitem__(self, name: str) -> TemplateSet:
        return self.sound[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sound)

    def __len__(self) -> int:
        return len(self.sound)


def load_sets(layers: Sequence[Layer]) -> Sets:
    """Every set on the search path, sorted by name. One that is broken is an error only where it is asked for."""
    stacks = stacked(layers)
    folders: dict[str, tuple[SetFolder, ...]] = {}
    broken: dict[str, ModelpressError] = {}
    for name in sorted(stacks):
        try:
            folders[name] = folders_of(name, stacks)
        except ModelpressError as error:
            broken[name] = error
    library = tuple(folders.items())
    return Sets({name: _template_set(name, stacks, library) for name in folders}, broken)


def find_set(sets: Sets, name: str) -> TemplateSet:
    """The set of that name. Raises UsageError with the nearest name as the hint, and the error of a broken set."""
    if name in sets.broken:
        raise sets.broken[name]
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


def _template_set(name: str, stacks: Stacks, library: Library) -> TemplateSet:
    ancestors = lineage(name, stacks)
    manifests = [one.manifest for ancestor in ancestors for one in stacks[ancestor]]
    variables: dict[str, Variable] = {}
    only_if: dict[str, str] = {}
    for manifest in reversed(manifests):
        variables |= manifest.variables
        only_if |= manifest.only_if
    return TemplateSet(
        name=name,
        description=next((manifest.description for manifest in manifests if manifest.description), ""),
        folders=dict(library)[name],
        extends=ancestors[1] if len(ancestors) > 1 else None,
        variables=variables,
        needs=tuple(sorted({need for manifest in manifests for need in manifest.needs})),
        only_if=only_if,
        lineage=tuple(ancestors[1:]),
        library=library,
    )

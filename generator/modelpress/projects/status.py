"""What became of a project since it was rendered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelpress.projects.comparison import Versions
from modelpress.projects.lock_file import Lock, Source
from modelpress.version import __version__


@dataclass(frozen=True, slots=True)
class Now:
    """What a project would be rendered from now: the winner's id with the reason for its place, source and layers."""

    candidate: str
    reason: str
    source: Source
    layers: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Status:
    """The files, what the project was rendered from, and what it would be from now (None where that is unknown)."""

    lock: Lock
    files: tuple[Versions, ...]
    now: Now | None

    @property
    def counts(self) -> dict[str, int]:
        """How many files are in each state."""
        return dict(sorted(Counter(one.state for one in self.files).items()))

    @property
    def better(self) -> bool | None:
        """Whether another candidate would be chosen now; None where that is unknown."""
        return None if self.now is None else self.now.candidate != self.lock.candidate

    @property
    def source_changed(self) -> bool | None:
        """Whether the candidates, their metrics or their order changed; None where that is unknown."""
        return None if self.now is None else self.now.source.sha256 != self.lock.source.sha256

    @property
    def changed_layers(self) -> tuple[str, ...]:
        """The names of layers of templates that are other than they were, new, or no longer there."""
        if self.now is None:
            return ()
        before, after = (_by_name(layers) for layers in (self.lock.layers, self.now.layers))
        return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))

    @property
    def other_version(self) -> bool:
        """Whether another version of modelpress rendered it."""
        return self.lock.modelpress != __version__

    @property
    def news(self) -> bool:
        """Whether anything is other than it was rendered, files of people's own aside."""
        moved = bool(self.better or self.source_changed or self.changed_layers or self.other_version)
        return moved or any(one.state not in {"unmodified", "added"} for one in self.files)


def _by_name(layers: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What tells the versions of each layer; a name may be that of several. The built-in one is modelpress's own."""
    found: dict[str, list[Any]] = {}
    for layer in layers:
        if layer["kind"] != "built-in":
            found.setdefault(str(layer["name"]), []).append(dict(layer))
    return found

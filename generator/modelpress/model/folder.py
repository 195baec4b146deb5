"""Reads the files of a model's folder, without the records that a run keeps beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError
from modelpress.filetree import TreePath

# What Olive writes beside a model, and what its packages add to one.
RUN_RECORDS = ("*footprint*.json", "run_history*.txt")
MODEL_RECORDS = (
    "*.zip",
    "models_rank.json",
    "model_config.json",
    "metrics.json",
    "input_model_metrics.json",
    "inference_config.json",
    "configurations.json",
    "model_info.json",
)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder in a tree, and the names of its files relative to it.

    `is_of_run` says that it is the output folder of a whole run, not that of one model.
    """

    place: TreePath
    names: tuple[str, ...]
    is_of_run: bool = False

    @property
    def onnx_names(self) -> tuple[str, ...]:
        """The ONNX files in it."""
        return tuple(name for name in self.names if name.lower().endswith(".onnx"))

    @property
    def is_shared(self) -> bool:
        """Whether its files need not be those of one model: a run's, or the whole tree with several models."""
        is_top = not PurePosixPath(self.place.name).parts
        return self.is_of_run or (is_top and len(self.onnx_names) > 1)

    @property
    def title(self) -> str:
        """What people call it."""
        return PurePosixPath(self.place.name).name or self.place.tree.location.resolve().name.removesuffix(".zip")

    def at(self, name: str) -> TreePath:
        """The place of one of its files."""
        return TreePath(self.place.tree, str(PurePosixPath(self.place.name) / name))

    def entries(self) -> dict[str, Entry]:
        """All its files by name; raises ModelpressError for what is not a file (a dangling link, a socket)."""
        return {name: read_entry(self.at(name)) for name in self.names}


def read_folder(place: TreePath, left_out: Collection[str] = ()) -> ModelFolder:
    """The files of the folder at `place`, without records and those that are `left_out`.

    Records lie at the folder's top; a file of that name further down belongs to the model. Of
    a run's own folder only the files directly in it are taken: below lie its other models.
    """
    above = PurePosixPath(place.name)
    names = [
        str(PurePosixPath(name).relative_to(above)) for name in place.tree.names(str(above) if above.parts else "")
    ]
    kept = [name for name in names if name not in left_out and not _matches(name, (*RUN_RECORDS, *MODEL_RECORDS))]
    is_of_run = any(_matches(name, RUN_RECORDS) for name in names)
    return ModelFolder(place, tuple(name for name in kept if not (is_of_run and "/" in name)), is_of_run)


def read_entry(place: TreePath) -> Entry:
    """The file at `place`; raises ModelpressError where there is none."""
    entry = place.entry
    if entry is None:
        raise ModelpressError(f"{place} is not a readable file", hint="Remove it, or mend the link.", file=str(place))
    return entry


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return "/" not in name and any(fnmatchcase(name.lower(), pattern) for pattern in patterns)

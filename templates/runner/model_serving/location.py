"""Finds the model in the folder that Azure ML puts it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from model_runner.messages import SampleError, printable

DEEPEST = 8  # folders below the root: name, version, and those of the model itself


def find_folder(root: Path, files: Sequence[str]) -> Path:
    """The folder that holds all these files: `root`, or else the highest below it.

    A file that was registered lies in the root itself, a folder keeps its name below it,
    and of several models each lies below its name and version. Raises SampleError where
    there is no such folder, or more than one at the same height.
    """
    level = [root]
    for _ in range(DEEPEST):
        found = [folder for folder in level if _holds(folder, files)]
        if len(found) > 1:
            places = printable(", ".join(map(str, found)))
            raise SampleError(f"more than one folder holds {list(files)}: {places}")
        if found:
            return found[0]
        level = [inner for folder in level for inner in _folders_in(folder)]
    seen = printable(", ".join(islice(_names_below(root), 20)) or "nothing")
    raise SampleError(f"no folder in {root} holds {list(files)}; there is {seen}")


def _holds(folder: Path, files: Sequence[str]) -> bool:
    return all((folder / file).is_file() for file in files)


def _folders_in(folder: Path) -> list[Path]:
    return sorted(inner for inner in folder.iterdir() if inner.is_dir())


def _names_below(root: Path) -> Iterator[str]:
    return (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

"""Finds the files beside a model: the data of its tensors, contained in the model's folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import FolderTree, TreePath
from modelpress.model.survey import utf8

if TYPE_CHECKING:
    from onnx import TensorProto

DRIVE = re.compile(r"[A-Za-z]:")
NUMBER = re.compile(r"[0-9]{1,19}")  # what fits into 64 bits


def external_files(tensors: Iterable[TensorProto], model: TreePath) -> dict[str, Entry]:
    """The data files of a model's outside tensors, by POSIX path relative to the model's folder.

    Raises UnsafeInputError for a location that leads outside that folder, by its name or by a
    symlink, and ModelpressError for one that is empty or missing, or too short for its
    tensor. Keys: onnx/docs/ExternalData.md of the ONNX project.
    """
    files: dict[str, Entry] = {}
    for tensor in tensors:
        keys = {utf8(pair.key, str(model)): utf8(pair.value, str(model)) for pair in tensor.external_data}
        what = f"{model}: tensor {utf8(tensor.name, str(model))!r}"
        location = contained(keys.get("location", ""), what)
        if location not in files:
            files[location] = entry_beside(model, location, what)
        _check_range(keys, files[location].size, f"{what} in {location!r}")
    return files


def contained(name: str, what: str) -> str:
    """`name` as a normalised POSIX path below the model's folder; `what` begins the error."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or DRIVE.match(name):
        raise UnsafeInputError(
            f"{what}: {name!r} leads outside the model's folder",
            hint="Do not run this model; ask where it comes from.",
        )
    if not path.parts:
        raise ModelpressError(f"{what} names no file", hint="Export the model again.")
    return str(path)


def beside(model: TreePath, name: str) -> TreePath:
    """The place called `name` in the folder of the file `model`, in a tree that ends with that folder."""
    folder = PurePosixPath(model.name).parent
    if isinstance(model.tree, FolderTree):
        # A symlink may lead from one model of a run into another: a tree of the folder alone refuses it.
        return TreePath(FolderTree(model.tree.location / folder), name)
    return TreePath(model.tree, str(folder / name))


def entry_beside(model: TreePath, name: str, what: str) -> Entry:
    """The file called `name` in the model's folder; `what` begins the error where there is none."""
    place = beside(model, name)
    try:
        entry = place.entry
    except UnsafeInputError as error:
        raise UnsafeInputError(f"{what}: {error.message}", hint=error.hint, file=error.file) from None
    if entry is None:
        raise ModelpressError(
            f"{what} needs {name!r}, and {place} is not a file",
            hint="Put the data file beside the model; it belongs to it.",
            file=str(place),
        )
    return entry


def _check_range(keys: Mapping[str, str], size: int, what: str) -> None:
    """The tensor's part must lie in its file of `size` bytes; without a length it is the rest of the file."""
    for key in ("offset", "length"):
        if key in keys and not NUMBER.fullmatch(keys[key]):
            raise ModelpressError(
                f"{what}: {key} is {keys[key][:40]!r}, not a number of bytes", hint="Export it again."
            )
    end = int(keys.get("offset", "0")) + int(keys.get("length", "0"))
    if end > size:
        raise ModelpressError(
            f"{what} ends at byte {end}, and the file has {size} bytes",
            hint="The data file is cut off, a Git LFS pointer or of another model; copy it again.",
        )

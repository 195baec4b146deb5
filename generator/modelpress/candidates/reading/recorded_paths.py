"""Model paths as they were recorded, on whichever computer and system that was."""

from __future__ import annotations

import re

from modelpress.filetree import FileTree, TreePath

DRIVE = re.compile(r"[A-Za-z]:(?=[\\/])")


def portable(path: str) -> str:
    r"""The path with slashes: Windows records `C:\olive\cache` and `CandidateModels\cpu-cpu`."""
    return path.replace("\\", "/") if "\\" in path and ("/" not in path or DRIVE.match(path)) else path


def parts_of(path: str) -> tuple[str, ...]:
    """The names in a path from its root or drive, or from behind the last `..`, which leads anywhere."""
    names = [name for name in DRIVE.sub("", portable(path)).split("/") if name not in {"", "."}]
    return tuple(names[len(names) - names[::-1].index("..") :] if ".." in names else names)


def model_position(parts: tuple[str, ...]) -> int | None:
    """Where in a path into Olive's cache the model's id stands; None for any other path.

    Olive keeps a model in `runs/<id>/models/`, and before 0.7 in `models/<id>/output_model`.
    """
    for position in range(len(parts) - 2, 0, -1):
        before, after = parts[position - 1], parts[position + 1]
        if (before == "runs" and after == "models") or (before == "models" and after.startswith("output_model")):
            return position
    return None


def place_in(tree: FileTree, path: str) -> TreePath | None:
    """The place of a relative path in a tree, None where the path is absolute or leads upwards."""
    path = portable(path)
    if path.startswith("/") or DRIVE.match(path) or ".." in path.split("/") or not path:
        return None
    return TreePath(tree, "/".join(parts_of(path)))

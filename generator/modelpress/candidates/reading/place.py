"""Places in a tree, reached from one another."""

from __future__ import annotations

from modelpress.filetree import TreePath


def inside(place: TreePath, name: str) -> TreePath:
    """The place of that name in a folder."""
    return TreePath(place.tree, f"{place.name}/{name}" if place.name else name)


def parent(place: TreePath) -> TreePath:
    """The folder that a place lies in."""
    return TreePath(place.tree, place.name.rpartition("/")[0])


def exists(place: TreePath) -> bool:
    """Whether there is a file or a folder."""
    try:
        return place.entry is not None or place.is_folder
    except OSError:  # a name that is too long
        return False

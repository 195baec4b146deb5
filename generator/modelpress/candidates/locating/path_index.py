"""Finding a recorded path again in a tree that holds the same files elsewhere."""

from __future__ import annotations

from functools import cached_property

from modelpress.candidates.reading.recorded_paths import model_position
from modelpress.filetree import FileTree, TreePath

Parts = tuple[str, ...]


class PathIndex:
    """All files and folders of a tree by their last name; the tree is walked once, when first asked."""

    def __init__(self, tree: FileTree) -> None:
        self.tree = tree

    @cached_property
    def _by_name(self) -> dict[str, list[Parts]]:
        found: dict[str, list[Parts]] = {}
        folders: set[Parts] = set()
        for name in self.tree.names():
            parts = tuple(name.split("/"))
            found.setdefault(parts[-1], []).append(parts)
            while (parts := parts[:-1]) and parts not in folders:
                folders.add(parts)
                found.setdefault(parts[-1], []).append(parts)
        return found

    def named(self, name: str) -> list[TreePath]:
        """All places with that last name."""
        return [TreePath(self.tree, "/".join(parts)) for parts in self._by_name.get(name, [])]

    def find(self, recorded: Parts, distinct: int) -> TreePath | None:
        """The place with the longest tail of a recorded path.

        A path into Olive's cache is only found below a folder named by the model's id: models
        of one run all have the name of the model that it began with. Of any other path at
        least `distinct` names must agree, and no second place may be as good.
        """
        position = model_position(recorded)
        model_id = recorded[position] if position is not None else None
        above = self.tree.location.absolute().parts
        best: list[tuple[int, Parts]] = []
        for parts in self._by_name.get(recorded[-1], []) if recorded else []:
            common = common_tail(recorded, above + parts)
            if model_id in (above + parts)[:-1] if model_id else common >= distinct:
                best.append((-common, parts))
        best.sort()
        if not best or (model_id is None and len(best) > 1 and best[0][0] == best[1][0]):
            return None
        return TreePath(self.tree, "/".join(best[0][1]))


def common_tail(one: Parts, other: Parts) -> int:
    """How many last names two paths have in common."""
    common = 0
    for ours, theirs in zip(reversed(one), reversed(other), strict=False):
        if ours != theirs:
            break
        common += 1
    return common

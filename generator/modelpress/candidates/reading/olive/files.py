"""The footprint files of an Olive run, by the names that each release gave them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from modelpress.candidates.reading.accelerator import NAME
from modelpress.candidates.reading.source import children
from modelpress.filetree import FileTree, TreePath

BY_ACCELERATOR = re.compile(rf"(?P<prefix>(?:.+_)?(?P<accelerator>{NAME.pattern})_)footprints\.json")
PLAIN = {
    "footprint.json": ("pareto_frontier_footprint.json", "output_footprint.json"),  # since 0.10
    "footprints.json": ("pareto_frontier_footprints.json", "output_footprints.json"),  # 0.7 to 0.9
}


@dataclass(frozen=True, slots=True)
class FootprintFiles:
    """The footprint of one accelerator, and the files that say which of its nodes are results.

    `accelerator` is None where neither folder nor file name tells it. `marks_results` is
    false for releases that wrote no file of results where there was no search.
    """

    main: TreePath
    pareto: TreePath | None = None
    output: TreePath | None = None
    accelerator: str | None = None
    marks_results: bool = True


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The footprints of a run, one for each accelerator, sorted by it."""

    footprints: tuple[FootprintFiles, ...] = ()
    warnings: tuple[str, ...] = ()


def find_run(tree: FileTree) -> RunFiles:
    """The footprint files at the top of a tree, or else in folders named by accelerator.

    Where runs of several releases lie in one folder the newest release is read and a warning
    names the file that is not.
    """
    files, folders = children(tree)
    plain, named = _plain(tree, "", files), _by_accelerator(tree, files)
    if plain or named:
        chosen = plain[:1] or named
        ignored = [str(found.main) for found in (*plain, *named) if found not in chosen]
        return RunFiles(tuple(chosen), tuple(f"{name} is of an older run and was not read" for name in ignored))
    found: list[FootprintFiles] = []
    for folder in filter(NAME.fullmatch, folders):
        found += _plain(tree, folder, children(tree, folder)[0])[:1]
    return RunFiles(tuple(found))


def _plain(tree: FileTree, folder: str, files: Sequence[str]) -> list[FootprintFiles]:
    prefix = f"{folder}/" if folder else ""
    own = folder or tree.location.absolute().name
    return [
        FootprintFiles(
            TreePath(tree, prefix + main),
            TreePath(tree, prefix + pareto) if pareto in files else None,
            TreePath(tree, prefix + output) if output in files else None,
            own if "-" in own and NAME.fullmatch(own) else folder or None,
        )
        for main, (pareto, output) in PLAIN.items()
        if main in files
    ]


def _by_accelerator(tree: FileTree, files: Sequence[str]) -> list[FootprintFiles]:
    found: dict[str, FootprintFiles] = {}
    for match in filter(None, map(BY_ACCELERATOR.fullmatch, files)):
        pareto = f"{match['prefix']}pareto_frontier_footprints.json"
        found.setdefault(
            match["accelerator"],
            FootprintFiles(
                main=TreePath(tree, match[0]),
                pareto=TreePath(tree, pareto) if pareto in files else None,
                accelerator=match["accelerator"],
                marks_results=pareto in files,
            ),
        )
    return [found[name] for name in sorted(found)]

"""A user's own folder of scoring code: what of it is sent, checked before anything else is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import Entry
from modelpress.errors import UsageError
from modelpress.executors.azure.checking.code import code_flaws, is_leftover, leftover_of
from modelpress.executors.azure.checking.flaws import error_of
from modelpress.filetree import FolderTree, reading
from modelpress.project_files import marked_entry
from modelpress.wording import enumerated

IGNORE_FILES = (".amlignore", ".gitignore")
"""Files that say what is left out, in gitignore's syntax. As in Azure ML, the first one there is counts alone, and
only at the top of the folder."""


@dataclass(frozen=True, slots=True)
class ScoringCode:
    """The files of the folder by their path in it, the scoring script among them, and what the user should know."""

    files: Mapping[str, Entry]
    script: str
    remarks: tuple[str, ...] = ()


def read_scoring_code(folder: Path, script: str) -> ScoringCode:
    """Read the folder without what its ignore file names and what tools leave behind.

    Raises UsageError where the script is missing, does not parse or does not define init() and
    run(), and where the folder holds a secret; UnsafeInputError for a link that leads outside.
    """
    if not folder.is_dir():
        raise UsageError(
            f"the code folder {folder} does not exist", hint="Correct code_folder; it is relative to its file."
        )
    tree = FolderTree(folder)
    names = list(tree.names())
    ignored = _ignored(tree, names)
    leftovers = [name for name in names if is_leftover(name)]
    kept = [name for name in names if name not in ignored and not is_leftover(name) and name not in IGNORE_FILES]
    files = {name: marked_entry(tree, name) for name in kept}
    wanted = script.removeprefix("./")
    flaws = list(code_flaws(files, str(folder), wanted))
    if flaws:
        raise error_of(flaws)
    return ScoringCode(files, wanted, tuple(_remarks(folder, files, leftovers, ignored)))


def _ignored(tree: FolderTree, names: Iterable[str]) -> frozenset[str]:
    """The names that the folder's ignore file matches. Raises UsageError for a file that is none."""
    import pathspec

    found = next((name for name in IGNORE_FILES if tree.entry(name) is not None), None)
    if found is None:
        return frozenset()
    with reading(tree.describe(found)):
        lines = (tree.location / found).read_text(encoding="utf-8-sig").splitlines()
    try:
        rules = pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise UsageError(f"{tree.describe(found)}: {error}", hint="Write it as a .gitignore file.") from None
    return frozenset(name for name in names if rules.match_file(name))


def _remarks(
    folder: Path, files: Mapping[str, Entry], leftovers: Iterable[str], ignored: frozenset[str]
) -> Iterator[str]:
    tops = list(dict.fromkeys(leftover_of(name) for name in leftovers if name not in ignored))
    if tops:
        yield f"left out of the code folder {folder}: {enumerated(tops)}"
    if "requirements.txt" in files:
        yield (
            f"{folder / 'requirements.txt'} is sent, and installed by nothing: what a script of your own imports "
            "must be in the environment that base_environment_id names"
        )

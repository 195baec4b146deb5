"""Where a file of a template set, and each block in it, comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import ExistingFile
from modelpress.errors import UsageError
from modelpress.templating.manifest import MANIFEST_NAME
from modelpress.templating.set_folder import SUFFIX, SetFolder
from modelpress.templating.sets import TemplateSet
from modelpress.templating.variables import suggestion


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """One of the files of that name: the set and layer that it lies in, and the blocks that it defines.

    `fetched` is what to call a file that lies in the cache (`set:path`), empty for any other.
    """

    set_name: str
    layer: str
    path: Path
    blocks: tuple[str, ...]
    fetched: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """A file of a set: all files of its name, the one in use first, and the file that each block is taken from."""

    name: str
    files: tuple[FileOrigin, ...]
    blocks: tuple[tuple[str, FileOrigin], ...]


def origin_of(template_set: TemplateSet, wanted: str) -> Origin:
    """Where `wanted` comes from: a file of the set by its own path or by that of its output.

    Files behind one that does not extend the next are replaced by it, and not listed. Raises
    UsageError for a file that the set does not have.
    """
    name = _file_name(template_set, wanted)
    files: list[FileOrigin] = []
    for folder in template_set.folders:
        entry = folder.entry(name)
        if isinstance(entry, ExistingFile):
            blocks, goes_on = _blocks(template_set, entry.path, name)
            files.append(_origin(folder, name, blocks))
            if not goes_on:
                break
    taken = {block: file for file in reversed(files) for block in file.blocks}
    ordered = dict.fromkeys(block for file in reversed(files) for block in file.blocks)
    return Origin(name, tuple(files), tuple((block, taken[block]) for block in ordered))


def _origin(folder: SetFolder, name: str, blocks: tuple[str, ...]) -> FileOrigin:
    fetched = folder.describe(name) if folder.is_foreign else ""
    return FileOrigin(folder.set_name, folder.layer, folder.file(name), blocks, fetched)


def _file_name(template_set: TemplateSet, wanted: str) -> str:
    names = template_set.sources()
    for name in (wanted, f"{wanted}{SUFFIX}"):
        if name in names:
            return name
    for name in (wanted, f"{wanted}{SUFFIX}"):
        _refuse_removed(template_set, name)
    raise UsageError(f"the template set {template_set.name} has no file {wanted!r}", hint=suggestion(wanted, names))


def _refuse_removed(template_set: TemplateSet, name: str) -> None:
    for place, folder in enumerate(template_set.folders):
        remover = template_set.remover(name, place)
        if remover is not None and folder.entry(name) is not None:
            file = str(remover.path / MANIFEST_NAME)
            raise UsageError(
                f"the layer {remover.layer} takes {name} out of the template set {template_set.name}",
                hint=f"`remove` in {file} says so.",
                file=file,
            )


def owners_of(sets: Iterable[TemplateSet], wanted: str) -> list[TemplateSet]:
    """The sets that have a file of that path, or make one."""
    return [one for one in sets if one.sources().keys() & {wanted, f"{wanted}{SUFFIX}"}]


def _blocks(template_set: TemplateSet, path: Path, name: str) -> tuple[tuple[str, ...], bool]:
    """The blocks that a template defines, and whether it extends another."""
    if not name.endswith(SUFFIX):
        return (), False
    from jinja2 import TemplateSyntaxError, nodes

    from modelpress.templating.engine import environment_for

    try:
        tree = environment_for(template_set.library).parse(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as error:
        raise UsageError(
            f"{path}:{error.lineno}: {error.message}", hint="Correct the template.", file=f"{path}:{error.lineno}"
        ) from None
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply", hint="Simplify the template.", file=str(path)) from None
    except ValueError:
        raise UsageError(f"{path} is not UTF-8 text", hint="Convert it.", file=str(path)) from None
    blocks = tuple(block.name for block in tree.find_all(nodes.Block))
    return blocks, tree.find(nodes.Extends) is not None

"""The search path of template sets: the layers, nearest first, and last the built-in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from modelpress.errors import UsageError
from modelpress.fetching.address import is_address, without_credentials
from modelpress.templating.layer import Layer

BUILT_IN = "built-in"


class LayerSource(Protocol):
    """Where a layer comes from. `layer` gets it, from the cache where it is there already."""

    def layer(self) -> Layer: ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A layer in a folder of one's own."""

    path: Path
    name: str = "project"

    def layer(self) -> Layer:
        """Raises UsageError for a folder that does not exist."""
        if self.path.is_dir():
            return Layer(self.name, self.path)
        shown = without_credentials(str(self.path))
        if self.path.is_file():
            hint = "A zip is a mapping in modelpress.yaml: `{zip: FILE, sha256: ...}`."
            raise UsageError(f"the template folder {shown} is a file", hint=hint, file=shown)
        hint = "Correct --templates, MODELPRESS_TEMPLATES or `templates` in the configuration."
        if is_address(str(self.path).replace(":/", "://", 1)):  # a path holds no two slashes in a row
            hint = "A repository is a mapping in modelpress.yaml: `{git: URL, commit: ...}`."
        raise UsageError(f"the template folder {shown} does not exist", hint=hint, file=shown)


def search_path(sources: Sequence[Path | LayerSource] = ()) -> tuple[Layer, ...]:
    """Where sets are looked for, nearest first: the given layers, then the built-in one.

    Raises UsageError for a folder that does not exist, and what `GitSource` and `ZipSource` raise.
    """
    given = [FolderSource(source) if isinstance(source, Path) else source for source in sources]
    built_in = Layer(BUILT_IN, Path(str(files("modelpress.templates"))), "built-in")
    return (*(source.layer() for source in given), built_in)

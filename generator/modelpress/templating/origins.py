"""Where the files of a template set come from, and which blocks each of them overrides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelpress.bundle import ExistingFile
from modelpress.errors import UsageError
from modelpress.templating.render import SUFFIX
from modelpress.templating.sets import TemplateSet
from modelpress.templating.variables import suggestion

if TYPE_CHECKING:
    from modelpress.templating.engine import SetEnvironment


@dataclass(frozen=True, slots=True)
class Origin:
    """One file that stands for a path of a set: in which layer and set, with what it extends and its blocks."""

    layer: str
    set_name: str
    file: Path
    extends: str | None = None
    blocks: tuple[str, ...] = ()


def which(template_set: TemplateSet, path: str) -> tuple[Origin, ...]:
    """All files of that path in the set's folders, the one that is used first.

    The blocks of a file that extends something are those that it overrides. Raises
    UsageError where the set has no such path; `.jinja` may be left out.
    """
    known = template_set.sources()
    found = path if path in known else path + SUFFIX
    if found not in known:
        names = {name.removesuffix(SUFFIX) for name in known}
        raise UsageError(f"the template set {template_set.name} has no file {path!r}", hint=suggestion(path, names))
    return _origins(template_set, found)


def _origins(template_set: TemplateSet, path: str) -> tuple[Origin, ...]:
    from modelpress.templating.engine import environment_for

    environment = environment_for(template_set.library)
    found = []
    for folder in template_set.folders:
        entry = folder.tree.entry(path)
        if isinstance(entry, ExistingFile):
            extends, blocks = _structure(entry, environment) if path.endswith(SUFFIX) else (None, ())
            found.append(Origin(folder.layer, folder.set_name, folder.path / path, extends, blocks))
    return tuple(found)


def _structure(entry: ExistingFile, environment: SetEnvironment) -> tuple[str | None, tuple[str, ...]]:
    """What a template extends, and its blocks; nothing of either where it does not parse (`check` says why)."""
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = environment.parse(entry.path.read_text(encoding="utf-8"))
    except (TemplateSyntaxError, ValueError):
        return None, ()
    extends = next((node.template for node in tree.find_all(nodes.Extends)), None)
    blocks = tuple(node.name for node in tree.find_all(nodes.Block))
    return (str(extends.value) if isinstance(extends, nodes.Const) else None), blocks

"""Images of the best candidate: what can be served, what is installed, and Olive's layout of a build context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from modelpress.bundle import LOCK_NAME, Bundle, Entry
from modelpress.errors import UsageError
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.locks.lock import LockWishes, lock_entries
from modelpress.packaging.locks.requirement import read_requirements
from modelpress.packaging.provenance import lock_of
from modelpress.packaging.rendering import Rendering, merge, model_entries
from modelpress.templating import RenderContext, render_sets

SET: Final = "docker"
SETS: Final = ("candidate", SET)
CONTENT: Final = "docker_content"
MODEL_FOLDER: Final = "model"
# What lies beside the content: the engine and docker compose look for these names there.
AT_THE_TOP: Final[Mapping[str, str]] = {
    ".dockerignore": ".dockerignore",
    "docker/Dockerfile": "Dockerfile",
    "docker/compose.yaml": "compose.yaml",
}


@dataclass(frozen=True, slots=True)
class DockerWishes:
    """Olive's options of a Dockerfile. An empty base image is one that fits the execution provider.

    `requirements_file` has further packages; with `runtime_packages` all wheels lie in the
    context, and building it needs no package index.
    """

    base_image: str = ""
    requirements_file: Path | None = None
    runtime_packages: bool = False


def docker_variables(wishes: DockerWishes, *, trust: bool = False) -> dict[str, object]:
    """The variables of the set `docker` for these options.

    Raises UsageError for a requirements file that cannot be read or locked, and
    UnsafeInputError for one that needs trust.
    """
    lines: Sequence[str] = ()
    if wishes.requirements_file:
        path = wishes.requirements_file
        lines = read_requirements(_read_lines(path), str(path), trust=trust).lines(path.parent)
    return {
        "content": CONTENT,
        "base_image": wishes.base_image,
        "requirements": list(lines),
        "wheels": wishes.runtime_packages,
    }


def dockerfile_bundle(chosen: Chosen, rendering: Rendering) -> Bundle:
    """The best candidate's build context: `Dockerfile` and `docker_content/`, as Olive names them.

    `rendering` has the sets SETS with `docker_variables`. Raises what `lock_entries` raises.
    """
    ranked = chosen.entries[0]
    best = ranked.candidate.id
    chosen = replace(chosen, models={best: chosen.models[best]})
    layout = rendering.layout(chosen, {best: MODEL_FOLDER})
    context = rendering.context(layout, ranked)
    rendered = lock_entries(render_sets(context, rendering.sets), lock_wishes(chosen, context))
    entries = merge([model_entries(layout.models[best]), rendered])
    return Bundle.of(_below_content(entries), {LOCK_NAME: lock_of(chosen, rendering, None)})


def lock_wishes(chosen: Chosen, context: RenderContext) -> LockWishes:
    """For which Python the requirements of a project are locked."""
    own: Mapping[str, Any] = context.settings.get(SET, {})
    asked = own.get("python_version", "default")
    image = context.runtime.image
    python = image["python_version"] if SET in context.settings else context.runtime.python_version
    return LockWishes(python if asked == "default" else asked, chosen.request.trust)


def _below_content(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    return {AT_THE_TOP.get(path, f"{CONTENT}/{path}"): entry for path, entry in entries.items()}


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(
            f"the requirements file {path} cannot be read: {reason}", hint="Correct requirements_file.", file=str(path)
        ) from None

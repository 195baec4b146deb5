"""The golden vectors of a bundle: computed for its best candidate, or left out with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelpress.bundle import Entry, RenderedText
from modelpress.model.golden import GoldenVectors, NoVectorsError, Wishes, compute_golden
from modelpress.packaging.chosen import Chosen
from modelpress.templating import GoldenContext, execution_providers

FOLDER = "golden"
DOCUMENT = "golden.json"


@dataclass(frozen=True, slots=True)
class Golden:
    """Golden vectors, or None where there are none, and what the user should know of them."""

    vectors: GoldenVectors | None = None
    warnings: tuple[str, ...] = ()

    def entries(self, folder: str) -> dict[str, Entry]:
        """The files by their path, in this folder of a bundle."""
        files = self.vectors.files if self.vectors else {}
        return {f"{folder}/{name}": RenderedText(content, name == DOCUMENT) for name, content in files.items()}

    def context(self, folder: str) -> GoldenContext | None:
        """What templates see of them."""
        if self.vectors is None:
            return None
        return GoldenContext(
            path=f"{folder}/{DOCUMENT}",
            dimensions=dict(self.vectors.dimensions),
            guessed=list(self.vectors.guessed),
            runtime=self.vectors.runtime,
        )


NO_GOLDEN = Golden()


def golden_of(chosen: Chosen, wishes: Wishes) -> Golden:
    """The golden vectors of the best chosen candidate.

    Where the model gives none, that is a warning: the project is of use without them. Raises
    UsageError for sizes or inputs that do not fit the model.
    """
    best = chosen.entries[0].candidate
    provider = execution_providers(best)[0]["name"]
    try:
        vectors = compute_golden(chosen.models[best.id], provider, wishes)
    except NoVectorsError as error:
        return Golden(None, (f"golden vectors are left out: {'. '.join(filter(None, (error.message, error.hint)))}",))
    return Golden(vectors, tuple(f"golden vectors: {text}" for text in _remarks(vectors)))


def _remarks(vectors: GoldenVectors) -> Iterator[str]:
    if vectors.guessed:
        sizes = ", ".join(f"{name} = {vectors.dimensions[name]}" for name in vectors.guessed)
        yield f"guessed {sizes}; --dim {vectors.guessed[0]}=N changes it"
    if vectors.note:
        yield f"{vectors.note}; they were computed on the CPU"
    for name in vectors.unstable:
        yield f"the output {name!r} differs from run to run, so that only its type and shape can be checked"

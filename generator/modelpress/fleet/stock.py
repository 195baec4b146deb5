"""What many projects of a fleet share, read once by each process that makes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

from modelpress.bundle import Entry
from modelpress.candidates import Ranked, Ranking, parse_policy
from modelpress.errors import UsageError
from modelpress.filetree import reading
from modelpress.fleet.staging import local_source
from modelpress.packaging.chosen import Chosen, Pick, Request, candidate_of_rank, choose
from modelpress.packaging.runtime import runtime_of
from modelpress.templating import Layer
from modelpress.version import __version__
from modelpress.wording import enumerated

KEPT = 32  # sources with their models' outlines; a process seldom needs more at a time


@dataclass(frozen=True, slots=True)
class Choice:
    """Which candidate of which source: what `Request` says, in values that can be compared.

    `run` is different for every run: a worker of a cluster outlives it, and the files may change.
    """

    run: str
    source: str
    by: tuple[str, ...] = ()
    tolerances: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    everything: bool = False
    model_roots: tuple[Path, ...] = ()
    strict: bool = False
    trust: bool = False
    rank: int = 1
    accelerator: str | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """The chosen candidate, and one digest for it: its files, its metrics, and those that it was ranked with."""

    chosen: Chosen
    sha256: str


@lru_cache(maxsize=KEPT)
def stock_of(choice: Choice) -> Stock:
    """What `choice` means. Raises as `choose` does, and UsageError for an accelerator without such a rank."""
    policy = parse_policy(choice.by, choice.tolerances, choice.where, everything=choice.everything)
    source = local_source(choice.run, choice.source)
    request = Request(source, policy, choice.model_roots, strict=choice.strict, trust=choice.trust)
    pick = candidate_of_rank(choice.rank)
    if choice.accelerator is not None:
        pick = candidate_for(choice.accelerator, choice.rank)
    chosen = choose(request, pick)
    return Stock(chosen, _sha256(chosen))


def candidate_for(accelerator: str, rank: int) -> Pick:
    """Pick the candidate of that rank within the accelerator. The pick raises UsageError where there is none."""

    def pick(ranking: Ranking) -> Sequence[Ranked]:
        found = [one for one in ranking.entries if one.candidate.accelerator == accelerator]
        if rank > len(found):
            known = sorted({one.candidate.accelerator for one in ranking.entries})
            raise UsageError(
                f"there is no rank {rank} for the accelerator {accelerator!r}",
                hint=f"Candidates that are ranked for it: {len(found)}. Accelerators: {enumerated(known, 10)}.",
            )
        return found[rank - 1 : rank]

    return pick


def recipe_of(stock: Stock, layers: Sequence[Layer], run: str, told: Any) -> str:
    """One digest for all that a project is made from; `told` is plain data, what else was said of it."""
    said = [__version__, stock.sha256, [_layer(run, layer) for layer in layers], told]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _sha256(chosen: Chosen) -> str:
    """Of the bytes of the model, of all that is known of the candidates, and of the runtime that is here for it."""
    ranked = chosen.entries[0]
    files = chosen.models[ranked.candidate.id]
    said = [
        {path: _sha256_of(path, entry) for path, entry in files.files.items()},
        chosen.found.kind,
        chosen.found.root.resolve().name,
        [asdict(entry) for entry in chosen.ranking.entries],
        ranked.rank,
        asdict(runtime_of(ranked, files)),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _sha256_of(path: str, entry: Entry) -> str:
    with reading(path), entry.open() as source:
        return hashlib.file_digest(cast(BufferedIOBase, source), "sha256").hexdigest()


@lru_cache(maxsize=KEPT)
def _layer(run: str, layer: Layer) -> tuple[str, str, str]:  # noqa: ARG001 - what lies in a layer may differ by run
    return layer.name, layer.kind, layer.version()

"""The candidates that go into a bundle: read, ranked, and their model files found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from modelpress.candidates import CandidateSet, ModelSearch, Ranked, Ranking, RankingPolicy, rank, read
from modelpress.candidates.candidate import Candidate, Rejected
from modelpress.candidates.trust import refuse_untrusted
from modelpress.errors import ModelpressError, UnsafeInputError, UsageError
from modelpress.model import ModelFiles, gather_files


@dataclass(frozen=True, slots=True)
class Request:
    """What to read and how to rank it.

    `model_roots` are folders to look for models in beside the source. `strict` makes one
    unusable candidate an error. `trust` passes inference settings on that name libraries.
    """

    source: Path
    policy: RankingPolicy = field(default_factory=RankingPolicy)
    model_roots: tuple[Path, ...] = ()
    strict: bool = False
    trust: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ranking, and the files of the candidates that were asked for, by candidate id."""

    request: Request
    found: CandidateSet
    ranking: Ranking
    models: Mapping[str, ModelFiles]

    @property
    def folder(self) -> Path:
        """The folder of the run: where results go unless the user says otherwise."""
        root = self.found.root
        return root if root.is_dir() else root.parent

    @property
    def entries(self) -> tuple[Ranked, ...]:
        """The ranked candidates whose models were asked for, best first."""
        return tuple(entry for entry in self.ranking.entries if entry.candidate.id in self.models)

    @property
    def only_best(self) -> Chosen:
        """The same with the model of the best candidate alone."""
        best = self.entries[0].candidate.id
        return replace(self, models={best: self.models[best]})

    @property
    def warnings(self) -> tuple[str, ...]:
        """Of all that was read, ranked (these hold the reader's) and inspected."""
        of_models = (
            f"candidate {entry.candidate.id}: {warning}"
            for entry in self.entries
            for warning in self.models[entry.candidate.id].warnings
        )
        left_out = (
            f"candidate {rejected.id} is left out: {rejected.reason}"
            for rejected in self.found.rejected
            if rejected.unusable
        )
        return (*self.ranking.warnings, *left_out, *of_models)


Pick = Callable[[Ranking], Sequence[Ranked]]


def every_candidate(ranking: Ranking) -> Sequence[Ranked]:
    """Pick all of them."""
    return ranking.entries


def candidate_of_rank(rank: int) -> Pick:
    """Pick the one of that rank, 1 is the winner. The pick raises UsageError where there are fewer."""

    def pick(ranking: Ranking) -> Sequence[Ranked]:
        if rank > len(ranking.entries):
            raise UsageError(f"there is no rank {rank}", hint=f"Candidates that are ranked: {len(ranking.entries)}.")
        return ranking.entries[rank - 1 : rank]

    return pick


def choose(request: Request, pick: Pick = every_candidate) -> Chosen:
    """Read, rank, and find the model files of the picked candidates.

    A candidate without usable files is left out and the rest is ranked again; it is an error
    (its own) where none is left or the request is strict. Settings or files that would do harm
    are always an error (exit 4). Raises UsageError for a model root that is not there.
    """
    _refuse_missing_roots(request.model_roots)
    found = read(request.source, strict=request.strict)
    search = ModelSearch(found, request.model_roots)
    models: dict[str, ModelFiles] = {}
    while True:
        ranking = rank(found, request.policy)
        picked = pick(ranking)
        unusable: list[Rejected] = []
        for candidate in (ranked.candidate for ranked in picked):
            try:
                models[candidate.id] = models.get(candidate.id) or _files_of(candidate, search, trust=request.trust)
            except UnsafeInputError:
                raise
            except ModelpressError as error:
                if request.strict or len(ranking.entries) - len(unusable) == 1:
                    raise _final(error, candidate, found, strict=request.strict) from error
                unusable.append(Rejected(candidate.id, error.message, unusable=True))
        if not unusable:
            wanted = {ranked.candidate.id for ranked in picked}
            return Chosen(request, found, ranking, {name: files for name, files in models.items() if name in wanted})
        found = _without(found, unusable)


def _refuse_missing_roots(folders: Sequence[Path]) -> None:
    for folder in folders:
        try:
            folder.stat()
        except (OSError, ValueError):
            raise UsageError(
                f"the model root {folder} does not exist",
                hint="Correct --model-root, or model_roots in the configuration.",
                file=str(folder),
            ) from None


def _final(error: ModelpressError, candidate: Candidate, found: CandidateSet, *, strict: bool) -> ModelpressError:
    """What was wrong with the candidate after which none is left, or none is tried; its id says nothing alone."""
    if len(found.candidates) + len(found.rejected) == 1:
        return error
    whose = f"candidate {candidate.id}" if strict else f"candidate {candidate.id}, as every other,"
    return type(error)(f"{whose} cannot be used: {error.message}", hint=error.hint, file=error.file)


def _files_of(candidate: Candidate, search: ModelSearch, *, trust: bool) -> ModelFiles:
    if not trust:
        refuse_untrusted(candidate)
    return gather_files(search.locate(candidate.model))


def _without(found: CandidateSet, unusable: Sequence[Rejected]) -> CandidateSet:
    ids = {rejected.id for rejected in unusable}
    kept = tuple(candidate for candidate in found.candidates if candidate.id not in ids)
    return replace(found, candidates=kept, rejected=(*found.rejected, *unusable))

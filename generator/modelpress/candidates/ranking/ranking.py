"""Ranking: the candidates in order, each with the reason for its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from modelpress.candidates.candidate import Candidate, CandidateSet, Rejected
from modelpress.candidates.ranking.grouping import Group, Placing, arrange, run_order
from modelpress.candidates.ranking.objectives import (
    KnownMetric,
    asked_objectives,
    direction_warnings,
    known_metrics,
    measured,
    recorded_objectives,
)
from modelpress.candidates.ranking.policy import Objective, RankingPolicy
from modelpress.candidates.ranking.reasons import reason_after, reason_first
from modelpress.candidates.ranking.selection import Selection, select
from modelpress.errors import NoCandidateError
from modelpress.wording import enumerated

AS_RECORDED = RankingPolicy()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place: `rank` over all accelerators, 1 is best.

    `reason` compares it with the one directly above. `on_pareto_front` is None where there
    are no objectives. `groups` are the tolerance groups that it is in, one for each objective
    in turn up to the one that it is alone in.
    """

    candidate: Candidate
    rank: int
    rank_in_accelerator: int
    reason: str
    on_pareto_front: bool | None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """All ranked candidates, best first, and all that were left out by the reader or the ranking.

    `warnings` begin with those of the reader. `objectives` are what the order was decided by.
    """

    entries: tuple[Ranked, ...]
    rejected: tuple[Rejected, ...]
    warnings: tuple[str, ...]
    objectives: tuple[Objective, ...]

    def top(self, count: int | None) -> Ranking:
        """The same with the first `count` candidates only; None keeps all."""
        return replace(self, entries=self.entries[:count])


def rank(found: CandidateSet, policy: RankingPolicy = AS_RECORDED) -> Ranking:
    """Rank what was found: over all accelerators together, by the policy or else the run's own objectives.

    The result does not depend on the order of `found.candidates`. UsageError where the policy
    names a metric that no candidate has, NoCandidateError where nothing is left to rank.
    """
    found = replace(found, candidates=tuple(sorted(found.candidates, key=run_order)))
    known = known_metrics(found.candidates)
    asked, recorded = asked_objectives(policy, known), recorded_objectives(known)
    objectives = asked or recorded
    replaced = {objective.metric for objective in asked}
    over = [*asked, *(objective for objective in recorded if objective.metric not in replaced)]
    selection = select(found, policy, over)
    if not selection.kept:
        raise _nothing_left(found, policy, selection)
    placings = arrange(selection.kept, objectives, policy.tolerances)
    return Ranking(
        tuple(_entries(placings, selection)),
        found.rejected + selection.rejected,
        found.warnings + selection.warnings + tuple(_warnings(placings, policy, objectives, known)),
        objectives,
    )


def _entries(placings: Sequence[Placing], selection: Selection) -> Iterator[Ranked]:
    in_accelerator: Counter[str] = Counter()
    for index, placing in enumerate(placings):
        candidate = placing.candidate
        in_accelerator[candidate.accelerator] += 1
        yield Ranked(
            candidate=candidate,
            rank=index + 1,
            rank_in_accelerator=in_accelerator[candidate.accelerator],
            reason=_reason(placings, index),
            on_pareto_front=candidate.on_pareto_front if selection.front is None else candidate.id in selection.front,
            groups=placing.groups,
        )


def _reason(placings: Sequence[Placing], index: int) -> str:
    if index:
        return reason_after(placings[index], placings[index - 1], index)
    return reason_first(placings[0], placings[1] if len(placings) > 1 else None)


def _warnings(
    placings: Sequence[Placing],
    policy: RankingPolicy,
    objectives: Sequence[Objective],
    known: dict[str, KnownMetric],
) -> Iterator[str]:
    directed = {asked.metric for asked in policy.by if asked.higher_is_better is not None}
    yield from direction_warnings((objective for objective in objectives if objective.metric not in directed), known)
    if known and not objectives:
        yield "no metric is an objective: candidates stand in run order; --by METRIC chooses one"
    for objective in objectives:
        without = [p.candidate.id for p in placings if measured(p.candidate, objective.metric) is None]
        if without:
            yield f"{objective.metric} was not measured in {len(without)} of {len(placings)}: {enumerated(without)}"
    deciding = {objective.metric for objective in objectives}
    for metric in policy.tolerances:
        if metric not in deciding:
            yield f"the tolerance of {metric} has no effect: it is not among the objectives"


def _nothing_left(found: CandidateSet, policy: RankingPolicy, selection: Selection) -> NoCandidateError:
    rejected = found.rejected + selection.rejected
    if not rejected:
        hint = "Give a run, a list or a model that holds one."
        return NoCandidateError(f"{found.source} holds no candidate", hint=hint, file=str(found.source))
    reasons = enumerated([f"{one.id} ({one.reason})" for one in rejected])
    hints = []
    if policy.constraints:
        hints.append("Loosen --where.")
    if found.pareto_default and not policy.everything:
        hints.append("--all takes every evaluated candidate, whether or not it meets the goals of the run.")
    return NoCandidateError(f"no candidate is left to rank: {reasons}", hint=" ".join(hints), file=str(found.source))

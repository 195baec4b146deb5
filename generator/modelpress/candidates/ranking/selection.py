"""Which candidates a ranking is about, and why the others are left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modelpress.candidates.candidate import Candidate, CandidateSet, Rejected
from modelpress.candidates.ranking.objectives import cost
from modelpress.candidates.ranking.pareto import dominators
from modelpress.candidates.ranking.policy import Objective, RankingPolicy
from modelpress.candidates.ranking.reasons import misses
from modelpress.wording import enumerated


@dataclass(frozen=True, slots=True)
class Selection:
    """The candidates to rank in run order, those left out, and the ids of the first that are on the front.

    `front` is None where there are no objectives to tell a front by.
    """

    kept: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]
    front: frozenset[str] | None
    warnings: tuple[str, ...] = ()


def select(found: CandidateSet, policy: RankingPolicy, objectives: Sequence[Objective]) -> Selection:
    """Choose among candidates that are in run order; `objectives` are those that a front is taken over.

    Without a policy these are the results of the run itself. Of a run that ranks its front
    (`found.pareto_default`) they are the candidates on the front that it recorded. For an
    accelerator where it recorded none, and for all where `--by` or `--where` changes the
    question, the front is taken anew, as Olive does: of all evaluated candidates of the
    accelerator that meet the goals of the run, and the constraints, since what is not allowed
    should not push out what is. `everything` takes all that were evaluated and meet the
    constraints.

    A candidate that misses the goals stays where no front is asked for (with a warning), but
    is never on the front and dominates none. Values that were not measured count as worst; a
    candidate with none of the objectives measured is never dominated, for nothing is known
    against it.
    """
    front_only = found.pareto_default and not policy.everything
    own_fronts = _own_fronts(found, policy) if front_only else frozenset()
    obstacles = {one.id: _obstacle(one, policy, goals=front_only) for one in found.candidates}
    pool = [one for one in found.candidates if not obstacles[one.id]]
    compared = [one for one in pool if one.goals_met and (one.selected or front_only or policy.everything)]
    dominated = _dominated(compared, objectives)
    if policy.everything:
        kept = pool
    elif front_only:
        kept = [one for one in pool if (one.selected if one.accelerator in own_fronts else one.id not in dominated)]
    else:
        kept = [one for one in pool if one.selected]
    undominated = {one.id for one in kept if one.goals_met and one.id not in dominated}
    front = {
        one.id for one in kept if (one.on_pareto_front if one.accelerator in own_fronts else one.id in undominated)
    }
    ranked = {one.id for one in kept}
    others = (one for one in found.candidates if one.id not in ranked)
    rejected = tuple(Rejected(one.id, obstacles[one.id] or _beaten(one, dominated)) for one in others)
    return Selection(tuple(kept), rejected, frozenset(front) if objectives else None, _goal_warnings(kept))


def _own_fronts(found: CandidateSet, policy: RankingPolicy) -> frozenset[str]:
    """The accelerators for which the run recorded the front that is asked for."""
    if policy.by or policy.constraints:
        return frozenset()
    return frozenset(one.accelerator for one in found.candidates if one.selected and one.on_pareto_front)


def _beaten(candidate: Candidate, dominated: Mapping[str, str]) -> str:
    better = dominated.get(candidate.id)
    return f"dominated by {better}" if better else "not among the results of the run"


def _obstacle(candidate: Candidate, policy: RankingPolicy, *, goals: bool) -> str:
    if not (candidate.selected or candidate.metrics):
        return "was not evaluated"
    if goals and not candidate.goals_met:
        return "does not meet the goals of the run"
    missed = dict.fromkeys(misses(candidate, constraint) for constraint in policy.constraints)
    return "; ".join(filter(None, missed))


def _dominated(candidates: Iterable[Candidate], objectives: Sequence[Objective]) -> dict[str, str]:
    """The id of each candidate that another of its accelerator dominates, with the id of that."""
    by_accelerator: dict[str, list[tuple[Candidate, tuple[float, ...]]]] = {}
    for candidate in candidates:
        point = tuple(cost(candidate, objective) for objective in objectives)
        if min(point, default=math.inf) < math.inf:
            by_accelerator.setdefault(candidate.accelerator, []).append((candidate, point))
    dominated: dict[str, str] = {}
    for rivals in by_accelerator.values():
        found = dominators([point for _, point in rivals])
        for (candidate, _), dominator in zip(rivals, found, strict=True):
            if dominator is not None:
                dominated[candidate.id] = rivals[dominator][0].id
    return dominated


def _goal_warnings(kept: Sequence[Candidate]) -> tuple[str, ...]:
    missing = [candidate.id for candidate in kept if not candidate.goals_met]
    return (f"ranked although the goals of the run are not met: {enumerated(missing)}",) if missing else ()

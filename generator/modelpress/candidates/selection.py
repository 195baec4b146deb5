"""Which candidates a ranking is about, and why the others are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelpress.candidates.candidate import Candidate, CandidateSet, Rejected
from modelpress.candidates.objectives import cost, measured
from modelpress.candidates.pareto import dominators
from modelpress.candidates.policy import Objective, RankingPolicy
from modelpress.candidates.reasons import misses


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
    (`found.pareto_default`) they are the candidates on the front that it recorded. Where it
    recorded none, and where `--by` or `--where` changes the question, the front is taken anew
    for each accelerator, as Olive does: of all evaluated candidates that meet the goals of the
    run, and the constraints, since what is not allowed should not push out what is.
    `everything` takes all that were evaluated and meet the constraints.

    A candidate that misses the goals stays where no front is asked for (with a warning), but
    is never on the front and dominates none. Values that were not measured count as worst; a
    candidate with none of the objectives measured is never dominated, for nothing is known
    against it.
    """
    front_only = found.pareto_default and not policy.everything
    recorded = any(candidate.selected and candidate.on_pareto_front is not None for candidate in found.candidates)
    anew = front_only and (not recorded or bool(policy.by) or bool(policy.constraints))
    rejected: dict[str, str] = {}
    pool: list[Candidate] = []
    for candidate in found.candidates:
        obstacle = _obstacle(candidate, policy, goals=front_only)
        if obstacle:
            rejected[candidate.id] = obstacle
        else:
            pool.append(candidate)
    dominated = _dominated(pool, objectives)
    kept: list[Candidate] = []
    for candidate in pool:
        if policy.everything or (candidate.id not in dominated if anew else candidate.selected):
            kept.append(candidate)
        else:
            better = dominated.get(candidate.id)
            rejected[candidate.id] = f"dominated by {better}" if better else "not among the results of the run"
    own_front = front_only and not anew
    return Selection(
        tuple(kept),
        tuple(
            Rejected(candidate.id, rejected[candidate.id]) for candidate in found.candidates if candidate.id in rejected
        ),
        _front(kept, objectives, recorded=own_front),
        _goal_warnings(kept),
    )


def _obstacle(candidate: Candidate, policy: RankingPolicy, *, goals: bool) -> str:
    if not (candidate.selected or candidate.metrics):
        return "was not evaluated"
    if goals and not candidate.goals_met:
        return "does not meet the goals of the run"
    missed = dict.fromkeys(misses(candidate, constraint) for constraint in policy.constraints)
    return "; ".join(filter(None, missed))


def _dominated(candidates: Iterable[Candidate], objectives: Sequence[Objective]) -> dict[str, str]:
    """The id of each candidate that another of its accelerator dominates, with the id of that."""
    by_accelerator: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if any(measured(candidate, objective.metric) is not None for objective in objectives):
            by_accelerator.setdefault(candidate.accelerator, []).append(candidate)
    dominated: dict[str, str] = {}
    for rivals in by_accelerator.values():
        points = [tuple(cost(candidate, objective) for objective in objectives) for candidate in rivals]
        for candidate, dominator in zip(rivals, dominators(points), strict=True):
            if dominator is not None:
                dominated[candidate.id] = rivals[dominator].id
    return dominated


def _front(kept: Sequence[Candidate], objectives: Sequence[Objective], *, recorded: bool) -> frozenset[str] | None:
    if recorded:
        return frozenset(candidate.id for candidate in kept if candidate.on_pareto_front)
    if not objectives:
        return None
    eligible = [candidate for candidate in kept if candidate.goals_met]
    dominated = _dominated(eligible, objectives)
    return frozenset(candidate.id for candidate in eligible if candidate.id not in dominated)


def _goal_warnings(kept: Sequence[Candidate]) -> tuple[str, ...]:
    missing = [candidate.id for candidate in kept if not candidate.goals_met]
    return (f"ranked although the goals of the run are not met: {enumerate_ids(missing)}",) if missing else ()


def enumerate_ids(ids: Sequence[str], most: int = 3) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more

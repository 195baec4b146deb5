"""The metrics that candidates have, and which of them decide the order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modelpress.candidates.candidate import Candidate
from modelpress.candidates.ranking.policy import Objective, RankingPolicy
from modelpress.errors import UsageError
from modelpress.wording import nearest


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A metric as all candidates together record it.

    `objective` is the smallest place among the objectives that any of them gives it, None
    where none does. Where they contradict each other on the direction (`disputed`), most
    decide, and the first in run order when there are as many of either kind; None where none says.
    """

    name: str
    higher_is_better: bool | None
    objective: int | None
    disputed: bool


def known_metrics(candidates: Sequence[Candidate]) -> dict[str, KnownMetric]:
    """All metrics of the candidates, which are in run order, by name."""
    votes: dict[str, list[bool | None]] = {}
    places: dict[str, int] = {}
    for candidate in candidates:
        for name, metric in candidate.metrics.items():
            votes.setdefault(name, []).append(metric.higher_is_better)
            if metric.objective is not None:
                places[name] = min(metric.objective, places.get(name, metric.objective))
    return {
        name: KnownMetric(name, _majority(given), places.get(name), len(set(given)) > 1)
        for name, given in ((name, [one for one in asked if one is not None]) for name, asked in votes.items())
    }


def _majority(votes: Sequence[bool]) -> bool | None:
    if not votes:
        return None
    higher = sum(votes)
    return votes[0] if 2 * higher == len(votes) else 2 * higher > len(votes)


def recorded_objectives(known: Mapping[str, KnownMetric]) -> tuple[Objective, ...]:
    """The objectives of the run itself: by place, then by name."""
    places = sorted((metric.objective, metric.name) for metric in known.values() if metric.objective is not None)
    return tuple(Objective(name, known[name].higher_is_better) for _, name in places)


def asked_objectives(policy: RankingPolicy, known: Mapping[str, KnownMetric]) -> tuple[Objective, ...]:
    """The objectives of `--by`, each with its direction. UsageError names a metric that no candidate has."""
    check_names("--by", (objective.metric for objective in policy.by), known)
    check_names("--tolerance", policy.tolerances, known)
    check_names("--where", (constraint.metric for constraint in policy.constraints), known)
    return tuple(
        asked if asked.higher_is_better is not None else _as_recorded(known[asked.metric]) for asked in policy.by
    )


def _as_recorded(metric: KnownMetric) -> Objective:
    if metric.higher_is_better is None:
        raise UsageError(
            f"--by {metric.name!r}: nothing says whether higher or lower is better",
            hint=f"Write {metric.name}:max where higher is better, {metric.name}:min where lower is.",
        )
    return Objective(metric.name, metric.higher_is_better)


def check_names(option: str, names: Iterable[str], known: Mapping[str, KnownMetric]) -> None:
    """Refuse an unknown metric with a suggestion and the list of those that exist."""
    for name in names:
        if name in known:
            continue
        meant = nearest(name, known)
        suggestion = f"Did you mean {meant!r}? " if meant else ""
        listed = ", ".join(sorted(known)) or "none, the candidates were not evaluated"
        raise UsageError(
            f"{option} {name!r}: no candidate has this metric", hint=f"{suggestion}Known metrics: {listed}."
        )


def direction_warnings(objectives: Iterable[Objective], known: Mapping[str, KnownMetric]) -> list[str]:
    """One for each objective whose direction the candidates disagree about."""
    return [
        f"{objective.metric}: candidates disagree whether higher is better; taken as"
        f" {'higher' if objective.higher_is_better else 'lower'} is better"
        for objective in objectives
        if known[objective.metric].disputed
    ]


def measured(candidate: Candidate, metric: str) -> float | None:
    """The value where there is a finite one; `unmeasured` says why there is none."""
    entry = candidate.metrics.get(metric)
    if entry is None or entry.value is None or not math.isfinite(entry.value):
        return None
    return entry.value


def unmeasured(candidate: Candidate, metric: str) -> str:
    """Why the candidate counts as not measured, as the rest of a sentence about it."""
    entry = candidate.metrics.get(metric)
    if entry is None or entry.value is None:
        return f"has no {metric}"
    return f"{metric} is {'NaN' if math.isnan(entry.value) else 'infinite'}"


def cost(candidate: Candidate, objective: Objective) -> float:
    """The value, turned round where higher is better, so that lower is better; infinity where there is none."""
    value = measured(candidate, objective.metric)
    if value is None:
        return math.inf
    return -value if objective.higher_is_better else value

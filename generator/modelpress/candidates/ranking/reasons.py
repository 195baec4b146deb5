"""Why a candidate stands where it does, in one sentence of plain words."""

from __future__ import annotations

from collections.abc import Sequence

from modelpress.candidates.candidate import Candidate
from modelpress.candidates.ranking.grouping import Group, Placing
from modelpress.candidates.ranking.objectives import measured, unmeasured
from modelpress.candidates.ranking.policy import Constraint

SIX_DIGITS = 1e6  # from here on the digits before the point are enough
ALL_DIGITS = 1e15  # from here on a double has no digit to spare


def number(value: float) -> str:
    """A figure for people: whole and large numbers without a fraction, others with six significant digits."""
    size = abs(value)
    if size < ALL_DIGITS and (size >= SIX_DIGITS or value == int(value)):
        return str(round(value))
    return f"{value:.6g}"


def reason_first(placing: Placing, below: Placing | None) -> str:
    """Why the first is first: what it is best at, and the tolerances that got it that far."""
    if not placing.groups:
        return _no_objectives(placing.candidate)
    passed: list[str] = []
    for index, group in enumerate(placing.groups):
        value = measured(placing.candidate, group.objective.metric)
        if value is None or value != group.anchor:
            passed.append(_within(placing.candidate, group))
        elif not index or below is None or below.groups[index].number != group.number:
            of_those = " of those" if index else ""
            return "; ".join([*passed, f"best {group.objective.metric}{of_those}: {number(value)}"])
    return "; ".join([*passed, "run order decides"])


def reason_after(placing: Placing, above: Placing, rank_above: int) -> str:
    """Why the candidate comes after the one directly above it."""
    if not placing.groups:
        return _no_objectives(placing.candidate)
    other = f"#{rank_above}"
    for index, (mine, theirs) in enumerate(zip(placing.groups, above.groups, strict=False)):
        if mine.number != theirs.number:
            tied = [_tie(placing.candidate, above.candidate, group) for group in placing.groups[:index]]
            return _behind(placing.candidate, above.candidate, mine.objective.metric, tied=tied, other=other)
    return f"ties with {other} on every objective; {tie_break(placing.candidate, above.candidate)} decides"


def tie_break(candidate: Candidate, above: Candidate) -> str:
    """What decides between two that tie on every objective."""
    return "run order" if candidate.order != above.order else "the id"


def misses(candidate: Candidate, constraint: Constraint) -> str:
    """Which constraint the candidate misses and by how much, "" where it satisfies it."""
    value = measured(candidate, constraint.metric)
    if value is None:
        return unmeasured(candidate, constraint.metric)
    if constraint.allows(value):
        return ""
    distance = abs(value - constraint.limit)
    by_how_much = f" by {number(distance)}" if distance else ", which it equals"
    return f"{constraint.metric} {number(value)} misses {constraint.comparison} {number(constraint.limit)}{by_how_much}"


def _no_objectives(candidate: Candidate) -> str:
    return "no objectives: run order" if candidate.metrics else "no metrics: run order"


def _within(candidate: Candidate, group: Group) -> str:
    metric = group.objective.metric
    value = measured(candidate, metric)
    if value is None or group.anchor is None:
        return f"none has a finite {metric}"
    return f"{metric} {number(value)} is within {group.tolerance} of the best, {number(group.anchor)}"


def _behind(candidate: Candidate, above: Candidate, metric: str, *, tied: Sequence[str], other: str) -> str:
    ties = f"ties with {other} on {_listed(tied)}; " if tied else ""
    value, better = measured(candidate, metric), measured(above, metric)
    if value is None or better is None:
        return f"{ties}{unmeasured(candidate, metric)}: after all that were measured"
    distance = f"{number(abs(value - better))} {'more' if value > better else 'less'} than {other}"
    return f"{ties}{metric} decides: {number(value)}, {distance}" if tied else f"{metric} {number(value)}: {distance}"


def _tie(candidate: Candidate, above: Candidate, group: Group) -> str:
    metric = group.objective.metric
    value, other = measured(candidate, metric), measured(above, metric)
    if value is None:
        return f"{metric} (measured in neither)"
    return metric if value == other else f"{metric} (within {group.tolerance})"


def _listed(texts: Sequence[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]

"""What `--explain` says: step by step, why each candidate stands where it does or was left out."""

from __future__ import annotations

from collections import Counter

from modelpress.candidates.ranking.grouping import EXACT, Group
from modelpress.candidates.ranking.objectives import measured, unmeasured
from modelpress.candidates.ranking.ranking import Ranked, Ranking
from modelpress.candidates.ranking.reasons import number


def explain(ranking: Ranking) -> dict[str, list[str]]:
    """Sentences for each candidate by its id: the ranked ones best first, then those left out.

    A ranked candidate has its reason, then a sentence for each objective up to the one that
    left it alone in its group, then run order where none did.
    """
    sizes = Counter(group for entry in ranking.entries for group in entry.groups)
    told = {entry.candidate.id: [entry.reason, *_steps(entry, sizes)] for entry in ranking.entries}
    for rejected in ranking.rejected:
        told.setdefault(rejected.id, []).append(f"left out: {rejected.reason}")
    return told


def _steps(entry: Ranked, sizes: Counter[Group]) -> list[str]:
    steps = []
    for place, group in enumerate(entry.groups, start=1):
        others = sizes[group] - 1
        steps.append(f"objective {place}, {_figure(entry, group)}; {_standing(entry, group, others)}")
        if not others:
            return steps
    return [*steps, f"run order: place {entry.candidate.order} in the run"]


def _figure(entry: Ranked, group: Group) -> str:
    metric = group.objective.metric
    value = measured(entry.candidate, metric)
    direction = "higher" if group.objective.higher_is_better else "lower"
    known = unmeasured(entry.candidate, metric) if value is None else number(value)
    return f"{metric} ({direction} is better): {known}"


def _standing(entry: Ranked, group: Group, others: int) -> str:
    if not others:
        return "alone, so this decides"
    company = f"{others} other{'s' if others > 1 else ''}"
    if group.anchor is None:
        return f"comes last together with {company}"
    if group.tolerance == EXACT:
        return f"the same as {company}"
    best = measured(entry.candidate, group.objective.metric) == group.anchor
    within = "itself the best" if best else f"within {group.tolerance} of the best, {number(group.anchor)}"
    return f"in a group with {company}, {within}"

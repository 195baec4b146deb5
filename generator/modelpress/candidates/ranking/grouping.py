"""The order of candidates: metrics in priority order, each with anchored tolerance groups."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from modelpress.candidates.candidate import Candidate
from modelpress.candidates.ranking.objectives import cost, measured
from modelpress.candidates.ranking.policy import Objective, Tolerance

EXACT = Tolerance(0.0)
ROUNDING = 1e-9  # part of a tolerance; 0.4 is within 0.3 of 0.1, though 0.4 - 0.1 > 0.3 in binary


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates that tie on one objective, having tied on all before it.

    `anchor` is the best value among them and None where they have no finite one. `number`
    tells the groups of one objective apart.
    """

    objective: Objective
    tolerance: Tolerance
    anchor: float | None
    number: int


@dataclass(frozen=True, slots=True)
class Placing:
    """A candidate with the group it is in for each objective in turn, up to the one that it is alone in."""

    candidate: Candidate
    groups: tuple[Group, ...] = ()


def run_order(candidate: Candidate) -> tuple[int, str]:
    """Sort key: the last tie-break, which makes the result independent of the order of reading."""
    return candidate.order, candidate.id


def arrange(
    candidates: Iterable[Candidate], objectives: Sequence[Objective], tolerances: Mapping[str, Tolerance]
) -> list[Placing]:
    """The candidates, best first, in O(m n log n) for m objectives.

    For each objective in turn, the best candidate and all within the tolerance of it form a
    group, then the best of the rest and all within the tolerance of that, and so on; the next
    objective decides inside each group, run order inside the last. Candidates without a finite
    value form the last group.

    Improving a metric of a candidate never puts it behind one that it was ahead of while at
    most one objective has a tolerance (in percent: of at most 100, or values of one sign).
    With two it can, by this definition: where the improved candidate becomes the anchor of its
    group, another may fall out of that group, and without it the groups of the next objective
    start from another anchor and can come to lie so that the improved candidate is in a later
    one than before.
    """
    parts = [[Placing(candidate) for candidate in candidates]]
    for objective in objectives:
        tolerance = tolerances.get(objective.metric, EXACT)
        numbers = count()
        parts = [group for part in parts for group in _split(part, objective, tolerance, numbers)]
    return [placing for part in parts for placing in sorted(part, key=lambda placing: run_order(placing.candidate))]


def _split(
    part: list[Placing], objective: Objective, tolerance: Tolerance, numbers: Iterator[int]
) -> list[list[Placing]]:
    if len(part) == 1 and part[0].groups:  # alone: nothing is left to decide
        return [part]
    costs = sorted(((cost(placing.candidate, objective), placing) for placing in part), key=lambda pair: pair[0])
    groups: list[list[Placing]] = []
    reach = -math.inf
    group = Group(objective, tolerance, None, -1)
    for price, placing in costs:
        if not groups or price > reach:
            anchor = measured(placing.candidate, objective.metric)
            group = Group(objective, tolerance, anchor, next(numbers))
            reach = _reach(price, anchor, tolerance)
            groups.append([])
        groups[-1].append(Placing(placing.candidate, (*placing.groups, group)))
    return groups


def _reach(price: float, anchor: float | None, tolerance: Tolerance) -> float:
    """The highest cost that still ties with the anchor's; no tolerance reaches what was not measured."""
    if anchor is None:
        return math.inf
    return min(price + tolerance.width(anchor) * (1 + ROUNDING), sys.float_info.max)

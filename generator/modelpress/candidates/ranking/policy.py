"""What a user asks of a ranking, and how it is read from the options `--by`, `--tolerance` and `--where`."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from modelpress.errors import UsageError

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

BY_FORM = "METRIC, METRIC:max or METRIC:min, for example latency-avg:min"
TOLERANCE_FORM = "METRIC=N% or METRIC=N with N at least 0, for example accuracy=5% or latency-avg=0.3"
WHERE_FORM = "METRIC, one of < <= > >= == !=, and a number, for example 'latency-avg<10'"


@dataclass(frozen=True, slots=True)
class Objective:
    """A metric that decides the order; `higher_is_better` None: the direction that was recorded with it."""

    metric: str
    higher_is_better: bool | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far from the best value another still ties with it: `amount` in the metric's unit or in percent."""

    amount: float
    percent: bool = False

    def width(self, anchor: float) -> float:
        """The same in the metric's unit, for the best value `anchor`."""
        return abs(anchor) * self.amount / 100 if self.percent else self.amount

    def __str__(self) -> str:
        return f"{self.amount:g}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a metric must satisfy: `comparison` is a key of `COMPARISONS`."""

    metric: str
    comparison: str
    limit: float

    def allows(self, value: float) -> bool:
        return COMPARISONS[self.comparison](value, self.limit)


@dataclass(frozen=True, slots=True)
class RankingPolicy:
    """What to rank and by what.

    `by` replaces the run's own objectives, first is most important; `tolerances` are by metric
    name; `everything` takes every evaluated candidate, on the Pareto front or not, whether or
    not it meets the goals of the run.
    """

    by: tuple[Objective, ...] = ()
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()
    everything: bool = False


def parse_policy(
    by: Sequence[str] = (), tolerance: Sequence[str] = (), where: Sequence[str] = (), *, everything: bool = False
) -> RankingPolicy:
    """The policy that the options ask for; UsageError for one that is malformed or given twice.

    Metric names are only known once candidates are read, so `rank` checks them.
    """
    objectives = [_objective(text) for text in by]
    _refuse_repeats("--by", by, [objective.metric for objective in objectives])
    tolerances = [_tolerance(text) for text in tolerance]
    _refuse_repeats("--tolerance", tolerance, [metric for metric, _ in tolerances])
    constraints = [_constraint(text) for text in where]
    _refuse_repeats("--where", where, constraints)
    return RankingPolicy(tuple(objectives), dict(tolerances), tuple(constraints), everything)


def _objective(text: str) -> Objective:
    name, colon, direction = text.rpartition(":")
    directions = {"max": True, "min": False}
    higher_is_better = directions.get(direction.strip().lower()) if colon else None
    metric = (text if higher_is_better is None else name).strip()
    if not metric:
        raise _malformed("--by", text, BY_FORM)
    return Objective(metric, higher_is_better)


def _tolerance(text: str) -> tuple[str, Tolerance]:
    metric, _, amount = (part.strip() for part in text.rpartition("="))
    number = re.fullmatch(rf"({NUMBER})\s*(%?)", amount)
    if not metric or number is None:
        raise _malformed("--tolerance", text, TOLERANCE_FORM)
    tolerance = Tolerance(float(number[1]), percent=bool(number[2]))
    if not 0 <= tolerance.amount < math.inf:
        raise _malformed("--tolerance", text, TOLERANCE_FORM)
    return metric, tolerance


def _constraint(text: str) -> Constraint:
    parts = re.fullmatch(rf"([^<>=!]+)(<=|>=|==|!=|<|>)\s*({NUMBER})\s*", text)
    if parts is None or not parts[1].strip() or math.isinf(float(parts[3])):
        raise _malformed("--where", text, WHERE_FORM)
    return Constraint(parts[1].strip(), parts[2], float(parts[3]))


def _malformed(option: str, text: str, form: str) -> UsageError:
    return UsageError(f"{option} {text!r} is malformed", hint=f"{option} takes {form}")


def _refuse_repeats(option: str, texts: Sequence[str], keys: Sequence[Hashable]) -> None:
    seen: set[Hashable] = set()
    for text, key in zip(texts, keys, strict=True):
        if key in seen:
            raise UsageError(f"{option} {text!r} repeats one given before", hint="Keep one of the two.")
        seen.add(key)

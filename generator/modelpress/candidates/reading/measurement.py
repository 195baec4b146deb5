"""What was measured of a model, in the form of Olive's records, and the metrics that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelpress.candidates.candidate import Metric
from modelpress.candidates.reading.recorded_values import mapping, number, whole

LAST = 1 << 30  # the priority of an objective that has none


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured of one model: metric name to value, and the objectives to their direction (1 or -1)."""

    values: Mapping[str, Any] = field(default_factory=dict)
    directions: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)


NOTHING = Measurement()


def objective_places(measurements: Iterable[Measurement]) -> dict[str, int]:
    """The place of each objective of a run, 1 first, worked out from all its measurements.

    Olive does not store its objectives. They are the metrics in `cmp_direction`, or where
    that is empty everywhere (runs without a search, before 0.8) those with a positive
    priority. Neither alone is enough: 0.13 writes priority -1 for its size objective. Those
    with a priority come first, by it, then the others in the order of `cmp_direction`.
    """
    directed: dict[str, None] = {}
    priorities: dict[str, int] = {}
    for measurement in measurements:
        directed.update(dict.fromkeys(measurement.directions))
        for name, figure in measurement.values.items():
            priority = whole(mapping(figure).get("priority"), -1)
            if priority > 0:
                priorities.setdefault(name, priority)
    names = directed or priorities
    ordered = sorted(names, key=lambda name: priorities.get(name, LAST))
    return {name: place for place, name in enumerate(ordered, 1)}


def metrics(measurement: Measurement, places: Mapping[str, int]) -> dict[str, Metric]:
    """The metrics of one model. A figure may be bare or {value, priority, higher_is_better}."""
    found = {}
    for name, figure in measurement.values.items():
        entry = mapping(figure)
        direction = number(measurement.directions.get(name))
        found[name] = Metric(
            name,
            number(entry.get("value") if entry else figure),
            higher_is_better=direction > 0 if direction else _direction(entry, decides=name in places),
            priority=whole(entry.get("priority"), -1),
            objective=places.get(name),
        )
    return found


def _direction(entry: Mapping[str, Any], *, decides: bool) -> bool | None:
    """As recorded. An objective always has one, and Olive takes what is not true for lower."""
    recorded = entry.get("higher_is_better")
    return recorded if isinstance(recorded, bool) else False if decides else None

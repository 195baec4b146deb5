"""One node of an Olive footprint: a model, where it came from and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelpress.candidates.candidate import ModelReference, Step
from modelpress.candidates.reading.measurement import NOTHING, Measurement
from modelpress.candidates.reading.olive.model import model_reference
from modelpress.candidates.reading.recorded_values import kind_of, mapping, text
from modelpress.errors import ModelpressError

LONGEST_HISTORY = 100  # passes; a longer chain is made up, and all of them together would fill the memory


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it was recorded. One without a model says why, `malformed` where its record is at fault."""

    id: str
    parent: str | None = None
    model: ModelReference | None = None
    pass_name: str | None = None
    pass_config: Mapping[str, Any] | None = None
    on_front: bool = False
    measurement: Measurement = NOTHING
    goals_met: bool = False
    problem: str = ""
    malformed: bool = False

    @property
    def is_input(self) -> bool:
        return self.parent is None and not self.malformed


def parse_node(model_id: str, record: object) -> Node:
    """The node of that id, from any release of Olive; never fails."""
    if not isinstance(record, dict):
        return Node(model_id, problem=f"its record is {kind_of(record)} where a mapping should be", malformed=True)
    config = record.get("model_config") or record.get("model_config_data")  # the second since 0.12
    measured = mapping(record.get("metrics"))
    model, problem, malformed = _model(config)
    return Node(
        id=model_id,
        parent=text(record.get("parent_model_id")),
        model=model,
        pass_name=text(record.get("from_pass")),
        pass_config=settings if isinstance(settings := record.get("pass_run_config"), dict) else None,
        on_front=record.get("is_pareto_frontier") is True,
        measurement=Measurement(mapping(measured.get("value")), mapping(measured.get("cmp_direction"))),
        goals_met=(measured.get("if_goals_met") or measured.get("is_goals_met")) is True,  # the second up to 0.2
        problem=problem,
        malformed=malformed,
    )


def _model(config: object) -> tuple[ModelReference | None, str, bool]:
    if not config:
        return None, "has no model", False
    if mapping(config).get("is_pruned"):
        return None, "failed or was pruned in the run", False
    try:
        return model_reference(config), "", False
    except ModelpressError as error:
        return None, error.message, True


def history(node: Node, nodes: Mapping[str, Node]) -> tuple[Step, ...]:
    """The passes that led to a node, the input model first. Raises ModelpressError where they go in a circle."""
    chain: dict[str, Node] = {}
    current: Node | None = node
    while current is not None:
        if current.id in chain:
            raise ModelpressError(f"its parents go in a circle through {current.id}")
        if len(chain) == LONGEST_HISTORY:
            raise ModelpressError(f"its history has more than {LONGEST_HISTORY} passes")
        chain[current.id] = current
        current = nodes.get(current.parent) if current.parent is not None else None
    return tuple(Step(step.id, step.pass_name, step.pass_config) for step in reversed(chain.values()))

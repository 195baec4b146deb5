"""Which nodes of a footprint the run offers as its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.olive.files import FootprintFiles
from modelpress.candidates.reading.olive.node import Node, parse_node
from modelpress.candidates.reading.recorded_values import kind_of
from modelpress.errors import ModelpressError
from modelpress.filetree import TreePath

KEYS_OF_A_NODE = {"parent_model_id", "model_config", "model_config_data", "from_pass", "is_pareto_frontier"}


@dataclass(frozen=True, slots=True)
class Results:
    """The ids of the results. `searched`: they were found by a search, so that they are a Pareto front."""

    ids: frozenset[str]
    searched: bool
    warnings: tuple[str, ...] = ()


def is_footprint(data: object) -> bool:
    """Whether JSON data are a footprint: a mapping that holds nodes."""
    return isinstance(data, dict) and any(
        isinstance(node, dict) and node.keys() & KEYS_OF_A_NODE for node in data.values()
    )


def load_nodes(place: TreePath) -> dict[str, Node]:
    """The nodes of a footprint file in the order of the run. ModelpressError where it is something else."""
    data: Any = datafile.load(place)
    if data and not is_footprint(data):
        raise ModelpressError(
            f"{place}: is not an Olive footprint but {kind_of(data)} without nodes",
            hint="A footprint maps model ids to nodes with parent_model_id, model_config and metrics.",
            file=str(place),
        )
    return {model_id: parse_node(model_id, record) for model_id, record in (data or {}).items()}


def find_results(files: FootprintFiles, nodes: Mapping[str, Node]) -> Results:
    """The results: of the Pareto file, else the marked nodes, else of the output file, else worked out.

    A file whose nodes are not in the footprint was left by another run: it is passed over.
    """
    warnings: list[str] = []
    if files.pareto is not None:
        front = _known(load_nodes(files.pareto), nodes)
        if front:
            return Results(frozenset(front), searched=True)
        warnings.append(f"{files.pareto} is of another run and was not used")
    marked = frozenset(node.id for node in nodes.values() if node.on_front)
    if marked:
        return Results(marked, searched=True, warnings=tuple(warnings))
    if files.output is not None:
        outputs = _known(_outputs(load_nodes(files.output)), nodes)
        if outputs:
            return Results(frozenset(outputs), searched=False, warnings=tuple(warnings))
        warnings.append(f"{files.output} is of another run and was not used")
    return _worked_out(files, nodes, warnings)


def _known(found: Mapping[str, Node], nodes: Mapping[str, Node]) -> Mapping[str, Node]:
    return {name: node for name, node in found.items() if name in nodes and not nodes[name].is_input}


def _outputs(found: Mapping[str, Node]) -> Mapping[str, Node]:
    """All nodes of an output file; since 0.10 that is a whole footprint, of which the leaves are the outputs."""
    whole = any(node.is_input for node in found.values())
    return _leaves(found) if whole else found


def _leaves(nodes: Mapping[str, Node]) -> Mapping[str, Node]:
    parents = {node.parent for node in nodes.values()}
    return {name: node for name, node in nodes.items() if name not in parents and not node.is_input}


def _worked_out(files: FootprintFiles, nodes: Mapping[str, Node], warnings: list[str]) -> Results:
    evaluated = [node for node in nodes.values() if node.measurement and node.model and not node.is_input]
    if not evaluated:
        leaves = frozenset(name for name, node in _leaves(nodes).items() if node.model)
        return Results(leaves, searched=False, warnings=tuple(warnings))
    met = frozenset(node.id for node in evaluated if node.goals_met)
    if not met:
        warnings.append(f"{files.main}: no model meets the goals of the run")
    return Results(met, searched=files.marks_results, warnings=tuple(warnings))

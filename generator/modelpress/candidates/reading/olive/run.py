"""Olive's output folder: the footprints of a run, one for each accelerator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from modelpress.candidates.candidate import CandidateSet
from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.accelerator import DEFAULT, accelerator_of_settings, accelerator_of_workflow
from modelpress.candidates.reading.assembly import Record, assemble
from modelpress.candidates.reading.measurement import NOTHING, Measurement
from modelpress.candidates.reading.olive.files import FootprintFiles, RunFiles, find_run
from modelpress.candidates.reading.olive.node import Node, history
from modelpress.candidates.reading.olive.own_zip import OwnZip, own_zips
from modelpress.candidates.reading.olive.results import Results, find_results, is_footprint, load_nodes
from modelpress.candidates.reading.recorded_values import mapping
from modelpress.candidates.reading.source import Source
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, TreePath

name = "olive-run"
WORKFLOW = "config.json"


@dataclass(frozen=True, slots=True)
class _Footprint:
    """The footprint of one accelerator, read."""

    accelerator: str
    nodes: Mapping[str, Node]
    results: Results

    @property
    def evaluated(self) -> bool:
        return any(node.measurement for node in self.nodes.values() if not node.is_input)


def recognises(source: Source) -> bool:
    """A folder or zip with footprint files, or one of these files."""
    if source.tree is not None:
        return bool(find_run(source.tree).footprints)
    return is_footprint(source.data)


def read(source: Source, *, strict: bool, workflow: Mapping[str, Any] | None = None) -> CandidateSet:
    """All models of the run, its results `selected`; those that failed or were not evaluated are rejected.

    `workflow` is the file that the run was made with, where it is known. Raises ModelpressError
    for a broken footprint, and for a malformed node where `strict`; NoCandidateError where no
    node has a model.
    """
    tree = source.tree or source.beside
    files = _files(source, tree)
    zips = own_zips(tree)
    named = accelerator_of_workflow(workflow or _workflow(tree)) or _only_accelerator(zips)
    footprints = [_load(one, named) for one in files.footprints]
    records = [record for footprint in footprints for record in _records(footprint)]
    warnings = [*files.warnings, *(warning for one in footprints for warning in one.results.warnings)]
    found = CandidateSet(
        kind=name,
        source=source.path,
        root=tree.location,
        candidates=(),
        pareto_default=any(one.results.searched for one in footprints),
    )
    complete = assemble(found, records, strict=strict)
    warnings += [warning for one in zips for warning in one.repairs(complete.candidates)]
    return replace(complete, warnings=tuple(warnings))


def _files(source: Source, tree: FileTree) -> RunFiles:
    """The files of the run; of another footprint file that was given, that one alone."""
    files = find_run(tree)
    known = {place.name for one in files.footprints for place in (one.main, one.pareto, one.output) if place}
    if source.tree is None and source.path.name not in known:
        return RunFiles((FootprintFiles(TreePath(tree, source.path.name)),))
    return files


def _workflow(tree: FileTree) -> Mapping[str, Any]:
    """The workflow beside the footprints; it is needed for the accelerator alone, so a broken one is none."""
    place = TreePath(tree, WORKFLOW)
    try:
        return mapping(datafile.load(place)) if place.entry is not None else {}
    except ModelpressError:
        return {}


def _only_accelerator(zips: Sequence[OwnZip]) -> str | None:
    names = {folder.accelerator for own in zips for folder in own.folders if folder.accelerator}
    return names.pop() if len(names) == 1 else None


def _load(files: FootprintFiles, named: str | None) -> _Footprint:
    nodes = load_nodes(files.main)
    accelerator = files.accelerator or named or _accelerator_of(nodes.values()) or DEFAULT
    return _Footprint(accelerator, nodes, find_results(files, nodes))


def _accelerator_of(nodes: Iterable[Node]) -> str | None:
    settings = (node.model.inference_settings for node in nodes if node.model)
    return next(filter(None, map(accelerator_of_settings, settings)), None)


def _records(footprint: _Footprint) -> Iterator[Record]:
    original = next((node.measurement for node in footprint.nodes.values() if node.is_input), NOTHING)
    for node in footprint.nodes.values():
        if not node.is_input:
            yield _record(node, footprint, original)


def _record(node: Node, footprint: _Footprint, original: Measurement) -> Record:
    selected = node.id in footprint.results.ids
    if node.model is None:
        return Record(node.id, footprint.accelerator, problem=node.problem, unusable=node.malformed)
    if footprint.evaluated and not node.measurement and not selected:
        return Record(node.id, footprint.accelerator, problem="was not evaluated")
    try:
        steps = history(node, footprint.nodes)
    except ModelpressError as error:
        return Record(node.id, footprint.accelerator, problem=error.message, unusable=True)
    return Record(
        model_id=node.id,
        accelerator=footprint.accelerator,
        model=node.model,
        measured=node.measurement,
        input_measured=original,
        history=steps,
        on_front=node.on_front if footprint.results.searched else None,
        goals_met=node.goals_met or not node.measurement,
        selected=selected,
    )

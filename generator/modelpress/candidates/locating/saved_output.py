"""Which of the models that Olive saved into its output folder is that of a candidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelpress.candidates.candidate import Candidate, CandidateSet
from modelpress.candidates.locating.path_index import PathIndex
from modelpress.candidates.ranking.objectives import cost, known_metrics, recorded_objectives
from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.accelerator import NAME
from modelpress.candidates.reading.olive.saved_model import MODEL_CONFIG
from modelpress.candidates.reading.recorded_paths import parts_of
from modelpress.candidates.reading.recorded_values import mapping, number
from modelpress.errors import ModelpressError
from modelpress.filetree import TreePath

OUTPUT_FOLDER = "output_model"  # of Olive 0.7


def saved_config(index: PathIndex, candidate: Candidate, found: CandidateSet) -> TreePath | None:
    """The model_config.json of the candidate's saved model.

    Olive does not write which model it saved. It is the one with the metrics that lie beside;
    where none do, the result of a run that has a single one, or the best (since 0.8 a search
    saves that at the top of its folder).
    """
    for config in _configs(index):
        measured = config.parent.inside("metrics.json")
        if measured.entry is not None:
            if candidate.metrics and _same_metrics(measured, candidate):
                return config
        elif _is_best(candidate, _rivals(config, found)):
            return config
    return None


def _configs(index: PathIndex) -> Iterator[TreePath]:
    """Those at the top, below an accelerator, and in `output_model` with a folder for each flow."""
    for config in index.named(MODEL_CONFIG):
        folders = list(parts_of(config.parent.name))
        if folders and NAME.fullmatch(folders[0]):
            folders.pop(0)
        if not folders or folders[0] == OUTPUT_FOLDER:
            yield config


def _same_metrics(place: TreePath, candidate: Candidate) -> bool:
    try:
        values = mapping(datafile.load(place))
    except ModelpressError:
        return False
    recorded = {name: number(mapping(figure).get("value")) for name, figure in values.items()}
    return recorded == {metric.name: metric.value for metric in candidate.metrics.values()}


def _rivals(config: TreePath, found: CandidateSet) -> list[Candidate]:
    """The results that the saved model may be: all of its accelerator.

    None where it cannot be told: with a folder for each flow, or where a result may be missing.
    """
    if any(one.unusable for one in found.rejected):
        return []
    folders = parts_of(config.parent.name)
    of_flow = len(folders) > folders.index(OUTPUT_FOLDER) + 1 if OUTPUT_FOLDER in folders else False
    accelerator = folders[0] if folders and NAME.fullmatch(folders[0]) else None
    results = [one for one in found.candidates if one.selected and accelerator in {None, one.accelerator}]
    return [] if of_flow and len(results) > 1 else results


def _is_best(candidate: Candidate, rivals: Sequence[Candidate]) -> bool:
    """By Olive's own order: objectives by priority, then the order of the run."""
    objectives = recorded_objectives(known_metrics(rivals))
    best = min(rivals, key=lambda one: [cost(one, objective) for objective in objectives], default=None)
    return best is not None and best.id == candidate.id

"""From the records that a reader found to the candidates: ids, objectives, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from modelpress.candidates.candidate import Candidate, CandidateSet, ModelReference, Rejected, Step
from modelpress.candidates.reading.measurement import NOTHING, Measurement, metrics, objective_places
from modelpress.errors import ModelpressError, NoCandidateError
from modelpress.wording import enumerated

SHOWN = 5  # reasons in a message


@dataclass(frozen=True, slots=True)
class Record:
    """A model as a reader found it, in the words of `Candidate`.

    `problem` says why it is not a candidate, `unusable` that its record or its files are at
    fault; such a record has no `model`.
    """

    model_id: str
    accelerator: str
    model: ModelReference | None = None
    measured: Measurement = NOTHING
    input_measured: Measurement = NOTHING
    history: tuple[Step, ...] = ()
    on_front: bool | None = None
    goals_met: bool = True
    selected: bool = True
    dims: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    unusable: bool = False


def assemble(found: CandidateSet, records: Sequence[Record], *, strict: bool) -> CandidateSet:
    """The set with the candidates and rejected of the records, which are in the order of the run.

    Raises ModelpressError for the first unusable record where `strict`, and NoCandidateError,
    with the reasons, where no candidate is left.
    """
    inputs = {id(record.input_measured): record.input_measured for record in records}  # each shared by many
    places = objective_places([*(record.measured for record in records), *inputs.values()])
    input_metrics = {key: metrics(measured, places) or None for key, measured in inputs.items()}
    candidates: list[Candidate] = []
    rejected: list[Rejected] = []
    for order, (own_id, record) in enumerate(zip(_unique_ids(records), records, strict=True)):
        if record.model is None:
            rejected.append(Rejected(own_id, record.problem, unusable=record.unusable))
            continue
        candidates.append(
            Candidate(
                id=own_id,
                accelerator=record.accelerator,
                model=record.model,
                metrics=metrics(record.measured, places),
                order=order,
                inference_settings=record.model.inference_settings,
                history=record.history,
                input_metrics=input_metrics[id(record.input_measured)],
                on_pareto_front=record.on_front,
                goals_met=record.goals_met,
                selected=record.selected,
                dims=record.dims,
            )
        )
    complete = replace(found, candidates=tuple(candidates), rejected=tuple(rejected))
    _refuse(complete, strict=strict)
    return complete


def _unique_ids(records: Sequence[Record]) -> Iterator[str]:
    """The model id; where several accelerators have the same model, all of them `<accelerator>/<model id>`.

    What is still the same is numbered, `#2` being the second.
    """
    counts = Counter(record.model_id for record in records)
    taken: set[str] = set()
    for record in records:
        model_id = record.model_id or "model"
        name = model_id if counts[record.model_id] == 1 else f"{record.accelerator}/{model_id}"
        numbered = (f"{name}#{number}" for number in count(2))
        unique = name if name not in taken else next(other for other in numbered if other not in taken)
        taken.add(unique)
        yield unique


def _refuse(found: CandidateSet, *, strict: bool) -> None:
    unusable = next((one for one in found.rejected if one.unusable), None)
    if strict and unusable is not None:
        raise ModelpressError(
            f"{found.source}: candidate {unusable.id} cannot be used: {unusable.reason}",
            hint="Without --strict it is left out and the others are read.",
            file=str(found.source),
        )
    if not found.candidates:
        ids: dict[str, list[str]] = {}
        for one in found.rejected:
            ids.setdefault(one.reason, []).append(one.id)
        reasons = "; ".join(f"{enumerated(names)} ({reason})" for reason, names in list(ids.items())[:SHOWN])
        more = f"; and {len(ids) - SHOWN} more reasons" if len(ids) > SHOWN else ""
        raise NoCandidateError(
            f"{found.source} holds no candidate model{': ' if reasons else ''}{reasons}{more}",
            hint="A run has no candidate where every pass failed or none was configured; a list, where it is empty.",
            file=str(found.source),
        )

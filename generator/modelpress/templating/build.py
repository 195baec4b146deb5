"""Builds the render context from what the earlier stages found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from modelpress.candidates import Ranked, Ranking
from modelpress.candidates.candidate import Candidate, Metric
from modelpress.model import Runtime, TensorSpec, describe_type, image_for, releases_for, spec_document
from modelpress.model.golden.types import unsupported
from modelpress.model.runtime import EXTENSIONS_DOMAINS
from modelpress.templating.context import (
    CandidateContext,
    Metrics,
    ModelContext,
    ProjectContext,
    RankedContext,
    RenderContext,
    RuntimeContext,
    StepItem,
    TensorItem,
)
from modelpress.templating.model_config import PlacedModel, bundled_config, without_machine_paths
from modelpress.templating.providers import execution_providers, olive_settings

PYTHON_VERSION = "3.11"
EXACT = 2**53  # up to here a float holds whole numbers exactly


@dataclass(frozen=True)
class Layout:
    """The ranking, and where in the bundle the models of its candidates lie, by candidate id.

    One layout serves the contexts of all candidates.
    """

    ranking: Ranking
    models: Mapping[str, PlacedModel]

    @cached_property
    def rows(self) -> list[RankedContext]:
        """Every ranked candidate, best first."""
        return [self._row(ranked) for ranked in self.ranking.entries]

    def _row(self, ranked: Ranked) -> RankedContext:
        candidate = ranked.candidate
        return RankedContext(
            id=candidate.id,
            rank=ranked.rank,
            accelerator=candidate.accelerator,
            reason=ranked.reason,
            metrics=_metrics(candidate.metrics),
            model_config=bundled_config(candidate.model, self.models.get(candidate.id)),
        )


def build_context(
    project: ProjectContext,
    layout: Layout,
    ranked: Ranked,
    runtime: Runtime,
    settings: Mapping[str, Mapping[str, Any]],
) -> RenderContext:
    """All that templates see of the candidate `ranked`, whose model must be in the layout.

    `settings` are the variables of every set in the bundle (`sets.resolve_settings`).
    """
    placed = layout.models[ranked.candidate.id]
    return RenderContext(
        project=project,
        candidate=_candidate(ranked, placed),
        candidates=layout.rows,
        model=_model(placed),
        runtime=runtime_context(ranked.candidate, runtime),
        settings={name: dict(values) for name, values in settings.items()},
    )


def _candidate(ranked: Ranked, placed: PlacedModel) -> CandidateContext:
    candidate = ranked.candidate
    history: list[StepItem] = [
        {
            "model_id": step.model_id,
            "pass_name": step.pass_name,
            "config": None if step.config is None else without_machine_paths(step.config),
        }
        for step in candidate.history
    ]
    return CandidateContext(
        id=candidate.id,
        rank=ranked.rank,
        rank_in_accelerator=ranked.rank_in_accelerator,
        accelerator=candidate.accelerator,
        reason=ranked.reason,
        metrics=_metrics(candidate.metrics),
        input_metrics=_metrics(candidate.input_metrics or {}),
        history=history,
        configurations={step["model_id"]: step["config"] for step in history},
        inference_settings=olive_settings(candidate.inference_settings),
        model_config=bundled_config(candidate.model, placed),
    )


def _metrics(metrics: Mapping[str, Metric]) -> Metrics | None:
    return {
        name: {"value": _figure(metric.value), "priority": metric.priority, "higher_is_better": metric.higher_is_better}
        for name, metric in metrics.items()
    } or None


def _figure(value: float | None) -> float | None:
    """A whole number is written as one: sizes and counts are measured as such."""
    if value is None or not float(value).is_integer() or abs(value) > EXACT:
        return value
    return int(value)


def _model(placed: PlacedModel) -> ModelContext:
    files, signature = placed.files, placed.files.signature
    signatures = [signature, *(component.signature for component in files.components)]
    domains = dict.fromkeys(domain for one in signatures if one for domain in one.custom_domains)
    return ModelContext(
        name=files.name,
        format=files.format,
        folder=placed.folder,
        path=placed.place(files.path),
        files=[{"path": placed.place(path), "size": entry.size} for path, entry in sorted(files.files.items())],
        size=sum(entry.size for entry in files.files.values()),
        inputs=_tensors(signature.inputs if signature else ()),
        outputs=_tensors(signature.outputs if signature else ()),
        opset=dict(signature.opset) if signature else {},
        ir_version=signature.ir_version if signature else None,
        domains=list(domains),
        unsupported=[text for one in signatures if one for text in unsupported((*one.inputs, *one.outputs))],
        unknown_domains=[domain for domain in domains if domain not in EXTENSIONS_DOMAINS],
        external_data=list(signature.external_data) if signature else [],
        metadata=dict(signature.metadata) if signature else {},
        components=[
            {
                "name": component.name,
                "path": placed.place(component.path),
                "inputs": _tensors(component.signature.inputs if component.signature else ()),
                "outputs": _tensors(component.signature.outputs if component.signature else ()),
            }
            for component in files.components
        ],
        sha256=placed.sha256,
    )


def _tensors(specs: tuple[TensorSpec, ...]) -> list[TensorItem]:
    return [cast(TensorItem, {**spec_document(spec), "type": describe_type(spec.type)}) for spec in specs]


def runtime_context(candidate: Candidate, runtime: Runtime) -> RuntimeContext:
    """How the candidate is to be run."""
    settings = candidate.inference_settings or {}
    recorded = settings.get("session_options")
    session_options = recorded if isinstance(recorded, Mapping) else {}
    providers = execution_providers(candidate)
    image = image_for([provider["name"] for provider in providers], runtime.version)
    return RuntimeContext(
        package=runtime.package,
        version=runtime.version,
        python_version=PYTHON_VERSION,
        execution_providers=providers,
        image={"name": image.reference, "python_version": image.python_version, "has_python": image.has_python},
        session_options={name: value for name, value in session_options.items() if value is not None},
        io_bind=bool(settings.get("io_bind")),
        extensions=runtime.extensions,
        requirements=list(runtime.requirements),
        releases={
            language: {
                "package": release.package,
                "version": release.version,
                "has_providers": release.has_providers,
                "ir_version": release.limits.ir_version,
                "opset": release.limits.opset,
            }
            for language, release in releases_for(runtime).items()
        },
    )

"""The packaging types of Azure ML: published from the bundle that was rendered, which is never written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.cli.packaging.job import Made, Shared
from modelpress.cli.publish import assets, endpoints
from modelpress.cli.publish.interruption import resumable
from modelpress.cli.publish.steps import steps_document, steps_text
from modelpress.cli.publish.workspace import Chosen as ChosenWorkspace
from modelpress.cli.report import displayed
from modelpress.executors.azure.plan import refuse_conflicts

if TYPE_CHECKING:
    from pathlib import Path

    from modelpress.cli.output import Output
    from modelpress.config.packages import AzuremlDataPackage, AzuremlDeploymentPackage, AzuremlModelsPackage
    from modelpress.executors.azure.endpoint_plan import EndpointPlan
    from modelpress.executors.azure.publish_assets import AssetsPlan
    from modelpress.executors.azure.state import State
    from modelpress.executors.progress import Report
    from modelpress.packaging.scoring_code import ScoringCode


@dataclass(frozen=True, slots=True)
class AzureJob:
    """A plan for Azure, and what carries it out."""

    plan: AssetsPlan | EndpointPlan
    publish: Callable[[], Made]
    warnings: tuple[str, ...]
    report: Report

    def refuse(self) -> None:
        refuse_conflicts(self.plan)

    def plan_document(self) -> dict[str, Any]:
        return steps_document(self.plan)

    def plan_text(self) -> str:
        return steps_text(self.plan)

    def carry_out(self, output: Output) -> Made:  # noqa: ARG002 - it reports where its plan did
        _make_folder(self.plan.state)
        with resumable(), displayed(self.report):
            return self.publish()


def assets_job(package: AzuremlModelsPackage | AzuremlDataPackage, name: str, shared: Shared) -> AzureJob:
    """Every candidate as a model, or as a data asset."""
    from modelpress.executors.azure import publish_assets
    from modelpress.executors.azure.assets import Wishes
    from modelpress.packaging.azure import data_bundle, models_bundle
    from modelpress.packaging.azure_options import asset_wishes

    wishes = asset_wishes(package)
    rendering = shared.rendering(wishes.sets, wishes.outranked_by(_said(shared)))
    is_model = package.type == "azureml-models"
    bundle = (models_bundle if is_model else data_bundle)(shared.chosen, rendering, shared.golden)
    target = publish_assets.AssetTarget(
        "model" if is_model else "data",
        _workspace(shared).options(),
        _state(name, shared),
        Wishes(shared.azure.on_conflict),
    )
    with resumable(), displayed(shared.report) as report:
        plan = publish_assets.plan(bundle, target, report)

    def publish() -> Made:
        done = publish_assets.execute(plan)
        return Made(assets.documents(done), assets.as_text(done))

    return AzureJob(plan, publish, (*shared.chosen.warnings, *wishes.warnings), shared.report)


def deployment_job(package: AzuremlDeploymentPackage, name: str, shared: Shared) -> AzureJob:
    """The best candidate behind an endpoint."""
    from modelpress.executors.azure import endpoint_plan, publish_endpoint
    from modelpress.executors.azure.assets import Wishes
    from modelpress.packaging.azure import deployment_bundle
    from modelpress.packaging.azure_options import deployment_wishes

    wishes = deployment_wishes(package)
    rendering = shared.rendering(wishes.sets, wishes.outranked_by(_said(shared)))
    golden = shared.golden_unless_unwanted
    code = _own_code(package, shared)
    bundle = deployment_bundle(shared.chosen, rendering, golden, code)
    target = endpoint_plan.EndpointTarget(
        package.model_package.inferencing_server.type,
        _workspace(shared).options(),
        _state(name, shared),
        Wishes(shared.azure.on_conflict),
        endpoint_plan.Rollout(untested=shared.settings.configuration.render.golden is False),
    )
    with resumable(), displayed(shared.report) as report:
        plan = endpoint_plan.plan(bundle, target, report)
    remarks = (*shared.chosen.warnings, *wishes.warnings, *(code.remarks if code else ()), *golden.warnings)

    def publish() -> Made:
        done = publish_endpoint.execute(plan)
        return Made([endpoints.document(done)], endpoints.as_text(done))

    return AzureJob(plan, publish, remarks, shared.report)


def _own_code(package: AzuremlDeploymentPackage, shared: Shared) -> ScoringCode | None:
    from modelpress.packaging.scoring_code import read_scoring_code

    server = package.model_package.inferencing_server
    if server.code_folder is None or server.scoring_script is None:
        return None
    return read_scoring_code(shared.settings.resolve("packages", server.code_folder), server.scoring_script)


def _said(shared: Shared) -> Mapping[str, Mapping[str, object]]:
    return shared.settings.configuration.render.variables


def _workspace(shared: Shared) -> ChosenWorkspace:
    return ChosenWorkspace(shared.settings, shared.azure.interactive)


def _state(name: str, shared: Shared) -> Path:
    from modelpress.executors.azure.state import state_path
    from modelpress.executors.target import check_parent

    place = state_path(shared.folder / name)
    check_parent(place)
    return place


def _make_folder(state: State) -> None:
    from modelpress.executors.target import writing_to

    with writing_to(state.path):
        state.path.parent.mkdir(parents=True, exist_ok=True)

"""What publishing an endpoint will do, decided by reading only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from modelpress.bundle import Bundle
from modelpress.config.references import Reference
from modelpress.executors.azure.assets import PlannedAsset, Wishes, note_of, plan_asset
from modelpress.executors.azure.code import code_id
from modelpress.executors.azure.contents import Content, contents_of
from modelpress.executors.azure.deploy_files import DeployFiles, deploy_files
from modelpress.executors.azure.deployment import overlays_of
from modelpress.executors.azure.endpoints import KINDS, EndpointPart, Endpoints, Live, read_live
from modelpress.executors.azure.environment import PlannedEnvironment, existing_environment, plan_environment
from modelpress.executors.azure.model_package import Packed, PlannedPackage, digest_of, plan_package
from modelpress.executors.azure.naming import Place, place_of
from modelpress.executors.azure.plan import Step
from modelpress.executors.azure.scoring_test import golden_of
from modelpress.executors.azure.secret_values import references_of
from modelpress.executors.azure.state import State
from modelpress.executors.azure.traffic import Ramp, described, key_of, ramp_of
from modelpress.executors.azure.versions import CONTENT_TAG
from modelpress.executors.azure.waiting import ENDED, SUCCEEDED, Waiting
from modelpress.executors.azure.workspace import Workspace, WorkspaceOptions, connect
from modelpress.executors.progress import SILENT, Report
from modelpress.golden_documents import GoldenDocument

PLACED = ("name", "endpoint_name", "model", "environment")
"""Fields of a deployment that say where it goes and by what names its parts go, not what it is."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """How a new deployment gets its traffic.

    `traffic` are the rising percentages that a ramp goes through, `untested` leaves the test with
    golden inputs out, `prune` deletes older deployments at the end, `time_limit` is the number of
    seconds that operations of Azure are waited for.
    """

    traffic: tuple[int, ...] = (100,)
    untested: bool = False
    prune: bool = False
    time_limit: float = 3600


@dataclass(frozen=True, slots=True)
class EndpointTarget:
    """Where an endpoint goes and how; `state` is the path of the state file."""

    part: EndpointPart
    options: WorkspaceOptions
    state: Path
    wishes: Wishes
    rollout: Rollout


@dataclass(frozen=True, slots=True)
class EndpointPlan:
    """Exactly what `execute` will do.

    `endpoint` and `deployment` are the steps for them, `sha256` the digest of all that the
    deployment is made from; `golden` is None where nothing is tested.
    """

    kind: Endpoints
    target: EndpointTarget
    state: State
    files: DeployFiles
    references: tuple[Reference, ...]
    golden: GoldenDocument | None
    code: Content
    model: PlannedAsset
    environment: PlannedEnvironment
    package: PlannedPackage | None
    endpoint: Step
    deployment: Step
    sha256: str
    ramp: Ramp
    pruned: tuple[Step, ...]

    @property
    def connection(self) -> Workspace:
        return self.kind.workspace

    @property
    def workspace(self) -> str:
        return self.connection.label

    @property
    def steps(self) -> tuple[Step, ...]:
        environment = [self.environment.step] if self.environment.step else []
        parts = (self.model.step, *environment, *([self.package.step] if self.package else []))
        return (*parts, self.endpoint, self.deployment, *self._traffic_steps(), *self.pruned)

    def _traffic_steps(self) -> tuple[Step, ...]:
        """What the ramp does, as steps of a plan."""
        endpoint, ramp = self.endpoint.name, self.ramp
        tested = "tested before and after" if self.golden else "not tested"
        restored = [(ramp.before, "an earlier run left it half way")] if ramp.restore else []
        risen = [(shares, f"{ramp.deployment} is {tested}") for shares in ramp.steps]
        if not restored and not risen:
            return (Step("traffic", endpoint, None, "keep", described(ramp.before)),)
        return tuple(
            Step("traffic", endpoint, None, "update", f"{described(shares)}; {reason}", "", {"traffic": dict(shares)})
            for shares, reason in (*restored, *risen)
        )


@dataclass(frozen=True, slots=True)
class _Project:
    """What a project says, read and checked without Azure."""

    files: DeployFiles
    golden: GoldenDocument | None
    references: tuple[Reference, ...]


def plan(bundle: Bundle, target: EndpointTarget, report: Report = SILENT) -> EndpointPlan:
    """Decide, reading only: first what the project says, then its files, then the workspace.

    Raises UsageError where the project is wrong, before anything is asked of Azure; ServiceError
    where Azure cannot be asked.
    """
    files = deploy_files(bundle, target.part)
    tested = target.part == "online" and not target.rollout.untested
    golden = golden_of(bundle) if tested else None
    variables = {**files.variables, **{f"package.{name}": text for name, text in files.package_variables.items()}}
    project = _Project(files, golden, references_of(variables, target.options.keyvault_name))
    state = State(target.state, target.options.id)
    state.get("steps", "")
    contents = contents_of(bundle, files.contents, report)
    kind = KINDS[target.part](connect(target.options, report))
    kind.load_endpoint(files.endpoint)
    kind.load_deployment(files.deployment)
    return _Planning(kind, target, state, project, contents).plan()


@dataclass(frozen=True, slots=True)
class _Planning:
    kind: Endpoints
    target: EndpointTarget
    state: State
    project: _Project
    contents: dict[str, Content]

    def plan(self) -> EndpointPlan:
        files = self.project.files
        model, environment, code = self._model(), self._environment(), self.contents[files.code]
        packed = self._packed(model, environment, code)
        sha256 = digest_of(files.deployment.data, PLACED, packed.sha256)
        live = read_live(self.kind, files.endpoint_name, self._waiting())
        place = place_of(str(files.deployment.get("name")), sha256, live)
        if place.action == "keep":
            model = replace(model, step=_had(model.step))
            environment = replace(environment, step=environment.step and _had(environment.step))
        record = self.state.get("operations", key_of(files.endpoint_name)) or {}
        ramp = ramp_of(place.name, live.shares if live else {}, self.target.rollout.traffic, record)
        return EndpointPlan(
            self.kind,
            self.target,
            self.state,
            files,
            self.project.references,
            self.project.golden,
            code,
            model,
            environment,
            self._package(packed, place),
            self._endpoint_step(live),
            self._deployment_step(place, packed, sha256),
            sha256,
            ramp,
            self._pruned(live, place, ramp),
        )

    def _waiting(self) -> Waiting:
        return Waiting(self.kind.workspace, self.target.rollout.time_limit)

    def _model(self) -> PlannedAsset:
        file = self.project.files.model
        content, note = self.contents[file.path], note_of(self.state, file)
        return plan_asset(self.kind.workspace, file, content, self.target.wishes, note)

    def _environment(self) -> PlannedEnvironment:
        files, workspace = self.project.files, self.kind.workspace
        if files.environment is None:
            return existing_environment(workspace, files.deployment, "environment")
        context = self.contents[files.environment.context] if files.environment.context else None
        note = self.state.get("steps", f"environment:{files.environment.name}") or {}
        return plan_environment(workspace, files.environment, context, self.target.wishes.on_conflict, note)

    def _packed(self, model: PlannedAsset, environment: PlannedEnvironment, code: Content) -> Packed:
        name, version = model.step.name, str(model.step.version)
        package = self.project.files.package
        parts = (name, model.content.sha256, environment.sha256, code.sha256)
        sha256 = digest_of(package.data if package else {}, (), *parts)
        return Packed(name, version, code_id(self.kind.workspace, code), environment.id, sha256)

    def _package(self, packed: Packed, place: Place) -> PlannedPackage | None:
        document = self.project.files.package
        if document is None:
            return None
        name = str(document.get("target_environment")).removeprefix("azureml:").partition(":")[0]
        if place.action == "keep":
            step = Step("package", name, None, "keep", "the deployment has it", document.file)
            return PlannedPackage(step, document, packed)
        note = self.state.get("steps", f"package:{name}") or {}
        return plan_package(self.kind.workspace, document, packed, self.target.wishes.on_conflict, note)

    def _endpoint_step(self, live: Live | None) -> Step:
        document, name = self.project.files.endpoint, self.project.files.endpoint_name
        if live is None:
            return Step("endpoint", name, None, "create", "there is none of that name yet", document.file)
        if live.state in ENDED - {SUCCEEDED} and not live.deployments:
            return Step("endpoint", name, None, "create", f"its creation {live.state}", document.file)
        return Step("endpoint", name, None, "keep", "it exists, and its settings stay as they are", document.file)

    def _deployment_step(self, place: Place, packed: Packed, sha256: str) -> Step:
        files = self.project.files
        overlays: dict[str, object] = {}
        if place.action in {"create", "update"}:
            parts = {"environment": packed.environment, "model": f"azureml:{packed.model}:{packed.model_version}"}
            if files.package is not None:
                parts = {"environment": "the package", "model": "in the package"}
            parts |= {"code_configuration.code": "in the package" if files.package else packed.code}
            configured = str(files.deployment.get("name"))
            parts[f"tags.{CONTENT_TAG}"] = sha256
            overlays = overlays_of(place.name, configured, parts, files.variables)
        return Step("deployment", place.name, None, place.action, place.reason, files.deployment.file, overlays)

    def _pruned(self, live: Live | None, place: Place, ramp: Ramp) -> tuple[Step, ...]:
        """Deployments that we have made and that will carry no traffic."""
        if live is None or not self.target.rollout.prune:
            return ()
        last = ramp.steps[-1] if ramp.steps else ramp.before if ramp.restore else live.shares
        return tuple(
            Step("deployment", one.name, None, "delete", "it carries no traffic any more")
            for one in live.deployments.values()
            if one.sha256 and one.name != place.name and one.name not in last and one.name not in live.mirrored
        )


def _had(step: Step) -> Step:
    """The step for what a deployment has got already: nothing new is registered for it."""
    if step.action not in {"create", "conflict"}:
        return step
    return replace(step, version=None, action="keep", reason="the deployment has it", overlays={})

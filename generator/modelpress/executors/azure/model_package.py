"""Packaging: the service builds one environment of model, code and base environment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.errors import RemoteError
from modelpress.executors.azure.assets import Note
from modelpress.executors.azure.checking.documents import Document
from modelpress.executors.azure.diagnosis import hint_of
from modelpress.executors.azure.faults import REFUSED_UNREAD, TRANSIENT, ServiceError, failure
from modelpress.executors.azure.loading import loaded
from modelpress.executors.azure.long_running import Begun
from modelpress.executors.azure.plan import OnConflict, Step
from modelpress.executors.azure.sending import ask, manager_request
from modelpress.executors.azure.state import State
from modelpress.executors.azure.waiting import Condition, StillRunningError, Waiting
from modelpress.executors.azure.workspace import Workspace

if TYPE_CHECKING:
    from azure.ai.ml.entities import ModelPackage


@dataclass(frozen=True, slots=True)
class Packed:
    """What goes into a package: the ids of model, code and base environment, and the digest of them all."""

    model: str
    model_version: str
    code: str
    environment: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """The environment that packaging makes; its version is None where the service will choose it."""

    step: Step
    document: Document
    packed: Packed

    def id(self, workspace: Workspace, version: str) -> str:
        return workspace.id_of("environments", self.step.name, version)


def digest_of(data: Mapping[str, Any], without: Collection[str], *parts: str) -> str:
    """The digest of a request: what its file says, some fields aside, and what it is made from."""
    said = {"file": {name: value for name, value in data.items() if name not in without}, "parts": parts}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def plan_package(
    workspace: Workspace, document: Document, packed: Packed, on_conflict: OnConflict, note: Note
) -> PlannedPackage:
    """Compare with the versions that the target environment has. Raises ServiceError."""
    name, version = _target(document)
    _load(document)
    existing = _versions(workspace, name)
    known = str(note.get("version")) if note.get("content_sha256") == packed.sha256 else None
    overlays: dict[str, object] = {
        "base_environment_source.resource_id": packed.environment,
        "inferencing_server.code_configuration.code": packed.code,
    }
    if known in existing:
        step = Step("package", name, known, "keep", "it was made from this", document.file)
    elif version is None:
        step = Step("package", name, None, "create", "the service chooses the version", document.file, overlays)
    elif version not in existing:
        step = Step("package", name, version, "create", "there is no such version yet", document.file, overlays)
    elif on_conflict == "next":
        reason = f"version {version} exists with other content; the service chooses the version"
        step = Step("package", name, None, "create", reason, document.file, {**overlays, "target_environment": name})
    else:
        step = Step("package", name, version, "conflict", f"version {version} exists with other content", document.file)
    return PlannedPackage(step, document, packed)


def make_package(waiting: Waiting, planned: PlannedPackage, state: State, variables: Mapping[str, str]) -> str:
    """Have the package made; the id of the environment that it is.

    A request whose answer was lost is never sent again before the time limit is over: the build
    that it may have begun is waited for. Raises ServiceError, StillRunningError.
    """
    step, workspace = planned.step, waiting.workspace
    if step.action == "keep" and step.version:
        return planned.id(workspace, step.version)
    record = state.get("operations", step.key) or {}
    before, begun = record.get("before", ()), None
    if record.get("content_sha256") != planned.packed.sha256:
        before = sorted(_versions(workspace, step.name))
        state.put("operations", step.key, {"content_sha256": planned.packed.sha256, "before": before})
        begun = _begin(workspace, planned, state, variables)
    version = _result(waiting, planned, state, begun) if begun else _awaited(waiting, planned, state, set(before))
    state.put("steps", step.key, {"version": version, "content_sha256": planned.packed.sha256})
    state.put("operations", step.key, None)
    return planned.id(workspace, version)


def _begin(workspace: Workspace, planned: PlannedPackage, state: State, variables: Mapping[str, str]) -> Begun | None:
    """Ask for the package; None where it is not known whether the service has begun."""
    name, version = planned.packed.model, planned.packed.model_version
    doing = f"packaging model {name}, version {version}"
    try:
        # The SDK changes the request in the course of a call: each one gets its own.
        return workspace.begin(
            doing, lambda: workspace.client.models.package(name, version, _request(planned, variables))
        )
    except ServiceError as error:
        if error.status is None or error.status in TRANSIENT - REFUSED_UNREAD:
            return None
        state.put("operations", planned.step.key, None)
        raise


def _result(waiting: Waiting, planned: PlannedPackage, state: State, begun: Begun) -> str:
    workspace, label = waiting.workspace, planned.step.label
    fault = waiting.ended(label, begun)
    if fault is not None:
        state.put("operations", planned.step.key, None)
        error = failure(fault, f"making {label}")
        raise ServiceError(error.message, hint=hint_of(error.message) or error.hint)
    asked = manager_request(workspace, "GET", begun.result_url)
    answer = workspace.call(f"asking for {label}", lambda: ask(workspace, asked).json())
    return str(answer["targetEnvironmentId"]).rstrip("/").rpartition("/")[2]


def _awaited(waiting: Waiting, planned: PlannedPackage, state: State, before: set[str]) -> str:
    """The version that appears in the target environment, after an answer that was lost."""
    step = planned.step

    def look() -> Condition | None:
        new = _versions(waiting.workspace, step.name) - before
        return Condition("succeeded" if new else "being made, or not", max(new, key=_number, default=""))

    try:
        condition = waiting.settled(step.label, look).condition
    except StillRunningError:
        state.put("operations", step.key, None)
        raise RemoteError(
            f"the answer to the request for {step.label} was lost, and within the time limit no version has appeared",
            hint="Look at the environment's builds in the studio; the next run asks for the package anew.",
        ) from None
    return str(condition.thing) if condition else ""


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


def _request(planned: PlannedPackage, variables: Mapping[str, str]) -> ModelPackage:
    """The SDK's object with what the plan lists as overlays."""
    request, step = _load(planned.document), planned.step
    server: Any = request.inferencing_server
    server.code_configuration.code = planned.packed.code
    source: Any = request.base_environment_source
    source.resource_id = planned.packed.environment
    if variables:
        request.environment_variables = dict(variables)
    request.target_environment_id, request.environment_version = step.name, step.version
    return request


def _load(document: Document) -> ModelPackage:
    from azure.ai.ml import load_model_package

    package: ModelPackage = loaded(load_model_package, document)
    return package


def _target(document: Document) -> tuple[str, str | None]:
    """Name and version of the target environment: NAME, or azureml:NAME:VERSION."""
    parts = str(document.get("target_environment")).removeprefix("azureml:").split(":")
    return parts[0], parts[1] if len(parts) > 1 else None


def _versions(workspace: Workspace, name: str) -> set[str]:
    from azure.ai.ml.constants import ListViewType

    operations = workspace.client.environments
    found = workspace.find(
        f"looking for the environment {name}", lambda: list(operations.list(name, list_view_type=ListViewType.ALL))
    )
    return {str(one.version) for one in found or ()}

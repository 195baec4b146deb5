"""The environment of a deployment: one that exists, or a version of the rendered one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.assets import Note
from modelpress.executors.azure.blobs import BlobStore
from modelpress.executors.azure.checking.documents import Document
from modelpress.executors.azure.checking.names import reference_of
from modelpress.executors.azure.contents import Content
from modelpress.executors.azure.loading import loaded
from modelpress.executors.azure.plan import OnConflict, Step
from modelpress.executors.azure.versions import CONTENT_TAG, Asked, Decision, Description, decide
from modelpress.executors.azure.workspace import Workspace

if TYPE_CHECKING:
    from azure.ai.ml.entities import Environment

TYPE = "environment"
SUBSCRIPTIONS = "azureml:/subscriptions/"


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """The rendered environment: its YAML, the data of its conda file, and the bundle path of its build context."""

    document: Document
    conda: Mapping[str, Any] | None
    context: str | None

    @classmethod
    def read(cls, bundle: Bundle, document: Document) -> EnvironmentFile:
        """Read what the YAML names. Raises UsageError."""
        conda, context = document.get("conda_file"), document.get("build", "path")
        place = document.place(conda) if isinstance(conda, str) else None
        data = Document.read(bundle, place).data if place else None
        return cls(document, data, document.place(context) if isinstance(context, str) else None)

    @property
    def name(self) -> str:
        return str(self.document.get("name"))

    @property
    def version(self) -> str | None:
        version = self.document.get("version")
        return None if version is None else str(version)

    def sha256(self, context: Content | None) -> str:
        """The digest of all that the image is built from."""
        said = {
            "image": self.document.get("image"),
            "conda": self.conda,
            "dockerfile": self.document.get("build", "dockerfile_path"),
            "context": context.sha256 if context else None,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlannedEnvironment:
    """The environment that a deployment gets: its id, its digest, and how it comes to be (None: it exists)."""

    id: str
    sha256: str
    step: Step | None = None
    file: EnvironmentFile | None = None
    context: Content | None = None


def plan_environment(
    workspace: Workspace, file: EnvironmentFile, context: Content | None, on_conflict: OnConflict, note: Note
) -> PlannedEnvironment:
    """Compare the rendered environment with what the workspace has. Raises ServiceError, and UsageError."""
    from azure.ai.ml.constants import ListViewType

    wanted = _described(file, file.sha256(context))
    operations = workspace.client.environments
    found = workspace.find(
        f"looking for the environment {file.name}",
        lambda: list(operations.list(file.name, list_view_type=ListViewType.ALL)),
    )
    existing = {str(one.version): Description(TYPE, one.description or "", dict(one.tags or {})) for one in found or ()}
    sha256 = wanted.tags[CONTENT_TAG]
    noted = str(note["version"]) if note.get("content_sha256") == sha256 else None
    decision = decide(wanted, Asked(file.version, on_conflict, noted), existing)
    step = _step(file, decision, context, sha256)
    return PlannedEnvironment(workspace.id_of("environments", file.name, decision.version), sha256, step, file, context)


def existing_environment(workspace: Workspace, document: Document, *keys: str) -> PlannedEnvironment:
    """The environment that is referred to at the keys. Raises UsageError where there is none of that name."""
    text = str(document.get(*keys))
    reference = reference_of(text)
    if reference is None:  # of a registry, or by its id
        identifier = text.removeprefix("azureml:") if text.startswith(SUBSCRIPTIONS) else text
        return PlannedEnvironment(identifier, identifier)
    operations = workspace.client.environments
    given = {"version": reference.version} if reference.version else {"label": "latest"}
    found = workspace.find(
        f"looking for the environment {reference.name}", lambda: operations.get(reference.name, **given)
    )
    if found is None:
        flaw = document.flaw(keys, f"the workspace has no such environment: {text}", "")
        raise UsageError(str(flaw), hint="Name one that exists, or leave base_environment_id out.", file=flaw.where)
    identifier = workspace.id_of("environments", reference.name, str(found.version))
    return PlannedEnvironment(identifier, identifier)


def register_environment(workspace: Workspace, planned: PlannedEnvironment, store: BlobStore | None) -> None:
    """Register a version as planned; its build context is uploaded already. Raises ServiceError."""
    step, file = planned.step, planned.file
    if step is None or file is None or step.action == "keep":
        return
    workspace.retries.report.waiting(f"registering {step.label}")
    entity = _load(file)
    entity.version = step.version
    entity.tags = {**(entity.tags or {}), CONTENT_TAG: planned.sha256}
    if planned.context is not None and store is not None:
        build: Any = entity.build
        build.path = f"{store.url(planned.context.remote_path)}/"  # the service takes it with a slash alone
    operations = workspace.client.environments
    workspace.call(f"registering {step.label}", lambda: operations.create_or_update(entity))


def _step(file: EnvironmentFile, decision: Decision, context: Content | None, sha256: str) -> Step:
    overlays: dict[str, object] = {}
    if decision.action in {"create", "update"}:
        overlays[f"tags.{CONTENT_TAG}"] = sha256
        if decision.version != file.version:
            overlays["version"] = decision.version
        if context is not None:
            overlays["build.path"] = context.remote_path
    return Step(
        "environment", file.name, decision.version, decision.action, decision.reason, file.document.file, overlays
    )


def _described(file: EnvironmentFile, sha256: str) -> Description:
    entity = _load(file)
    return Description(TYPE, entity.description or "", {**(entity.tags or {}), CONTENT_TAG: sha256})


def _load(file: EnvironmentFile) -> Environment:
    """The SDK's object; the conda file is given as data, and a build context as an address, which it does not open."""
    from azure.ai.ml import load_environment

    instead: list[dict[str, Any]] = []
    if file.conda is not None:
        instead.append({"conda_file": dict(file.conda)})
    if file.context is not None:
        instead.append({"build.path": "https://localhost/"})
    entity: Environment = loaded(load_environment, file.document, instead)
    return entity

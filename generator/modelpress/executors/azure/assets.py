"""Models and data assets: what to register, and registering it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors import folder as folder_executor
from modelpress.executors.azure.asset_files import AssetFile
from modelpress.executors.azure.blobs import DATASTORE, BlobStore
from modelpress.executors.azure.contents import Content
from modelpress.executors.azure.plan import OnConflict, Step, Uploader
from modelpress.executors.azure.quiet import quiet
from modelpress.executors.azure.state import State
from modelpress.executors.azure.upload import upload
from modelpress.executors.azure.versions import CONTENT_TAG, Asked, Decision, Description, decide
from modelpress.executors.azure.wording import cleaned
from modelpress.executors.azure.workspace import Workspace

if TYPE_CHECKING:
    from azure.ai.ml.entities import Data, Model


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """One asset to register: what for, from which file, with which content and all its tags.

    `uri` is where the content lies, or will once it is uploaded; None leaves that to the SDK.
    """

    step: Step
    file: AssetFile
    content: Content
    tags: Mapping[str, str]
    uri: str | None


@dataclass(frozen=True, slots=True)
class Registered:
    """An asset as the workspace has it now."""

    step: Step
    content_sha256: str

    @property
    def asset(self) -> str:
        """What other YAML calls it: `azureml:name:version`."""
        return f"azureml:{self.step.name}:{self.step.version}"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How conflicts are met and who uploads."""

    on_conflict: OnConflict = "fail"
    uploader: Uploader = "own"


Note = Mapping[str, Any]
"""What the state file says of an asset: the version and the content that an earlier run registered."""


def note_of(state: State, file: AssetFile) -> Note:
    """What an earlier run noted. Raises ModelpressError where the state file is damaged."""
    return state.get("steps", f"{file.kind}:{file.name}") or {}


def plan_asset(workspace: Workspace, file: AssetFile, content: Content, wishes: Wishes, note: Note) -> PlannedAsset:
    """Compare with what the workspace has. Raises UsageError for YAML that the SDK refuses, ServiceError."""
    entity = load(file)
    wanted = _described(entity, content.sha256)
    existing = _existing(workspace, file)
    noted = str(note["version"]) if note.get("content_sha256") == content.sha256 else None
    decision = decide(wanted, Asked(file.version, wishes.on_conflict, noted), existing)
    before = existing.get(decision.version)
    tags = {**before.tags, **wanted.tags} if before else wanted.tags  # tags of others stay
    uri = before.path if before else _place_for(content, wishes.uploader)
    return PlannedAsset(_step(file, decision, content, uri), file, content, tags, uri)


def register(
    workspace: Workspace, planned: Sequence[PlannedAsset], wishes: Wishes, state: State
) -> tuple[Registered, ...]:
    """Upload what is not there, then register in the order of the plan. Raises ServiceError, ModelpressError."""
    new = [one.content for one in planned if one.step.action == "create"]
    if new and wishes.uploader == "own":
        upload(new, BlobStore(workspace), workspace.retries)
        for content in new:
            state.put("uploads", content.sha256, {"path": content.remote_path, "datastore": DATASTORE})
    return tuple(_register(workspace, one, state) for one in planned)


def load(file: AssetFile) -> Model | Data:
    """The SDK's object for the rendered YAML, unchanged. Raises UsageError with what the SDK says against it."""
    from azure.ai.ml import load_data, load_model
    from azure.core.exceptions import AzureError
    from marshmallow import ValidationError

    loader = load_model if file.kind == "model" else load_data
    try:
        with quiet():
            entity: Model | Data = loader(io.StringIO(file.text))
    except (AzureError, ValidationError) as error:
        raise UsageError(
            f"{file.file}: {cleaned(str(error))}", hint="Correct the file, or render it again.", file=file.file
        ) from error
    return entity


def _described(entity: Model | Data, sha256: str) -> Description:
    tags = {name: str(value) for name, value in (entity.tags or {}).items() if value is not None}
    return Description(str(entity.type), entity.description or "", {**tags, CONTENT_TAG: sha256})


def _existing(workspace: Workspace, file: AssetFile) -> dict[str, Description]:
    """All versions that the workspace has, archived ones too: their numbers are taken."""
    from azure.ai.ml.constants import ListViewType

    operations = _operations(workspace, file.kind)
    doing = f"looking for the {file.kind} {file.name}"
    found = workspace.find(doing, lambda: list(operations.list(file.name, list_view_type=ListViewType.ALL)))
    return {
        str(one.version): Description(
            str(one.type), one.description or "", dict(one.tags or {}), path=str(one.path or "")
        )
        for one in found or ()
    }


def _step(file: AssetFile, decision: Decision, content: Content, uri: str | None) -> Step:
    overlays: dict[str, object] = {}
    if decision.action in {"create", "update"}:
        overlays = {"path": uri, "version": decision.version, f"tags.{CONTENT_TAG}": content.sha256}
        if uri is None:
            del overlays["path"]
        if decision.version == file.version:
            del overlays["version"]
    return Step(file.kind, file.name, decision.version, decision.action, decision.reason, file.file, overlays)


def _place_for(content: Content, uploader: Uploader) -> str | None:
    """Where the content will lie; None where the SDK decides that."""
    return uri_of(content) if uploader == "own" else None


def uri_of(content: Content) -> str:
    """Where content lies that we have uploaded."""
    return f"azureml://datastores/{DATASTORE}/paths/{content.remote_path}"


def _register(workspace: Workspace, planned: PlannedAsset, state: State) -> Registered:
    step, content = planned.step, planned.content
    if step.action in {"create", "update"}:
        workspace.retries.report.waiting(f"registering {step.label}")
        entity = load(planned.file)
        entity.version, entity.tags = step.version, dict(planned.tags)
        if planned.uri is None:
            _send_with_files(workspace, entity, content, step)
        else:
            entity.path = planned.uri
            _send(workspace, entity, step)
    state.put("steps", step.key, {"version": step.version, "content_sha256": content.sha256})
    return Registered(step, content.sha256)


def _send(workspace: Workspace, entity: Model | Data, step: Step) -> None:
    operations = _operations(workspace, step.kind)
    workspace.call(f"registering {step.label}", lambda: operations.create_or_update(entity))


def _send_with_files(workspace: Workspace, entity: Model | Data, content: Content, step: Step) -> None:
    """Let the SDK upload: it reads from a folder, so the files are written to one for that time."""
    with tempfile.TemporaryDirectory(prefix="modelpress-") as folder:
        place = Path(folder, content.name)
        if "" in content.files:
            folder_executor.execute(folder_executor.plan(Bundle.of({content.name: content.files[""]}), place))
            place /= content.name
        else:
            folder_executor.execute(folder_executor.plan(Bundle.of(content.files), place))
        entity.path = place
        _send(workspace, entity, step)


def _operations(workspace: Workspace, kind: str) -> Any:
    return workspace.client.models if kind == "model" else workspace.client.data

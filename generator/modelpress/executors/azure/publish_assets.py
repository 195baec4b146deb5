"""Publish the models or the data assets that a project describes: plan, then do exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import Bundle
from modelpress.executors.azure.asset_files import AssetKind, asset_files
from modelpress.executors.azure.assets import PlannedAsset, Registered, Wishes, note_of, plan_asset, register
from modelpress.executors.azure.checks import Part, refuse_flaws
from modelpress.executors.azure.contents import contents_of
from modelpress.executors.azure.plan import Step, refuse_conflicts
from modelpress.executors.azure.state import State
from modelpress.executors.azure.workspace import Workspace, WorkspaceOptions, connect
from modelpress.executors.progress import SILENT, Report

PARTS: Mapping[AssetKind, Part] = {"model": "models", "data": "data"}


@dataclass(frozen=True, slots=True)
class AssetTarget:
    """Where the assets go and how; `state` is the path of the state file."""

    kind: AssetKind
    options: WorkspaceOptions
    state: Path
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class AssetsPlan:
    """Exactly what `execute` will do; `connection` is open already, since the plan has read the workspace."""

    connection: Workspace
    assets: tuple[PlannedAsset, ...]
    wishes: Wishes
    state: State

    @property
    def workspace(self) -> str:
        return self.connection.label

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(asset.step for asset in self.assets)


def plan(bundle: Bundle, target: AssetTarget, report: Report = SILENT) -> AssetsPlan:
    """Decide for each asset, reading only: first what the project says, then the files, then the workspace.

    Raises UsageError where the project is wrong, before anything is asked of Azure; ServiceError
    where Azure cannot be asked.
    """
    refuse_flaws(bundle, [PARTS[target.kind]])
    files = asset_files(bundle, target.kind)
    state = State(target.state, target.options.id)
    notes = {file.name: note_of(state, file) for file in files}
    report.waiting("reading the files")
    contents = contents_of(bundle, (file.path for file in files), report)
    workspace = connect(target.options, report)
    assets = tuple(plan_asset(workspace, file, contents[file.path], target.wishes, notes[file.name]) for file in files)
    return AssetsPlan(workspace, assets, target.wishes, state)


def execute(plan: AssetsPlan) -> tuple[Registered, ...]:
    """Upload and register. Raises ModelpressError for a conflict, before anything is changed.

    Ended at any moment, the next run goes on: content lies under its digest, blocks that arrived
    stay, and what is registered is found again.
    """
    refuse_conflicts(plan)
    plan.state.check_writable()
    return register(plan.connection, plan.assets, plan.wishes, plan.state)

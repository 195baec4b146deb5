"""The whole flow: from a source of candidates to a plan of what to write.

    read -> rank -> inspect -> golden vectors -> build the context -> render -> bundle -> plan -> execute

`packaging.chosen.choose` is the first three stages, `packaging.golden.golden_of` the fourth, a
bundle function of `packaging` the next three, `plan` and `execute` the two halves of an
executor. Nothing is written before `execute`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from modelpress.bundle import Bundle
from modelpress.config.package_types import Compression
from modelpress.executors import archive, folder
from modelpress.executors.progress import SILENT, Progress
from modelpress.executors.streaming import Written
from modelpress.packaging.answers import Answers
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.docker import dockerfile_bundle
from modelpress.packaging.golden import NO_GOLDEN, Golden
from modelpress.packaging.image_checks import image_remarks
from modelpress.packaging.olive_zip import is_olives_own, zip_bundle
from modelpress.packaging.project import project_bundle
from modelpress.packaging.rendering import Rendering, mlflow_warnings, runtime_warnings
from modelpress.packaging.runtime_packages import NO_RUNTIME_PACKAGES, RuntimePackages
from modelpress.packaging.scoring_checks import scoring_remarks

Plan = archive.ArchivePlan | folder.FolderPlan


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, what it was made from, and what its user should know."""

    plan: Plan
    chosen: Chosen
    golden: Golden = NO_GOLDEN
    remarks: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.chosen.warnings, *self.remarks, *self.golden.warnings)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a bundle goes: a zip where the name ends in .zip, otherwise a folder.

    `force` replaces a folder or a zip that is not ours, or was edited. `home` is where a folder
    will lie that is written as a part of something unfinished.
    """

    path: Path
    compression: Compression = "default"
    force: bool = False
    home: Path | None = None


def plan_project(
    chosen: Chosen, rendering: Rendering, target: Target, golden: Golden = NO_GOLDEN, answers: Answers | None = None
) -> Prepared:
    """Plan a deployable project for the one candidate that was chosen; with `answers` it can be updated."""
    remarks = remarks_on(chosen, rendering)
    plan = _plan(project_bundle(chosen, rendering, golden, answers), target)
    return Prepared(plan, chosen, golden, remarks)


def plan_zip(
    chosen: Chosen,
    rendering: Rendering,
    target: Target,
    golden: Golden = NO_GOLDEN,
    packages: RuntimePackages = NO_RUNTIME_PACKAGES,
) -> Prepared:
    """Plan a zip of all chosen candidates in Olive's layout; it takes the place of one that Olive wrote."""
    target = replace(target, force=target.force or is_olives_own(target.path))
    remarks = (*remarks_on(chosen, rendering), *packages.remarks)
    plan = _plan(zip_bundle(chosen, rendering, golden, packages), target)
    return Prepared(plan, chosen, golden, remarks)


def plan_dockerfile(chosen: Chosen, rendering: Rendering, target: Target) -> Prepared:
    """Plan a Docker build context of the best candidate in Olive's layout."""
    remarks = remarks_on(chosen, rendering)
    plan = _plan(dockerfile_bundle(chosen, rendering), target)
    return Prepared(plan, chosen, remarks=remarks)


def execute(prepared: Prepared, progress: Progress = SILENT) -> Written:
    """Do exactly what was planned."""
    if isinstance(prepared.plan, archive.ArchivePlan):
        return archive.execute(prepared.plan, progress)
    return folder.execute(prepared.plan, progress)


def remarks_on(chosen: Chosen, rendering: Rendering) -> tuple[str, ...]:
    """What the user should know of how the chosen candidates are rendered. Raises UsageError for what cannot be."""
    findings = (runtime_warnings, mlflow_warnings, image_remarks, scoring_remarks)
    return tuple(remark for find in findings for remark in find(chosen, rendering))


def _plan(bundle: Bundle, target: Target) -> Plan:
    if target.path.suffix.lower() == ".zip":
        return archive.plan(bundle, target.path, compression=target.compression, force=target.force)
    return folder.plan(bundle, target.path, force=target.force)

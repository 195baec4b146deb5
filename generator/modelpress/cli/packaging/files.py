"""The packaging types that are written to this computer: a zip in Olive's layout, a Docker build context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.cli.packaging.job import Made, Shared
from modelpress.cli.plan import carry_out, plan_document, plan_text, written_text

if TYPE_CHECKING:
    from modelpress.cli.output import Output
    from modelpress.config.packages import DockerfilePackage, ZipfilePackage
    from modelpress.pipeline import Prepared


@dataclass(frozen=True, slots=True)
class FileJob:
    """A zip or a folder to write."""

    prepared: Prepared

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.prepared.warnings

    def refuse(self) -> None:
        """Where something is in the way, there is no plan."""

    def plan_document(self) -> dict[str, Any]:
        return plan_document(self.prepared)

    def plan_text(self) -> str:
        return plan_text(self.prepared)

    def carry_out(self, output: Output) -> Made:
        written = carry_out(self.prepared, output)
        document = {"path": str(written.path), "content_sha256": written.content_sha256}
        return Made([document], written_text(written))


def zipfile_job(package: ZipfilePackage, name: str, shared: Shared) -> FileJob:
    """Every candidate in a zip."""
    from modelpress import pipeline
    from modelpress.packaging.golden import NO_GOLDEN
    from modelpress.packaging.olive_zip import set_names

    settings = shared.settings
    sets = set_names(samples=package.samples, mlflow=package.mlflow)
    rendering = shared.rendering(sets, settings.configuration.render.variables)
    compression = package.compression or settings.configuration.compression
    target = pipeline.Target(shared.folder / name, compression, force=shared.force)
    golden = shared.golden if package.samples else NO_GOLDEN
    packages = shared.runtime.packages_for(package, shared.chosen, settings)
    return FileJob(pipeline.plan_zip(shared.chosen, rendering, target, golden, packages))


def dockerfile_job(package: DockerfilePackage, name: str, shared: Shared) -> FileJob:
    """The best candidate in a Docker build context."""
    from modelpress import pipeline
    from modelpress.packaging import docker

    settings, own = shared.settings, package.requirements_file
    wanted = package.runtime_packages if shared.runtime.wanted is None else shared.runtime.wanted
    wishes = docker.DockerWishes(
        package.base_image or "",
        None if own is None else settings.resolve("packages", own),
        runtime_packages=bool(wanted),
    )
    said = docker.docker_variables(wishes, trust=shared.chosen.request.trust)
    variables = {docker.SET: {**said, **settings.configuration.render.variables.get(docker.SET, {})}}
    rendering = shared.rendering(docker.SETS, variables)
    target = pipeline.Target(shared.folder / name, force=shared.force)
    return FileJob(pipeline.plan_dockerfile(shared.chosen.only_best, rendering, target))

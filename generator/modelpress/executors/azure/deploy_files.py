"""The files of a project that describe one endpoint and what is deployed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors.azure.asset_files import AssetFile, asset_file
from modelpress.executors.azure.checking.documents import Document
from modelpress.executors.azure.checks import refuse_flaws
from modelpress.executors.azure.endpoints import EndpointPart
from modelpress.executors.azure.environment import EnvironmentFile


@dataclass(frozen=True, slots=True)
class DeployFiles:
    """What azureml/online or azureml/batch holds; `environment` is None where one that exists is referred to."""

    model: AssetFile
    endpoint: Document
    deployment: Document
    environment: EnvironmentFile | None
    package: Document | None

    @property
    def endpoint_name(self) -> str:
        return str(self.endpoint.get("name"))

    @property
    def code(self) -> str:
        """The bundle path of the code."""
        return str(self.deployment.place(str(self.deployment.get("code_configuration", "code"))))

    @property
    def contents(self) -> tuple[str, ...]:
        """The bundle paths of all that is uploaded."""
        context = self.environment.context if self.environment else None
        return (self.model.path, self.code, *([context] if context else []))

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables of the deployment, with references in place of secrets."""
        return self.deployment.section("environment_variables") or self.deployment.section(
            "settings", "environment_variables"
        )

    @property
    def package_variables(self) -> Mapping[str, str]:
        """Those that the package gets."""
        return self.package.section("environment_variables") if self.package else {}


def deploy_files(bundle: Bundle, part: EndpointPart) -> DeployFiles:
    """Read the files and check them against each other. Raises UsageError with file and line."""
    folder = f"azureml/{part}"
    if not any(path.startswith(f"{folder}/") for path in bundle.entries):
        hint = f"Render it with the template set azure-{part}: -t azure-{part}."
        raise UsageError(f"the project has no {folder}/*.yml", hint=hint)
    refuse_flaws(bundle, [part])
    documents = {
        name: Document.read(bundle, f"{folder}/{name}.yml")
        for name in ("endpoint", "deployment", "environment", "package")
        if f"{folder}/{name}.yml" in bundle.entries
    }
    environment = documents.get("environment")
    return DeployFiles(
        asset_file(bundle, "model", f"{folder}/model.yml"),
        documents["endpoint"],
        documents["deployment"],
        EnvironmentFile.read(bundle, environment) if environment else None,
        documents.get("package"),
    )

"""What `modelpress package` can make, one model for each packaging type.

Importing this module imports pydantic.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter

from modelpress.config.package_types import Compression
from modelpress.config.values import Count, EnvironmentText, FileName, PathText, Section, Text

MOST_PACKAGES = 100


class ZipfilePackage(Section):
    """A zip in Olive's layout with every candidate."""

    type: Literal["zipfile"] = Field(description="A zip of all candidates.")
    name: FileName = Field(default="OutputModels", description="Name of the zip, without .zip.")
    samples: bool = Field(default=True, description="Put sample code into the zip.")
    runtime_packages: bool | None = Field(
        default=None, description="Put ONNX Runtime packages into the zip; left out: as if it were true."
    )
    mlflow: bool = Field(default=False, description="Write each model as an MLflow model.")
    compression: Compression | None = Field(
        default=None, description="As the top-level compression, which holds where this is left out."
    )


class _AzureAsset(Section):
    name: Text = Field(default="OutputModels", description="First part of the asset name <name>_<accelerator>_<rank>.")
    version: Text | None = Field(
        default=None, description="Version under which the asset is registered; by default the next one."
    )
    description: str | None = Field(default=None, description="Description of the asset.")
    mlflow: bool = Field(default=False, description="Register each model as an MLflow model.")


class AzuremlModelsPackage(_AzureAsset):
    """Every candidate registered as a model in Azure Machine Learning."""

    type: Literal["azureml-models"] = Field(description="Models registered in Azure Machine Learning.")


class AzuremlDataPackage(_AzureAsset):
    """Every candidate registered as a data asset in Azure Machine Learning."""

    type: Literal["azureml-data"] = Field(description="Data assets registered in Azure Machine Learning.")


class InferencingServer(Section):
    """The server that answers requests, and the scoring script that it runs."""

    type: Literal["online", "batch"] = Field(description="Kind of endpoint: online or batch.")
    code_folder: PathText | None = Field(
        default=None, description="Folder that holds a scoring script of your own; by default one is rendered."
    )
    scoring_script: PathText | None = Field(default=None, description="That script, relative to code_folder.")


class ModelConfigurations(Section):
    """How the model reaches the deployment."""

    mode: Literal["download", "copy"] = Field(
        default="download", description="Download the model, or copy it into the image."
    )
    mount_path: Text | None = Field(default=None, description="Relative path of the model in the container.")


class ModelPackage(Section):
    """The environment that is built around the model."""

    target_environment: Text = Field(
        default="olive-target-environment", description="Name of the environment that is made."
    )
    target_environment_version: Text | None = Field(
        default=None, description="Version of that environment; by default the service chooses."
    )
    inferencing_server: InferencingServer = Field(description="Server and scoring script.")
    base_environment_id: Text | None = Field(
        default=None, description="Id of the environment to start from; by default one is rendered."
    )
    model_configurations: ModelConfigurations = Field(
        default=ModelConfigurations(), description="How the model reaches the deployment."
    )
    environment_variables: dict[str, EnvironmentText] = Field(
        default={}, repr=False, description="Environment variables of the server; their values are never shown."
    )


class DeploymentConfig(Section):
    """The endpoint and the deployment behind it."""

    endpoint_name: Text = Field(default="olive-default-endpoint", description="Name of the endpoint.")
    deployment_name: Text = Field(default="olive-default-deployment", description="Name of the deployment.")
    instance_type: Text | None = Field(default=None, description="Virtual machine size (online).")
    compute: Text | None = Field(default=None, description="Compute cluster (batch).")
    instance_count: Count = Field(default=1, description="Number of instances.")
    mini_batch_size: Count = Field(default=10, description="Files a call of the scoring script gets (batch).")
    extra_config: dict[str, JsonValue] = Field(
        default={}, repr=False, description="Further fields of the deployment, by the names of the Azure ML SDK."
    )


class AzuremlDeploymentPackage(Section):
    """The best candidate deployed to an endpoint in Azure Machine Learning."""

    type: Literal["azureml-deployment"] = Field(description="A deployment in Azure Machine Learning.")
    model_name: Text = Field(default="olive-deployment-model", description="Name under which the model is registered.")
    model_version: Text | None = Field(
        default=None, description="Version under which the model is registered; by default the next one."
    )
    model_description: str | None = Field(default=None, description="Description of the registered model.")
    packaging: Literal["package", "direct"] = Field(
        default="package",
        description="package: the service builds one environment of model and code first; direct: they are deployed.",
    )
    model_package: ModelPackage = Field(description="The environment that is built around the model.")
    deployment_config: DeploymentConfig = Field(
        default=DeploymentConfig(), description="The endpoint and the deployment behind it."
    )


class DockerfilePackage(Section):
    """A Docker build context for the best candidate."""

    type: Literal["dockerfile"] = Field(description="A Docker build context.")
    name: FileName = Field(default="docker", description="Name of the folder that is written.")
    base_image: Text | None = Field(
        default=None, description="Image to start from; by default one that fits the execution provider."
    )
    requirements_file: PathText | None = Field(default=None, description="Python requirements to install in the image.")
    runtime_packages: bool | None = Field(
        default=None,
        description="Put all wheels into the context, so that building it needs no package index; by default not.",
    )


Package = Annotated[
    ZipfilePackage | AzuremlModelsPackage | AzuremlDataPackage | AzuremlDeploymentPackage | DockerfilePackage,
    Field(discriminator="type"),
]

PACKAGE_MODELS: dict[str, type[Section]] = {
    "zipfile": ZipfilePackage,
    "azureml-models": AzuremlModelsPackage,
    "azureml-data": AzuremlDataPackage,
    "azureml-deployment": AzuremlDeploymentPackage,
    "dockerfile": DockerfilePackage,
}
"""Native packaging type to its model."""


def unconfigured_package(native: str) -> Package:
    """A package of that type as the command line alone asks for it: without downloads that nobody mentioned.

    Raises pydantic's ValidationError for a type that needs a configuration.
    """
    said = {"type": native, **({"runtime_packages": False} if native == "zipfile" else {})}
    return TypeAdapter[Package](Package).validate_python(said)

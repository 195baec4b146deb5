"""The native configuration, `modelpress.yaml`: its models are the one vocabulary of options.

Importing this module imports pydantic, so only functions that need the models import it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue

from modelpress.config.package_types import Compression
from modelpress.config.packages import MOST_PACKAGES, PACKAGE_MODELS, Package
from modelpress.config.problems import Keys
from modelpress.config.values import Count, NonNegative, PathText, Section, Text, Tolerance, Version, section_of


class Project(Section):
    """What the rendered project is called."""

    name: Text | None = Field(default=None, description="Name of the project; by default that of the model.")
    version: Text = Field(default="1", description="Version of the project.")
    description: str = Field(default="", description="One line that says what the project is for.")


class RankingOptions(Section):
    """How candidates are ordered and which of them take part."""

    by: tuple[Text, ...] = Field(
        default=(),
        description="Metrics in order of priority, each METRIC, METRIC:max or METRIC:min; by default the run's own.",
    )
    tolerance: dict[str, Tolerance] = Field(
        default={}, description="Metric to what counts as equal: 5% of the best value, or a plain number."
    )
    where: tuple[Text, ...] = Field(default=(), description="Constraints such as latency-avg<10; all must hold.")
    all: bool = Field(default=False, description="Rank every evaluated candidate, not the Pareto front alone.")

    @property
    def tolerances(self) -> tuple[str, ...]:
        """`METRIC=AMOUNT` for each tolerance, as on the command line."""
        return tuple(f"{metric}={amount}" for metric, amount in self.tolerance.items())


class RenderOptions(Section):
    """What is rendered from the winner."""

    sets: tuple[Text, ...] = Field(
        default=(), description="Template sets, by name; `templates` says where they are looked for."
    )
    variables: dict[str, dict[str, JsonValue]] = Field(
        default={}, description="Values of the sets' own variables: template set to variable to value."
    )
    dims: dict[str, Count] = Field(
        default={}, description="Sizes of symbolic or unknown dimensions: NAME, or INPUT:AXIS, to a size."
    )
    golden: bool | None = Field(
        default=None,
        description="Whether golden vectors are computed; left out: for `render` and not for `package`.",
    )
    inputs: PathText | None = Field(
        default=None, description="An .npz file with real inputs for them; the others are made up."
    )
    runtime_version: Version | None = Field(
        default=None,
        description="Version of ONNX Runtime that is packaged and that samples name; by default the installed one.",
    )


class AzureWorkspace(Section):
    """The Azure Machine Learning workspace and how to reach it."""

    subscription_id: Text | None = Field(default=None, description="Azure subscription.")
    resource_group: Text | None = Field(default=None, description="Resource group of the workspace.")
    workspace_name: Text | None = Field(default=None, description="Name of the workspace.")
    aml_config_path: PathText | None = Field(
        default=None, description="Workspace file (config.json of Azure ML) that replaces the three above."
    )
    read_timeout: Count = Field(default=60, description="Seconds to wait for an answer.")
    max_operation_retries: NonNegative = Field(default=3, description="Tries in all; 0 and 1 both mean a single one.")
    operation_retry_interval: NonNegative = Field(
        default=5, description="Seconds before the second try; doubles each time."
    )
    default_auth_params: dict[str, JsonValue] = Field(
        default={}, repr=False, description="Arguments of DefaultAzureCredential; their values are never shown."
    )
    keyvault_name: Text | None = Field(default=None, description="Key vault that holds secrets.")


class ImageOptions(Section):
    """How `publish image` and `verify --only image` build, and where the image goes."""

    engine: Literal["docker", "podman", "buildah"] | None = Field(
        default=None, description="The program that builds; by default the first that can be used."
    )
    name: Text | None = Field(default=None, description="Name of the image without tag; by default the project's.")
    base_image: Text | None = Field(default=None, description="Image to start from instead of the Dockerfile's.")
    build_args: dict[str, str] = Field(default={}, description="Arguments of the Dockerfile: NAME to value.")
    platform: Text | None = Field(default=None, description="Platform to build for, such as linux/arm64.")
    proxy_ca: PathText | None = Field(
        default=None, description="Certificates in PEM that pip trusts during the build; none of it stays in the image."
    )
    size_budget: Text | None = Field(
        default=None, description="Most that the image may have unpacked, such as 500MB; more is a failure."
    )
    push: Text | None = Field(default=None, description="REGISTRY/NAME to push to.")


class Configuration(Section):
    """All that modelpress can be told in a file."""

    source: PathText | None = Field(
        default=None, description="Where the candidates are: a run, a zip, a listing, a model."
    )
    output: PathText | None = Field(default=None, description="Where results go; by default the run's folder.")
    model_roots: tuple[PathText, ...] = Field(default=(), description="Folders in which models are looked for as well.")
    strict: bool = Field(
        default=False, description="Make errors of warnings about unusable candidates and unknown keys."
    )
    compression: Compression = Field(
        default="default",
        description="Of zips. default: deflate text only; store or deflate: everything; auto: what a sample says.",
    )
    project: Project = Field(default=Project(), description="What the rendered project is called.")
    ranking: RankingOptions = Field(default=RankingOptions(), description="How candidates are ordered.")
    templates: tuple[PathText, ...] = Field(default=(), description="Folders with template sets, nearest first.")
    render: RenderOptions = Field(default=RenderOptions(), description="What is rendered from the winner.")
    native_feed: PathText | None = Field(
        default=None,
        description="NuGet feed of the packages for C++ and C# in zips: the https address of a service index, without"
        " credentials, or a folder with .nupkg files.",
    )
    packages: tuple[Package, ...] = Field(
        default=(), max_length=MOST_PACKAGES, description="What `modelpress package` makes; by default one zipfile."
    )
    azure: AzureWorkspace = Field(default=AzureWorkspace(), description="The Azure Machine Learning workspace.")
    image: ImageOptions = Field(default=ImageOptions(), description="How images are built, and where they go.")


def allowed_keys(location: Keys) -> tuple[str, ...]:
    """The keys of the section that a validation error's location lies in."""
    model: type[Section] = Configuration
    for key in location:
        if key in model.model_fields:
            model = section_of(model, str(key)) or model
        elif key in PACKAGE_MODELS:
            model = PACKAGE_MODELS[str(key)]
    return tuple(model.model_fields)


def configuration_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `modelpress.yaml`."""
    schema = Configuration.model_json_schema()
    schema["properties"]["$schema"] = {"type": "string", "description": "Where an editor finds this schema."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "modelpress configuration"}

"""What the packaging types of Azure ML say, as variables of the template sets: here and nowhere else.

The sets' own variables are the one vocabulary; what a user says to a set directly outranks this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from modelpress.config.problems import quoted, suggestion
from modelpress.errors import UsageError
from modelpress.packaging.azure import DATA_SET, MODELS_SET, asset_set_names

if TYPE_CHECKING:
    from modelpress.config.packages import AzuremlDataPackage, AzuremlDeploymentPackage, AzuremlModelsPackage

BASE_SETS: Final = ("candidate", "ranking", "readme")
PREFIX = "azureml:"

PLACED: Mapping[str, frozenset[str]] = {
    "online": frozenset(
        (
            *("app_insights_enabled", "egress_public_network_access"),
            *("request_settings", "liveness_probe", "readiness_probe", "scale_settings"),
        )
    ),
    "batch": frozenset(
        (
            *("max_concurrency_per_instance", "output_action", "output_file_name", "error_threshold"),
            *("logging_level", "retry_settings", "resources"),
        )
    ),
}
"""Names in extra_config that are variables of the set, by kind of endpoint."""

PASSED: Mapping[str, frozenset[str]] = {
    "online": frozenset(
        (
            *("description", "tags", "properties"),
            *("model_mount_path", "data_collector", "private_network_connection"),
        )
    ),
    "batch": frozenset({"description", "tags", "properties"}),
}
"""Names in extra_config that go to the deployment's file as they are."""

ENUMERATIONS = frozenset({"output_action", "logging_level", "egress_public_network_access"})

SAID_ELSEWHERE: Mapping[str, str] = {
    "name": "deployment_config.deployment_name",
    "endpoint_name": "deployment_config.endpoint_name",
    "instance_type": "deployment_config.instance_type",
    "instance_count": "deployment_config.instance_count",
    "compute": "deployment_config.compute",
    "mini_batch_size": "deployment_config.mini_batch_size",
    "model": "model_name and model_version",
    "environment": "model_package.base_environment_id",
    "code_configuration": "model_package.inferencing_server",
    "code_path": "model_package.inferencing_server.code_folder",
    "scoring_script": "model_package.inferencing_server.scoring_script",
}
"""Names in extra_config for which Olive has an option of its own."""


@dataclass(frozen=True, slots=True)
class SetWishes:
    """The template sets to render, their variables by set, and what the user should know."""

    sets: tuple[str, ...]
    variables: Mapping[str, Mapping[str, object]]
    warnings: tuple[str, ...] = ()

    def outranked_by(self, configured: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
        """The variables with what the user says to these sets; what is said to others is for other packages."""
        names = [name for name in self.sets if name in self.variables or name in configured]
        return {name: {**self.variables.get(name, {}), **configured.get(name, {})} for name in names}


def asset_wishes(package: AzuremlModelsPackage | AzuremlDataPackage) -> SetWishes:
    """The sets for models or data assets."""
    asset_set = MODELS_SET if package.type == "azureml-models" else DATA_SET
    variables = {"name": package.name, "version": package.version, "description": package.description}
    return SetWishes(asset_set_names(asset_set, mlflow=package.mlflow), {asset_set: _given(variables)})


def deployment_wishes(package: AzuremlDeploymentPackage) -> SetWishes:
    """The sets for a deployment. Raises UsageError for half a folder of code."""
    server = package.model_package.inferencing_server
    if (server.code_folder is None) != (server.scoring_script is None):
        missing = "scoring_script" if server.scoring_script is None else "code_folder"
        raise UsageError(
            f"model_package.inferencing_server: {missing} is missing",
            hint="Give both for code of your own, or neither for the rendered script.",
        )
    extra = _Extra.of(server.type, package.deployment_config.extra_config)
    variables = {**_model_variables(package), **_deployment_variables(package), **extra.placed}
    environment = {**package.model_package.environment_variables, **extra.environment}
    rest = {"environment_variables": environment, "extra_config": extra.passed, "packaging": package.packaging}
    own = f"azure-{server.type}"
    return SetWishes((*BASE_SETS, own), {own: _given({**variables, **rest})}, extra.warnings)


def _model_variables(package: AzuremlDeploymentPackage) -> dict[str, object]:
    source = package.model_package
    base = source.base_environment_id
    return {
        "model_name": package.model_name,
        "model_version": package.model_version,
        "model_description": package.model_description,
        "scoring_script": source.inferencing_server.scoring_script,
        "base_environment_id": base if base is None or base.startswith(PREFIX) else f"{PREFIX}{base}",
        "target_environment": source.target_environment,
        "target_environment_version": source.target_environment_version,
        "package_mode": source.model_configurations.mode,
        "package_mount_path": source.model_configurations.mount_path,
    }


def _deployment_variables(package: AzuremlDeploymentPackage) -> dict[str, object]:
    config = package.deployment_config
    common = {
        "endpoint_name": config.endpoint_name,
        "deployment_name": config.deployment_name,
        "instance_count": config.instance_count,
    }
    if package.model_package.inferencing_server.type == "online":
        return {**common, "instance_type": config.instance_type}
    compute = None if config.compute is None else config.compute.removeprefix(PREFIX)
    return {**common, "compute": compute, "mini_batch_size": config.mini_batch_size}


def _given(variables: Mapping[str, object]) -> dict[str, object]:
    """The variables that are said: the others keep the sets' defaults."""
    return {name: value for name, value in variables.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Extra:
    """extra_config taken apart: variables of the set, environment variables, fields of the deployment's file."""

    placed: Mapping[str, object]
    environment: Mapping[str, Any]
    passed: Mapping[str, object]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, config: Mapping[str, Any]) -> _Extra:
        fields = {name: value for name, value in _flat(kind, config) if value is not None}
        return cls(
            {name: _folded(name, value) for name, value in fields.items() if name in PLACED[kind]},
            _environment(fields.get("environment_variables", {})),
            {name: value for name, value in fields.items() if name in PASSED[kind]},
            tuple(_warnings(kind, fields)),
        )


def _flat(kind: str, config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields, those below `settings` of a batch deployment among them."""
    for name, value in config.items():
        if kind == "batch" and name == "settings" and isinstance(value, Mapping):
            yield from value.items()
        else:
            yield name, value


def _folded(name: str, value: Any) -> Any:
    """Enumerations in small letters; the SDK takes any case."""
    return value.lower() if name in ENUMERATIONS and isinstance(value, str) else value


def _environment(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(
            "deployment_config.extra_config.environment_variables: must be a mapping of names to texts",
            hint="As {NAME: text}.",
        )
    return value


def _warnings(kind: str, fields: Mapping[str, Any]) -> Iterator[str]:
    known = PLACED[kind] | PASSED[kind] | {"environment_variables"}
    for name in fields:
        place = f"deployment_config.extra_config.{quoted(name)}"
        if name in SAID_ELSEWHERE:
            yield f"{place}: ignored, since {SAID_ELSEWHERE[name]} says it"
        elif name not in known:
            meant = suggestion(name, known) or f"Known: {', '.join(sorted(known))}."
            yield f"{place}: no field of {'a batch' if kind == 'batch' else 'an online'} deployment, ignored. {meant}"

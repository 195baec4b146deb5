"""Olive's own names: the keys of a workflow, the options of a packaging entry, the enumerations."""

from __future__ import annotations

from collections.abc import Mapping

WORKFLOW_KEYS = frozenset(
    (
        *("workflow_id", "azureml_client", "input_model", "systems", "data_configs", "data_root", "data_container"),
        *("evaluators", "engine", "passes", "pass_flows", "auto_optimizer_config"),
        *("workflow_host", "builds", "verbose"),
    )
)
"""Keys of a workflow in Olive 0.2 to 0.13."""

ENGINE_KEYS = frozenset(
    (
        *("search_strategy", "host", "target", "evaluator", "evaluate_input_model", "evaluation_only"),
        *("execution_providers", "packaging_config", "output_dir", "output_name", "plot_pareto_frontier"),
        *("no_artifacts", "cache_dir", "cache_config", "cloud_cache_config", "clean_cache", "clean_evaluation_cache"),
        *("enable_shared_cache", "log_severity_level", "ort_log_severity_level", "ort_py_log_severity_level"),
        "log_to_file",
    )
)
"""Keys of a workflow's engine, which may stand at the top level as well."""

ENTRY_KEYS = frozenset({"type", "name", "include_runtime_packages", "include_sample_code"})
NO_EFFECT = ENTRY_KEYS | {"export_in_mlflow_format"}  # known to every type, of use to some
_ASSET = {"name": "name", "version": "version", "description": "description", "export_in_mlflow_format": "mlflow"}
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "zipfile": {
        "name": "name",
        "include_sample_code": "samples",
        "include_runtime_packages": "runtime_packages",
        "export_in_mlflow_format": "mlflow",
    },
    "azureml-models": _ASSET,
    "azureml-data": _ASSET,
    "azureml-deployment": {
        "model_name": "model_name",
        "model_version": "model_version",
        "model_description": "model_description",
        "description": "model_description",  # so Olive's documentation calls it
        "packaging": "packaging",  # ours, so that a workflow can say it
        "model_package": "model_package",
        "deployment_config": "deployment_config",
    },
    "dockerfile": {
        "base_image": "base_image",
        "requirements_file": "requirements_file",
        "include_runtime_packages": "runtime_packages",
    },
}
"""Native type to Olive's option to the native one."""

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "azureml-models": {"version": "1"},
    "azureml-data": {"version": "1"},
    "azureml-deployment": {"model_version": "1"},
}
"""Native type to the native options whose default Olive documents, where the native form has another one."""

NAMES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("InferencingServer", "type"): {"AzureMLOnline": "online", "AzureMLBatch": "batch"},
    ("ModelConfigurations", "mode"): {"download": "download", "copy": "copy"},
}
"""Olive's enumerations by native section and key: Olive's name to the native one."""

"""docs/azure-options.md says where each of Olive's options goes: every row is looked up in what is rendered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from modelpress.bundle import Bundle
from modelpress.config.olive_options import OPTIONS
from modelpress.config.packages import PACKAGE_MODELS, Package
from modelpress.config.values import Section, section_of
from modelpress.packaging.azure import data_bundle, deployment_bundle, models_bundle
from modelpress.packaging.azure_options import PASSED, PLACED, SetWishes, asset_wishes, deployment_wishes
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.rendering import Rendering
from modelpress.packaging.scoring_code import read_scoring_code

PAGE = Path(__file__).parents[3] / "docs" / "azure-options.md"
ROW = re.compile(r"^\| `([^`]+)` \| `(azureml/[^`]+)` \| `([^`]+)`")


@dataclass(frozen=True, slots=True)
class Row:
    option: str
    file: str
    field: str

    @property
    def kind(self) -> str:
        return self.file.split("/")[1]


ROWS = [Row(*found.groups()) for line in PAGE.read_text(encoding="utf-8").splitlines() if (found := ROW.match(line))]

EXTRA: Mapping[str, Mapping[str, Any]] = {
    "online": {
        "description": "what it does",
        "tags": {"team": "vision"},
        "properties": {"a": "b"},
        "environment_variables": {"MORE": "5"},
        "app_insights_enabled": True,
        "egress_public_network_access": "disabled",
        "request_settings": {"request_timeout_ms": 90000},
        "liveness_probe": {"initial_delay": 300},
        "readiness_probe": {"period": 20},
        "scale_settings": {"type": "default"},
        "model_mount_path": "/var/models",
        "data_collector": {"collections": {"model_inputs": {"enabled": "true"}}},
        "private_network_connection": True,
    },
    "batch": {
        "description": "what it does",
        "tags": {"team": "vision"},
        "properties": {"a": "b"},
        "resources": {"shm_size": "2g"},
        "environment_variables": {"MORE": "5"},
        "max_concurrency_per_instance": 4,
        "output_action": "append_row",
        "output_file_name": "rows.csv",
        "error_threshold": 12,
        "logging_level": "debug",
        "retry_settings": {"max_retries": 7, "timeout": 90},
    },
}
VARIABLES = {"LEVEL": "3", "MORE": "5"}
SAID: Mapping[str, Any] = {
    "model_name": "digits-model",
    "model_version": "12",
    "model_description": "reads digits",
    "model_package.target_environment": "packed",
    "model_package.target_environment_version": "9",
    "model_package.inferencing_server.scoring_script": "score.py",
    "model_package.base_environment_id": "azureml:base:4",
    "model_package.model_configurations.mode": "copy",
    "model_package.model_configurations.mount_path": "models/here",
    "deployment_config.endpoint_name": "digits-endpoint",
    "deployment_config.deployment_name": "green",
    "deployment_config.instance_type": "Standard_F4s_v2",
    "deployment_config.instance_count": 3,
    "deployment_config.compute": "gpu-cluster",
    "deployment_config.mini_batch_size": 25,
}
SHOWN: Mapping[str, Any] = {
    **SAID,
    "model_package.environment_variables": VARIABLES,
    "deployment_config.compute": "azureml:gpu-cluster",
    "description": SAID["model_description"],
    "model_package.inferencing_server.code_folder": "../../scoring",
}
"""What stands in the files, where it is not what was said."""
NAMED: Mapping[tuple[str, str], Any] = {
    ("model_name", "model"): "azureml:digits-model:12",
    ("model_package.target_environment", "target_environment"): "azureml:packed:9",
    ("model_package.target_environment_version", "target_environment"): "azureml:packed:9",
    ("extra_config.environment_variables", "environment_variables"): VARIABLES,
    ("extra_config.environment_variables", "settings.environment_variables"): VARIABLES,
    ("extra_config.resources", "resources"): {"instance_count": 3, "shm_size": "2g"},
}
"""What stands in a field that several options make, by option and field."""


def deployment_config(kind: str, code_folder: Path) -> dict[str, Any]:
    """An Olive configuration that says every option."""
    config: dict[str, Any] = {"type": "AzureMLDeployment"}
    for option, value in SAID.items():
        *folders, last = option.split(".")
        reduce(lambda inner, key: inner.setdefault(key, {}), folders, config)[last] = value
    server = config["model_package"]["inferencing_server"]
    server |= {"type": f"AzureML{kind.title()}", "code_folder": str(code_folder)}
    config["model_package"]["environment_variables"] = {"LEVEL": 3}
    config["deployment_config"]["extra_config"] = dict(EXTRA[kind])
    return config


@pytest.fixture(scope="module")
def bundles(
    candidates: Chosen, rendering: Callable[[SetWishes], Rendering], tmp_path_factory: Any
) -> dict[str, Bundle]:
    """What is rendered of a configuration that says every option, by kind."""
    import json

    from modelpress.config.load import load_configuration

    folder = tmp_path_factory.mktemp("olive")
    (folder / "code").mkdir()
    (folder / "code/score.py").write_text("def init(): ...\ndef run(data): ...\n")

    def package(packaging: Mapping[str, Any]) -> Package:
        (folder / "config.json").write_text(json.dumps({"packaging_config": packaging}))
        (found,) = load_configuration(folder / "config.json").configuration.packages
        return found

    asset = {"name": "Digits", "version": 7, "description": "reads digits", "export_in_mlflow_format": True}
    made: dict[str, Bundle] = {}
    for kind, make in (("models", models_bundle), ("data", data_bundle)):
        found = package({"type": f"AzureML{kind.title()}", **asset})
        assert found.type in ("azureml-models", "azureml-data")
        made[kind] = make(candidates, rendering(asset_wishes(found)))
    for kind in ("online", "batch"):
        found = package(deployment_config(kind, folder / "code"))
        assert found.type == "azureml-deployment"
        wishes = deployment_wishes(found)
        assert wishes.warnings == ()
        code = read_scoring_code(folder / "code", "score.py")
        made[kind] = deployment_bundle(candidates, rendering(wishes), code=code)
    return made


ASSETS: Mapping[tuple[str, str], Any] = {
    ("name", "name"): "Digits_cpu-cpu_2",
    ("version", "version"): "7",
    ("description", "description"): "reads digits",
    ("export_in_mlflow_format", "type"): "mlflow_model",
    ("export_in_mlflow_format", "path"): "../../CandidateModels/cpu-cpu/BestCandidateModel_2/mlflow_model",
}


def expected(row: Row) -> Any:
    if row.kind in ("models", "data"):
        return ASSETS[row.option, row.field]
    if (row.option, row.field) in NAMED:
        return NAMED[row.option, row.field]
    if row.option == "model_package.inferencing_server.type":
        return f"azureml_{row.kind}"
    extra = row.option.removeprefix("extra_config.")
    return EXTRA[row.kind][extra] if extra != row.option else SHOWN[row.option]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.option}-{row.file}-{row.field}" for row in ROWS])
def test_the_option_stands_where_the_page_says(
    row: Row, bundles: dict[str, Bundle], document: Callable[[Bundle, str], dict[str, Any]]
) -> None:
    file = row.file.replace("<accelerator>_<k>", "cpu-cpu_2")
    found: Any = document(bundles[row.kind], file)
    for key in row.field.split("."):
        found = found[key]
    assert found == expected(row)


def leaves(model: type[Section], prefix: str = "") -> set[str]:
    """The options of a native section by dotted name, which are Olive's names too."""
    found: set[str] = set()
    for name in model.model_fields:
        section = section_of(model, name)
        found |= leaves(section, f"{prefix}{name}.") if section else {f"{prefix}{name}"}
    return found


def test_the_page_has_every_option() -> None:
    listed = {row.option for row in ROWS}
    options = leaves(PACKAGE_MODELS["azureml-deployment"]) - {"type", "deployment_config.extra_config"}
    options |= OPTIONS["azureml-deployment"].keys() - {"model_package", "deployment_config"}
    options -= {"packaging"}  # says whether there is a package.yml at all
    options |= OPTIONS["azureml-models"].keys()
    assert options <= listed
    for kind in ("online", "batch"):
        extra = {row.option.removeprefix("extra_config.") for row in ROWS if row.kind == kind and "extra" in row.option}
        assert extra == PLACED[kind] | PASSED[kind] | {"environment_variables"} == EXTRA[kind].keys()

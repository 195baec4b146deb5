from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelpress.config.document import FORM
from modelpress.config.load import Loaded, load_configuration
from modelpress.config.olive_options import ENTRY_KEYS, OPTIONS
from modelpress.config.packages import PACKAGE_MODELS
from modelpress.errors import UsageError

DATA = Path(__file__).parents[2] / "data" / "config"


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loader(workflow: object, *, strict: bool = False) -> Loaded:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(workflow), encoding="utf-8")
        return load_configuration(path, strict=strict)

    return loader


def package(loaded: Loaded) -> dict[str, Any]:
    (only,) = loaded.configuration.packages
    return only.model_dump()


def warnings(loaded: Loaded) -> list[str]:
    return [warning.removeprefix(f"{loaded.path}:") for warning in loaded.warnings]


def test_every_option_lands_in_the_native_form() -> None:
    loaded = load_configuration(DATA / "every-option.json", strict=True)
    assert loaded.kind == "olive"
    assert loaded.warnings == ()
    native = loaded.configuration.model_dump()
    assert native["source"] == "outputs/run"
    assert native["azure"] == {
        "subscription_id": "sub",
        "resource_group": "group",
        "workspace_name": "space",
        "aml_config_path": "aml.json",
        "read_timeout": 90,
        "max_operation_retries": 4,
        "operation_retry_interval": 7,
        "default_auth_params": {"exclude_managed_identity_credential": True},
        "keyvault_name": "vault",
    }
    zipfile, models, data, deployment, dockerfile = native["packages"]
    assert zipfile == {
        "type": "zipfile",
        "name": "Digits",
        "samples": False,
        "runtime_packages": True,
        "mlflow": True,
        "compression": None,
    }
    assert models == {
        "type": "azureml-models",
        "name": "digits",
        "version": "3",
        "description": "the digits",
        "mlflow": True,
    }
    assert data == {
        "type": "azureml-data",
        "name": "digits-data",
        "version": "4",
        "description": "as data",
        "mlflow": True,
    }
    assert deployment == {
        "type": "azureml-deployment",
        "model_name": "deployed",
        "model_version": "5",
        "model_description": "the deployed one",
        "packaging": "package",
        "model_package": {
            "target_environment": "target",
            "target_environment_version": "6",
            "inferencing_server": {"type": "batch", "code_folder": "code", "scoring_script": "score.py"},
            "base_environment_id": "azureml:base:1",
            "model_configurations": {"mode": "copy", "mount_path": "models/here"},
            "environment_variables": {"WORKERS": "2", "DEBUG": "true", "NAME": "x"},
        },
        "deployment_config": {
            "endpoint_name": "endpoint",
            "deployment_name": "blue",
            "instance_type": "Standard_DS3_v2",
            "compute": "cluster",
            "instance_count": 2,
            "mini_batch_size": 20,
            "extra_config": {"error_threshold": 3},
        },
    }
    assert dockerfile == {
        "type": "dockerfile",
        "name": "docker",
        "base_image": "python:3.12-slim",
        "requirements_file": "requirements.txt",
        "runtime_packages": False,
    }


def test_defaults_are_those_of_olive(load: Any) -> None:
    server = {"type": "AzureMLOnline", "code_folder": "c", "scoring_script": "s.py"}
    loaded = load(
        {
            "packaging_config": [
                {},
                {"type": "AzureMLModels"},
                {"type": "Dockerfile"},
                {
                    "type": "AzureMLDeployment",
                    "model_package": {"inferencing_server": server, "base_environment_id": "b"},
                },
            ],
            "azureml_client": {},
        }
    )
    zipfile, models, dockerfile, deployment = (entry.model_dump() for entry in loaded.configuration.packages)
    assert (zipfile["type"], zipfile["name"], zipfile["samples"], zipfile["mlflow"]) == (
        "zipfile",
        "OutputModels",
        True,
        False,
    )
    assert zipfile["runtime_packages"] is None
    assert (models["name"], models["version"], models["description"]) == ("OutputModels", "1", None)
    assert dockerfile["base_image"] is None
    assert dockerfile["requirements_file"] is None
    assert (deployment["model_name"], deployment["model_version"], deployment["model_description"]) == (
        "olive-deployment-model",
        "1",
        None,
    )
    assert deployment["model_package"]["target_environment"] == "olive-target-environment"
    assert deployment["model_package"]["target_environment_version"] is None
    assert deployment["model_package"]["model_configurations"] == {"mode": "download", "mount_path": None}
    assert deployment["deployment_config"] == {
        "endpoint_name": "olive-default-endpoint",
        "deployment_name": "olive-default-deployment",
        "instance_type": None,
        "compute": None,
        "instance_count": 1,
        "mini_batch_size": 10,
        "extra_config": {},
    }
    azure = loaded.configuration.azure
    assert (azure.read_timeout, azure.max_operation_retries, azure.operation_retry_interval) == (60, 3, 5)


def test_no_native_option_of_a_package_is_out_of_reach() -> None:
    ours = {"zipfile": {"type", "compression"}, "dockerfile": {"type", "name"}}
    for kind, model in PACKAGE_MODELS.items():
        assert set(OPTIONS[kind].values()) == set(model.model_fields) - ours.get(kind, {"type"})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({"include_runtime_packages": None}, None),
        *[
            ({"include_runtime_packages": value}, meant)
            for value, meant in [(True, True), (False, False), ("true", True), (0, False)]
        ],
    ],
)
def test_runtime_packages_keep_what_was_said(load: Any, said: dict[str, object], *, expected: bool | None) -> None:
    assert package(load({"packaging_config": {"type": "Zipfile", **said}}))["runtime_packages"] is expected


def test_one_object_stands_for_a_list_of_one(load: Any) -> None:
    entry = {"type": "Zipfile", "name": "One"}
    assert package(load({"packaging_config": entry})) == package(load({"packaging_config": [entry]}))


@pytest.mark.parametrize("packaging", [None, []])
def test_nothing_to_package(load: Any, packaging: object) -> None:
    assert load({"packaging_config": packaging}).configuration.packages == ()


def test_the_engine_wins_over_the_top_level(load: Any) -> None:
    loaded = load(
        {
            "output_dir": "outer",
            "packaging_config": {"name": "Outer"},
            "engine": {"output_dir": "inner", "packaging_config": {"name": "Inner"}},
        }
    )
    assert loaded.configuration.source == "inner"
    assert package(loaded)["name"] == "Inner"
    assert warnings(loaded) == [
        "1:2: output_dir: ignored, since engine has it as well",
        "1:25: packaging_config: ignored, since engine has it as well",
    ]


def test_config_wins_over_what_stands_beside_type(load: Any) -> None:
    loaded = load({"packaging_config": {"type": "AzureMLModels", "version": 1, "config": {"version": 2}}})
    assert package(loaded)["version"] == "2"
    assert warnings(loaded) == ["1:48: packaging_config.version: ignored, since it stands in config as well"]


def test_the_fields_of_an_entry_itself_win_over_config(load: Any) -> None:
    loaded = load({"packaging_config": {"name": "Outer", "config": {"name": "Inner"}}})
    assert package(loaded)["name"] == "Outer"
    assert warnings(loaded) == ["1:51: packaging_config.config.name: ignored, since it stands beside config as well"]


def test_description_of_a_deployment_is_its_model_description(load: Any) -> None:
    server = {"type": "AzureMLOnline", "code_folder": "c", "scoring_script": "s.py"}
    entry = {
        "type": "AzureMLDeployment",
        "description": "documented",
        "model_package": {"inferencing_server": server, "base_environment_id": "b"},
    }
    assert package(load({"packaging_config": entry}))["model_description"] == "documented"
    both = load({"packaging_config": {**entry, "model_description": "real"}})
    assert package(both)["model_description"] == "real"
    assert warnings(both) == ["1:52: packaging_config.description: ignored, since model_description is given as well"]


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        ("Dockerfile", "name"),
        ("Dockerfile", "export_in_mlflow_format"),
        ("Dockerfile", "include_sample_code"),
        ("AzureMLModels", "include_runtime_packages"),
        ("AzureMLData", "include_sample_code"),
    ],
)
def test_an_option_without_effect_is_named(load: Any, kind: str, option: str) -> None:
    loaded = load({"packaging_config": {"type": kind, option: True}}, strict=True)
    (warning,) = warnings(loaded)
    assert warning.endswith(f" packaging_config.{option}: has no effect on {kind}")


@pytest.mark.parametrize(
    ("workflow", "warning"),
    [
        ({"packaging_config": {"nam": "x"}}, "1:23: packaging_config.nam: unknown key, ignored. Did you mean name?"),
        (
            {"packaging_config": {}, "clean_cash": True},
            "1:26: clean_cash: unknown key, ignored. Did you mean clean_cache?",
        ),
        ({"engine": {"colour": "red"}}, "1:13: engine.colour: unknown key, ignored"),
        (
            {"azureml_client": {"workspace": "w"}},
            "1:21: azureml_client.workspace: unknown key, ignored. Did you mean workspace_name?",
        ),
        (
            {"packaging_config": {"type": "Dockerfile", "config": {"base_img": "x"}}},
            "1:56: packaging_config.config.base_img: unknown key, ignored. Did you mean base_image?",
        ),
    ],
)
def test_unknown_keys_are_warnings_and_errors_when_strict(load: Any, workflow: object, warning: str) -> None:
    assert warnings(load(workflow)) == [warning]
    with pytest.raises(UsageError) as caught:
        load(workflow, strict=True)
    what, _, hint = warning.partition(", ignored")
    assert caught.value.message.endswith(what)
    assert caught.value.hint == (hint.removeprefix(". ") or FORM)


def test_unknown_keys_deep_inside_a_deployment_are_found(load: Any) -> None:
    server = {"type": "AzureMLOnline", "code_folder": "c", "scoring_script": "s.py", "port": 1}
    loaded = load(
        {
            "packaging_config": {
                "type": "AzureMLDeployment",
                "model_package": {"inferencing_server": server, "base_environment_id": "b", "tags": {}},
                "deployment_config": {"replicas": 2},
            }
        }
    )
    assert [warning.split(": ", 1)[1] for warning in warnings(loaded)] == [
        "packaging_config.model_package.inferencing_server.port: unknown key, ignored",
        "packaging_config.model_package.tags: unknown key, ignored",
        "packaging_config.deployment_config.replicas: unknown key, ignored",
    ]


def test_a_schema_reference_for_editors_is_no_unknown_key(load: Any) -> None:
    assert load({"$schema": "https://example.com/s.json", "packaging_config": {}}, strict=True).warnings == ()


def test_the_fields_of_an_entry_are_the_documented_ones() -> None:
    assert {"type", "name", "include_runtime_packages", "include_sample_code"} == ENTRY_KEYS


@pytest.mark.parametrize(
    ("name", "runtime_packages"),
    [("olive-0.13.0-genai-zip", None), ("olive-0.9.1-search-zip", False), ("olive-0.7.1.1-multiep-zip", False)],
)
def test_real_workflows_load_without_a_warning(name: str, *, runtime_packages: bool | None) -> None:
    loaded = load_configuration(DATA / f"{name}.json", strict=True)
    assert (loaded.kind, loaded.warnings) == ("olive", ())
    assert loaded.configuration.source == f"/olive/outputs/{name.removeprefix('olive-')}"
    assert package(loaded) == {
        "type": "zipfile",
        "name": "OutputModels",
        "samples": True,
        "runtime_packages": runtime_packages,
        "mlflow": False,
        "compression": None,
    }


def test_yaml_means_the_same_as_json(tmp_path: Path) -> None:
    path = tmp_path / "workflow.yaml"
    path.write_text(
        "input_model: {type: OnnxModel, io_config: {dynamic_axes: {input: {0: batch}}}}\n"
        "shared: &entry {type: zipfile, name: Shared}\n"
        "packaging_config:\n- *entry\n- <<: *entry\n  name: Other\n",
        encoding="utf-8",
    )
    loaded = load_configuration(path)
    assert [entry.name for entry in loaded.configuration.packages] == ["Shared", "Other"]
    assert loaded.warnings == (f"{path}:2:1: shared: unknown key, ignored",)

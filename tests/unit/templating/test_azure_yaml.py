"""Every file that is rendered for Azure ML goes through the loaders of the real SDK, offline."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.bundle import Entry
from modelpress.errors import UsageError
from modelpress.templating import RenderContext, load_sets, render_sets, resolve_settings, search_path
from modelpress.templating.checking.specimens import HOSTILE, sample_contexts

HERE = Path(__file__).parent
SETS = ("azure-models", "azure-data", "azure-online", "azure-batch")
LIBRARY = load_sets(search_path())
ORDINARY, HOSTILE_CONTEXT, BARE, _ = (replace(context, mlflow=None) for context in sample_contexts())
MLFLOW = sample_contexts()[0]

TRICKY = {
    "YES": "yes",
    "NUMBER": "1e3",
    "VERSION": "1.10",
    "OCTAL": "010",
    "NULL": "null",
    "DATE": "2024-01-01",
    "COLON": "a: b # c",
    "EMPTY": "",
    "BANG": "!!python/name:os.system",
    "ALIAS": "*a",
    "LINES": "one\ntwo\n",
    "QUOTES": "'\"\\",
    "REFERENCE": "https://${env:HOST}/${keyvault:path-1}",
}
"""Texts that YAML would read as something else without quotes."""

PACKAGED = {"packaging": "package", "environment_variables": TRICKY, "tags": TRICKY}


@dataclass(frozen=True, slots=True)
class Variant:
    """A context, and what the user says to the sets."""

    context: RenderContext = ORDINARY
    said: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


VARIANTS: Mapping[str, Variant] = {
    "ordinary": Variant(),
    "packaged": Variant(said=dict.fromkeys(SETS[2:], PACKAGED) | {name: {"tags": TRICKY} for name in SETS[:2]}),
    "docker": Variant(said={name: {"environment": "docker"} for name in SETS[2:]}),
    "mlflow": Variant(MLFLOW),
    "hostile": Variant(
        HOSTILE_CONTEXT,
        {
            "azure-models": {"version": "7", "description": HOSTILE, "tags": {HOSTILE: HOSTILE}},
            "azure-data": {"version": "7", "description": HOSTILE, "tags": {HOSTILE: HOSTILE}},
            "azure-online": {
                "packaging": "package",
                "environment_variables": {"A": HOSTILE},
                "base_image": HOSTILE,
                "endpoint_description": HOSTILE,
                "model_description": HOSTILE,
                "scoring_script": HOSTILE,
                "extra_config": {"tags": {HOSTILE: HOSTILE}, "description": HOSTILE},
            },
            "azure-batch": {
                "packaging": "package",
                "environment": "docker",
                "environment_variables": {"A": HOSTILE},
                "base_image": HOSTILE.partition("\n")[0],
                "output_file_name": HOSTILE,
            },
        },
    ),
    "bare": Variant(BARE),
    "existing": Variant(
        said={
            "azure-online": {
                "base_environment_id": "azureml:base:3",
                "model_version": "4",
                "packaging": "package",
                "target_environment": "packed",
                "target_environment_version": "5",
                "package_mode": "copy",
                "package_mount_path": "models/here",
                "extra_config": {"data_collector": {"collections": {"model_inputs": {"enabled": "true"}}}},
                "egress_public_network_access": "disabled",
                "app_insights_enabled": True,
            },
            "azure-batch": {
                "base_environment_id": "azureml://registries/azureml/environments/x/versions/1",
                "output_action": "summary_only",
                "error_threshold": 9,
                "environment_variables": TRICKY,
                "resources": {"shm_size": "2g"},
            },
        }
    ),
}


def rendered(variant: Variant) -> dict[str, Entry]:
    chosen = [LIBRARY[name] for name in SETS]
    context = replace(variant.context, settings=resolve_settings(chosen, variant.said))
    return render_sets(context, chosen)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the SDK makes of every file, by `variant/path`."""
    root = tmp_path_factory.mktemp("rendered")
    for name, variant in VARIANTS.items():
        for path, entry in rendered(variant).items():
            place = root / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with entry.open() as source:
                place.write_bytes(source.read())
    command = [sys.executable, "-W", "ignore", str(HERE / "sdk_loaders.py"), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def text_of(entry: Entry) -> str:
    with entry.open() as source:
        return source.read().decode()


@pytest.mark.parametrize("name", VARIANTS)
def test_the_sdk_loads_every_file(name: str, loaded: dict[str, Any]) -> None:
    files = {path for path in rendered(VARIANTS[name]) if path.startswith("azureml/") and path.endswith(".yml")}
    found = {path.removeprefix(f"{name}/"): made for path, made in loaded.items() if path.startswith(f"{name}/")}
    assert found.keys() == {path for path in files if not path.endswith("conda.yml")}
    assert [made for made in found.values() if isinstance(made, str)] == []


@pytest.mark.parametrize("name", VARIANTS)
def test_every_file_begins_with_its_schema(name: str) -> None:
    for path, entry in rendered(VARIANTS[name]).items():
        kind = path.split("/")[-1].removesuffix(".yml")
        if not path.startswith("azureml/") or not path.endswith(".yml") or kind == "conda":
            continue
        first = text_of(entry).splitlines()[0]
        expected = {
            "environment": "https://azuremlschemas.azureedge.net/latest/environment.schema.json",
            "package": "http://azureml/sdk-2-0/ModelVersionPackage.json",
            "online/endpoint": "https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json",
            "online/deployment": "https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json",
            "batch/endpoint": "https://azuremlschemas.azureedge.net/latest/batchEndpoint.schema.json",
            "batch/deployment": "https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json",
        }
        other = "data" if "/data/" in path else "model"
        place = "/".join(path.removesuffix(".yml").split("/")[1:])
        schema = expected.get(place) or expected.get(kind) or expected["environment"].replace("environment", other)
        assert first == f"$schema: {schema}"


def test_what_is_sent_for_an_online_deployment(loaded: dict[str, Any]) -> None:
    sent = loaded["ordinary/azureml/online/deployment.yml"]
    assert (sent["name"], sent["endpoint_name"]) == ("blue", "digits-endpoint")
    assert sent["sku"] == {"name": "Default", "capacity": 1}
    assert sent["properties"] == {
        "appInsightsEnabled": False,
        "codeConfiguration": {"codeId": "../../scoring", "scoringScript": "score.py"},
        "endpointComputeType": "Managed",
        "environmentId": "digits-online@latest",
        "environmentVariables": {},
        "instanceType": "Standard_DS3_v2",
        "livenessProbe": {
            "failureThreshold": 30,
            "initialDelay": "PT1M",
            "period": "PT10S",
            "successThreshold": 1,
            "timeout": "PT10S",
        },
        "model": "digits@latest",
        "properties": {},
        "readinessProbe": {
            "failureThreshold": 30,
            "initialDelay": "PT10S",
            "period": "PT10S",
            "successThreshold": 1,
            "timeout": "PT10S",
        },
        "requestSettings": {"maxConcurrentRequestsPerInstance": 1, "requestTimeout": "PT1M"},
        "scaleSettings": {"scaleType": "Default"},
    }


def test_what_is_sent_for_a_batch_deployment(loaded: dict[str, Any]) -> None:
    sent = loaded["ordinary/azureml/batch/deployment.yml"]
    assert sent["properties"] == {
        "codeConfiguration": {"codeId": "../../scoring", "scoringScript": "batch_score.py"},
        "compute": "cpu-cluster",
        "environmentId": "digits-batch@latest",
        "errorThreshold": -1,
        "loggingLevel": "info",
        "maxConcurrencyPerInstance": 1,
        "miniBatchSize": 10,
        "model": {"assetId": "digits@latest", "referenceType": "Id"},
        "outputAction": "AppendRow",
        "outputFileName": "predictions.csv",
        "properties": {},
        "resources": {"instanceCount": 1, "properties": {}},
        "retrySettings": {"maxRetries": 3, "timeout": "PT5M"},
    }


def test_an_endpoint_never_says_where_traffic_goes(loaded: dict[str, Any]) -> None:
    for variant in VARIANTS.values():
        for kind in ("online", "batch"):
            document = yaml.safe_load(text_of(rendered(variant)[f"azureml/{kind}/endpoint.yml"]))
            assert not document.keys() & {"traffic", "mirror_traffic", "defaults"}
    assert loaded["ordinary/azureml/online/endpoint.yml"]["properties"]["authMode"] == "Key"
    assert loaded["ordinary/azureml/batch/endpoint.yml"]["properties"]["authMode"] == "aadToken"


def test_texts_stay_texts_all_the_way(loaded: dict[str, Any]) -> None:
    online = loaded["packaged/azureml/online/deployment.yml"]["properties"]
    batch = loaded["packaged/azureml/batch/deployment.yml"]["properties"]
    assert online["environmentVariables"] == batch["environmentVariables"] == TRICKY
    for kind in ("online", "batch"):
        package = loaded[f"packaged/azureml/{kind}/package.yml"]
        assert package["environmentVariables"] == TRICKY
        assert package["tags"].items() >= TRICKY.items()
        assert loaded[f"packaged/azureml/{kind}/model.yml"]["properties"]["tags"].items() >= TRICKY.items()
    assert loaded["packaged/azureml/models/cpu-cpu_1.yml"]["properties"]["tags"].items() >= TRICKY.items()
    assert loaded["packaged/azureml/data/cpu-cpu_1.yml"]["tags"].items() >= TRICKY.items()


def test_hostile_texts_arrive_as_they_are(loaded: dict[str, Any]) -> None:
    model = loaded["hostile/azureml/models/cpu-cpu_1.yml"]
    tags = model["properties"]["tags"]
    assert (tags["source"], tags["candidate"], tags[HOSTILE]) == (HOSTILE, HOSTILE, HOSTILE)
    assert tags[f"metric.{HOSTILE}"] == "nan"
    assert model["properties"]["description"] == HOSTILE
    online = loaded["hostile/azureml/online/deployment.yml"]
    assert online["properties"]["environmentVariables"] == {"A": HOSTILE}
    assert online["tags"] == {HOSTILE: HOSTILE}
    assert loaded["hostile/azureml/online/environment.yml"]["image"] == HOSTILE
    for path, made in loaded.items():
        if path.startswith("hostile/") and "name" in made:
            assert made["name"].replace("-", "").replace("_", "").isalnum()


def test_an_environment_has_a_conda_file_or_a_build_context(loaded: dict[str, Any]) -> None:
    for kind in ("online", "batch"):
        conda = loaded[f"ordinary/azureml/{kind}/environment.yml"]
        assert conda["image"] == "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"
        packages = next(one["pip"] for one in conda["conda"]["dependencies"] if isinstance(one, dict))
        assert "onnxruntime==1.31.1" in packages
        docker = loaded[f"docker/azureml/{kind}/environment.yml"]
        assert (docker["image"], docker["build"]) == (None, {"path": "context", "dockerfile_path": "Dockerfile"})
        context = text_of(rendered(VARIANTS["docker"])[f"azureml/{kind}/context/requirements.txt"])
        assert [line for line in context.splitlines() if line] == packages


@pytest.mark.parametrize("kind", ["online", "batch"])
def test_the_linter_finds_nothing_in_a_build_context(kind: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(text_of(rendered(VARIANTS["docker"])[f"azureml/{kind}/context/Dockerfile"]))
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, tmp_path / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_gpu_models_are_built_on_an_image_with_cuda() -> None:
    runtime = replace(ORDINARY.runtime, package="onnxruntime-gpu")
    files = rendered(Variant(replace(ORDINARY, runtime=runtime)))
    image = yaml.safe_load(text_of(files["azureml/online/environment.yml"]))["image"]
    assert image == "mcr.microsoft.com/azureml/openmpi5.0-cuda12.4-ubuntu22.04:latest"


def test_mlflow_models_are_registered_as_such(loaded: dict[str, Any]) -> None:
    assert loaded["mlflow/azureml/models/cpu-cpu_1.yml"]["properties"]["modelType"] == "mlflow_model"
    assert loaded["ordinary/azureml/models/cpu-cpu_1.yml"]["properties"]["modelType"] == "custom_model"


def test_what_exists_is_referred_to_by_version(loaded: dict[str, Any]) -> None:
    online = loaded["existing/azureml/online/deployment.yml"]["properties"]
    assert (online["model"], online["environmentId"]) == ("digits:4", "base:3")
    assert online["egressPublicNetworkAccess"] == "disabled"
    package = loaded["existing/azureml/online/package.yml"]
    assert package["baseEnvironmentSource"]["resourceId"] == "azureml:base:3"
    assert package["modelConfiguration"] == {"mode": "copy", "mountPath": "models/here"}
    assert package["targetEnvironmentId"] == "packed"  # the SDK keeps its version apart
    assert "existing/azureml/online/environment.yml" not in loaded
    batch = loaded["existing/azureml/batch/deployment.yml"]["properties"]
    assert batch["environmentId"] == "azureml://registries/azureml/environments/x/versions/1"
    assert (batch["outputAction"], batch["errorThreshold"]) == ("SummaryOnly", 9)
    assert "package.yml" not in {
        path.rpartition("/")[2] for path in loaded if path.startswith("existing/azureml/batch")
    }


BAD = [
    (
        "azure-online",
        {"environment_variables": {"API_KEY": "hunter2"}},
        "azure-online.environment_variables: API_KEY: a literal",
    ),
    (
        "azure-batch",
        {"environment_variables": '{"A": "AccountKey=' + "Zm9v" * 9 + '"}'},
        "azure-batch.environment_variables: A: a literal",
    ),
    ("azure-online", {"packaging": "both"}, "azure-online.packaging: expected one of direct, package"),
    ("azure-models", {"tags": "a=b"}, "azure-models.tags: expected a mapping, or the JSON text of one"),
    ("azure-batch", {"instance_count": "two"}, "azure-batch.instance_count: expected a whole number"),
    ("azure-online", {"instancetype": "x"}, "the template set azure-online has no variable 'instancetype'"),
]


@pytest.mark.parametrize(("name", "said", "message"), BAD)
def test_what_cannot_be_rendered(name: str, said: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        rendered(Variant(said={name: said}))
    assert caught.value.message.startswith(message)
    assert "hunter2" not in caught.value.message


TEXTS = st.text(max_size=40)


@settings(deadline=None, max_examples=25)
@given(st.dictionaries(st.text(min_size=1, max_size=30), TEXTS, max_size=3), TEXTS, TEXTS)
def test_any_text_is_a_value_of_the_files(tags: dict[str, str], name: str, description: str) -> None:
    said = {"tags": tags, "model_description": description}
    context = replace(ORDINARY, project=replace(ORDINARY.project, name=name))
    document = yaml.safe_load(text_of(rendered(Variant(context, {"azure-online": said}))["azureml/online/model.yml"]))
    assert document["tags"].items() >= tags.items()
    assert document.get("description", "") == description
    assert document["tags"].get("source", name) == tags.get("source", name)

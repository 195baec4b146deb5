"""The real SDK deploys to the stand-in's online endpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_session import SdkError, SdkSession
from standin import arrange, effects
from standin.answers import canned, served
from standin.client import Azure

ENVIRONMENT = "mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference:latest"
SETUP = """
client.models.create_or_update(Model(name="m", path=f"{folder}/m.txt", version="1"))
client.environments.create_or_update(Environment(name="e", image=image, version="1", conda_file={"name": "x"}))
client.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="ep1", auth_mode="key")).result()
"""
DEPLOY = """
from azure.ai.ml.entities import CodeConfiguration, ManagedOnlineDeployment
result = client.online_deployments.begin_create_or_update(ManagedOnlineDeployment(
    name=name, endpoint_name="ep1", model="azureml:m:1", environment="azureml:e:1", instance_count=1,
    instance_type=instance_type,
    code_configuration=CodeConfiguration(code=f"{folder}/code", scoring_script=script))).result().provisioning_state
"""
TRAFFIC = """
endpoint = client.online_endpoints.get("ep1")
endpoint.traffic = traffic
result = client.online_endpoints.begin_create_or_update(endpoint).result().traffic
"""
PACKAGE = """
from azure.ai.ml.entities import AzureMLOnlineInferencingServer, CodeConfiguration, ModelPackage
from azure.ai.ml.entities import BaseEnvironment, ModelConfiguration
package = ModelPackage(
    target_environment="pkg",
    base_environment_source=BaseEnvironment(type="EnvironmentAsset", resource_id="azureml:e:1"),
    model_configuration=ModelConfiguration(mode="download"),
    inferencing_server=AzureMLOnlineInferencingServer(
        code_configuration=CodeConfiguration(code=f"{folder}/code", scoring_script="score.py")))
built = client.models.package("m", "1", package)
result = f"{built.name}:{built.version}"
"""
DEPLOY_PACKAGE = """
from azure.ai.ml.entities import ManagedOnlineDeployment
client.online_deployments.begin_create_or_update(ManagedOnlineDeployment(
    name="blue", endpoint_name="ep1", environment="azureml:pkg:1", instance_count=1,
    instance_type="Standard_DS3_v2")).result()
"""
SCORE = """
import json
from pathlib import Path
path = Path("request.json")
path.write_text(json.dumps({"x": [2, 3]}))
result = client.online_endpoints.invoke("ep1", request_file=str(path), deployment_name=name)
"""
SCRIPT = """
import json, os
def init():
    global factor
    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "m.txt")) as file:
        factor = float(file.read())
def run(text):
    return {"y": [factor * x for x in json.loads(text)["x"]]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Model and code."""
    (tmp_path / "code").mkdir()
    (tmp_path / "m.txt").write_text("10")
    (tmp_path / "code" / "score.py").write_text(SCRIPT)
    return str(tmp_path)


@pytest.fixture
def endpoint(sdk: SdkSession, folder: str) -> SdkSession:
    sdk.run(SETUP, folder=folder, image=ENVIRONMENT)
    return sdk


def deploy(sdk: SdkSession, folder: str, name: str = "blue", **options: str) -> str:
    given = {"script": "score.py", "instance_type": "Standard_DS2_v2"} | options
    return str(sdk.run(DEPLOY, folder=folder, name=name, **given))


def test_a_deployment_serves_its_own_code_and_model(azure: Azure, endpoint: SdkSession, folder: str) -> None:
    azure.answer("ep1", "blue", served())
    assert deploy(endpoint, folder) == "Succeeded"
    assert endpoint.run(TRAFFIC, traffic={"blue": 100}) == {"blue": 100}
    assert endpoint.run(SCORE, name="blue") == '{"y": [20.0, 30.0]}'
    assert endpoint.run(SCORE, name=None) == '{"y": [20.0, 30.0]}'
    assert [one["deployment"] for one in azure.requests("POST", "/score$")] == ["blue", "blue"]
    assert azure.traffic_history("ep1")[-1].healthy_share == 100


def test_a_script_that_fails_at_start_fails_the_deployment(azure: Azure, endpoint: SdkSession, folder: str) -> None:
    azure.answer("ep1", "blue", served())
    Path(folder, "code", "score.py").write_text("def init():\n    raise ValueError('bad weights')\n")
    with pytest.raises(SdkError, match="User container has crashed"):
        deploy(endpoint, folder)
    assert azure.deployments("ep1")["blue"]["provisioningState"] == "Failed"
    assert "ValueError: bad weights" in endpoint.run("result = client.online_deployments.get_logs('blue', 'ep1', 9)")


def test_an_injected_failure(azure: Azure, endpoint: SdkSession, folder: str) -> None:
    details = [{"code": "ImageBuildFailure", "message": "conda: no matching distribution", "details": []}]
    failed = effects.failed_operation("BadArgument", "Image build failed", details=details, log="pip: no network")
    azure.fault("PUT", "/deployments/blue", failed)
    with pytest.raises(SdkError, match="no matching distribution"):
        deploy(endpoint, folder)
    assert endpoint.run("result = client.online_deployments.get_logs('blue', 'ep1', 9)") == "pip: no network"
    assert azure.traffic_history("ep1")[-1].healthy == {"blue": False}
    assert deploy(endpoint, folder) == "Succeeded"
    assert azure.traffic_history("ep1")[-1].healthy == {"blue": True}


def test_what_the_service_refuses_reaches_the_caller(endpoint: SdkSession, folder: str) -> None:
    with pytest.raises(SdkError, match="instance type Standard_X is not supported"):
        deploy(endpoint, folder, instance_type="Standard_X")
    deploy(endpoint, folder)
    with pytest.raises(SdkError, match="do not exist: green"):
        endpoint.run(TRAFFIC, traffic={"green": 100})
    endpoint.run(TRAFFIC, traffic={"blue": 100})
    with pytest.raises(SdkError, match="carries 100 % of the traffic"):
        endpoint.run("client.online_deployments.begin_delete('blue', 'ep1').result()")
    endpoint.run("client.online_endpoints.begin_delete('ep1').result()")
    with pytest.raises(SdkError, match="Not found") as raised:
        endpoint.run("client.online_endpoints.get('ep1')")
    assert raised.value.kind == "ResourceNotFoundError"


def test_a_lost_answer_to_a_deployment_ends_in_a_conflict(azure: Azure, endpoint: SdkSession, folder: str) -> None:
    azure.operations(looks=5)
    azure.fault("PUT", "/deployments/blue", effects.lost_answer())
    with pytest.raises(SdkError, match="is in progress") as raised:
        deploy(endpoint, folder)
    assert raised.value.kind == "ResourceExistsError"
    azure.end_operations()
    assert azure.deployments("ep1")["blue"]["provisioningState"] == "Succeeded"


def test_keys_and_tokens(azure: Azure, sdk: SdkSession) -> None:
    for name, mode in (("key1", "Key"), ("aad1", "AADToken")):
        arrange.online_endpoint(azure, name, mode=mode)
    keys = "keys = client.online_endpoints.get_keys(name)\n"
    assert azure.marker in sdk.run(keys + "result = keys.primary_key", name="key1")
    assert azure.marker in sdk.run(keys + "result = keys.access_token", name="aad1")


def test_traffic_is_split(azure: Azure, sdk: SdkSession) -> None:
    arrange.online_endpoint(azure, "ep1")
    for name in ("blue", "green"):
        arrange.online_deployment(azure, "ep1", name)
    arrange.online_endpoint(azure, "ep1", {"blue": 70, "green": 30})
    azure.answer("ep1", "green", canned({"error": {"message": "bad"}}, status=424))
    code = SCORE.replace("result = client", "client")
    with pytest.raises(SdkError, match="bad"):
        sdk.run(code, name="green")
    with pytest.raises(SdkError, match="Deployment name red not found"):
        sdk.run(code, name="red")
    assert azure.traffic_history("ep1")[-1].healthy_share == 70


def test_packages(azure: Azure, sdk: SdkSession, folder: str) -> None:
    azure.answer("ep1", "blue", served())
    sdk.run(SETUP, folder=folder, image=ENVIRONMENT)
    target = sdk.run(PACKAGE, folder=folder)
    assert target == "pkg:1"
    sdk.run(DEPLOY_PACKAGE)
    assert sdk.run(SCORE, name="blue") == '{"y": [20.0, 30.0]}'
    [environment] = [one for name, one in azure.environments().items() if name == "pkg:1"]
    assert environment["inferenceConfig"]["scoringRoute"] == {"path": "/score", "port": 5001}

"""The real SDK deploys to the stand-in's online endpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_session import SdkError, SdkSession
from standin import effects
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

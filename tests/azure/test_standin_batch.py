"""The real SDK deploys to the stand-in's batch endpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_session import SdkError, SdkSession
from standin import arrange
from standin.client import Azure

DEPLOY = """
from azure.ai.ml.constants import BatchDeploymentOutputAction
from azure.ai.ml.entities import BatchEndpoint, BatchRetrySettings, CodeConfiguration
from azure.ai.ml.entities import ModelBatchDeployment, ModelBatchDeploymentSettings
client.batch_endpoints.begin_create_or_update(BatchEndpoint(name="bep")).result()
deployment = client.batch_deployments.begin_create_or_update(ModelBatchDeployment(
    name="one", endpoint_name="bep", model="azureml:m:1", environment="azureml:e:1", compute=compute,
    code_configuration=CodeConfiguration(code=folder, scoring_script="batch_score.py"),
    settings=ModelBatchDeploymentSettings(
        mini_batch_size=5, max_concurrency_per_instance=1, output_action=BatchDeploymentOutputAction.APPEND_ROW,
        output_file_name="p.csv", retry_settings=BatchRetrySettings(max_retries=2, timeout=30)))).result()
result = deployment.provisioning_state
"""
DEFAULT = """
endpoint = client.batch_endpoints.get("bep")
endpoint.defaults.deployment_name = "one"
client.batch_endpoints.begin_create_or_update(endpoint).result()
result = client.batch_endpoints.get("bep").defaults.deployment_name
"""


@pytest.fixture
def parts(azure: Azure, tmp_path: Path) -> str:
    """Model and environment in the workspace; returns the folder with the code."""
    arrange.model(azure)
    arrange.environment(azure)
    (tmp_path / "batch_score.py").write_text("def init(): ...\ndef run(mini_batch): return mini_batch\n")
    return str(tmp_path)


def test_a_batch_deployment_becomes_the_default(azure: Azure, sdk: SdkSession, parts: str) -> None:
    assert sdk.run(DEPLOY, folder=parts, compute="cpu-cluster") == "Succeeded"
    properties = azure.batch_deployments("bep")["one"]
    assert properties["model"]["assetId"].endswith("/models/m/versions/1")
    assert (properties["miniBatchSize"], properties["outputFileName"]) == (5, "p.csv")
    assert sdk.run(DEFAULT) == "one"
    with pytest.raises(SdkError, match="default deployment"):
        sdk.run("client.batch_deployments.begin_delete('one', 'bep').result()")
    sdk.run("client.batch_endpoints.begin_delete('bep').result()")
    assert azure.batch_endpoints() == {}


def test_an_unknown_compute(sdk: SdkSession, parts: str) -> None:
    with pytest.raises(SdkError, match="compute was not found"):
        sdk.run(DEPLOY, folder=parts, compute="gpu-cluster")


def test_computes_and_sizes_can_be_read(sdk: SdkSession) -> None:
    assert sdk.run("result = client.compute.get('cpu-cluster').size") == "Standard_DS3_v2"
    assert "Standard_DS3_v2" in sdk.run("result = [one.name for one in client.compute.list_sizes()]")
    with pytest.raises(SdkError, match="was not found"):
        sdk.run("client.compute.get('nothing')")

"""Fills the workspace for a test at once, without the SDK. Each function returns the new resource's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standin.client import Azure

STORE = "azureml://datastores/workspaceblobstore/paths"
IMAGE = "mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference:latest"
SCRIPT = "def init():\n    pass\n\n\ndef run(text):\n    return text\n"


def model(azure: Azure, name: str = "m", version: str = "1", *, text: str = "model", **properties: object) -> str:
    """A model of one file."""
    azure.put_blob(f"arranged/{name}/{version}/model.onnx", text)
    uri = f"{STORE}/arranged/{name}/{version}/model.onnx"
    return _put(azure, f"models/{name}/versions/{version}", {"modelUri": uri, **properties})


def environment(azure: Azure, name: str = "e", version: str = "1") -> str:
    return _put(azure, f"environments/{name}/versions/{version}", {"image": IMAGE, "condaFile": "name: x"})


def code(azure: Azure, name: str = "c", script: str = SCRIPT) -> str:
    """Code whose scoring script is `score.py`."""
    azure.put_blob(f"arranged/code/{name}/score.py", script)
    uri = f"https://{azure.workspace.account}.blob.core.windows.net/{azure.workspace.container}/arranged/code/{name}"
    return _put(azure, f"codes/{name}/versions/1", {"codeUri": uri})


def online_endpoint(azure: Azure, name: str, traffic: dict[str, int] | None = None, *, mode: str = "Key") -> str:
    """An endpoint; or, when there is one, its new traffic."""
    return _put(azure, f"onlineEndpoints/{name}", {"authMode": mode, "traffic": traffic or {}}, **_located(azure))


def online_deployment(azure: Azure, endpoint: str, name: str, *, instances: int = 1, **properties: object) -> str:
    """A deployment of the model `m:1` with the environment `e:1` and the code `c`, which are made too."""
    given = {
        "model": model(azure),
        "environmentId": environment(azure),
        "codeConfiguration": {"codeId": code(azure), "scoringScript": "score.py"},
        "instanceType": "Standard_DS2_v2",
        "endpointComputeType": "Managed",
        **properties,
    }
    beside = {**_located(azure), "sku": {"name": "Default", "capacity": instances}}
    return _put(azure, f"onlineEndpoints/{endpoint}/deployments/{name}", given, **beside)


def batch_endpoint(azure: Azure, name: str, default: str | None = None) -> str:
    properties = {"authMode": "aadToken", "defaults": {"deploymentName": default}}
    return _put(azure, f"batchEndpoints/{name}", properties, **_located(azure))


def batch_deployment(azure: Azure, endpoint: str, name: str, **properties: object) -> str:
    """A deployment on the compute `cpu-cluster`, of parts as in `online_deployment`."""
    given = {
        "model": {"assetId": model(azure), "referenceType": "Id"},
        "environmentId": environment(azure),
        "codeConfiguration": {"codeId": code(azure), "scoringScript": "score.py"},
        "compute": f"{azure.workspace.workspace_path}/computes/cpu-cluster",
        **properties,
    }
    return _put(azure, f"batchEndpoints/{endpoint}/deployments/{name}", given, **_located(azure))


def _put(azure: Azure, path: str, properties: dict[str, Any], **beside: object) -> str:
    return str(azure.arm("PUT", path, {"properties": properties, **beside})["id"])


def _located(azure: Azure) -> dict[str, str]:
    return {"location": azure.workspace.location}

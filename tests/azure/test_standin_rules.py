"""What the real service refuses, the stand-in refuses."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError

import pytest
from standin import arrange
from standin.client import Azure


def refusal(azure: Azure, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPError) as raised:
        azure.arm(method, path, body)
    with raised.value as answer:
        return answer.code, json.load(answer)["error"]


@pytest.fixture
def live(azure: Azure) -> Azure:
    """An endpoint `ep1` with all traffic on `blue`."""
    arrange.online_endpoint(azure, "ep1")
    arrange.online_deployment(azure, "ep1", "blue")
    arrange.online_endpoint(azure, "ep1", {"blue": 100})
    return azure


def endpoint_body(**properties: object) -> dict[str, object]:
    return {"location": "eastus", "properties": {"authMode": "Key", **properties}}


def changed(azure: Azure, path: str, **properties: object) -> dict[str, Any]:
    """The resource as it is, with other properties, as the body of a PUT."""
    resource = azure.arm("GET", path)
    return {**resource, "properties": {**resource["properties"], **properties}}


@pytest.mark.parametrize(
    ("path", "properties", "said"),
    [
        ("models/m/versions/1.0", {"modelUri": "x"}, "version of models '1.0' is invalid"),
        ("models/m/versions/0", {"modelUri": "x"}, "version of models '0' is invalid"),
        ("models/-m/versions/1", {"modelUri": "x"}, "asset name '-m' is invalid"),
        ("models/m/versions/1", {}, "'modelUri' is a required property"),
        ("models/m/versions/1", {"modelUri": "x", "modelType": "onnx"}, "modelType: 'onnx' does not match"),
        ("models/m/versions/1", {"modelUri": "x", "tags": {"rank": 1}}, "tags.rank: 1 is not of type"),
        ("models/m/versions/1", {"modelUri": "https://elsewhere/x"}, "not in the workspace's storage"),
        ("models/m/versions/1", {"modelUri": "azureml://datastores/other/paths/x"}, "Datastore 'other' was not found"),
        ("models/m/versions/1", {"modelUri": f"{arrange.STORE}/nothing"}, "Nothing is stored at"),
        ("data/d/versions/1", {"dataUri": "x", "dataType": "file"}, "dataType: 'file' does not match"),
        ("environments/e/versions/1", {"condaFile": "name: x"}, "is not valid under any of the given schemas"),
        ("codes/c/versions/1", {}, "'codeUri' is a required property"),
    ],
)
def test_bad_assets(azure: Azure, path: str, properties: dict[str, object], said: str) -> None:
    status, error = refusal(azure, "PUT", path, {"properties": properties})
    assert status == 400
    assert said in error["message"]
    assert azure.models() == azure.data() == azure.environments() == {}


def test_a_version_keeps_its_content_and_takes_new_tags(azure: Azure) -> None:
    arrange.model(azure, tags={"a": "1"})
    arrange.model(azure, tags={"a": "2"})
    assert azure.models()["m:1"]["tags"] == {"a": "2"}
    azure.put_blob("other", "other")
    body = {"properties": {"modelUri": f"{arrange.STORE}/other"}}
    status, error = refusal(azure, "PUT", "models/m/versions/1", body)
    assert (status, "already exists with other content" in error["message"]) == (409, True)


def test_the_service_counts_versions(azure: Azure) -> None:
    for version in ("2", "10", "9"):
        arrange.model(azure, version=version)
    container = azure.arm("GET", "models/m")["properties"]
    assert (container["latestVersion"], container["nextVersion"]) == ("9", "11")


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"traffic": {"green": 100}}, "do not exist: green"),
        ({"traffic": {"blue": 90}}, "must sum to 0 or 100, not 90"),
        ({"traffic": {"blue": 101}}, "101 is greater than the maximum"),
        ({"traffic": {"blue": "100"}}, "is not of type 'integer'"),
        ({"authMode": "none"}, "authMode: 'none' does not match"),
    ],
)
def test_bad_endpoints(live: Azure, properties: dict[str, object], said: str) -> None:
    status, error = refusal(live, "PUT", "onlineEndpoints/ep1", endpoint_body(**properties))
    assert status == 400
    assert said in error["message"]
    assert live.endpoints()["ep1"]["traffic"] == {"blue": 100}


@pytest.mark.parametrize("name", ["ab", "a" * 33, "1ab", "a_b", "ab-"])
def test_bad_endpoint_names(azure: Azure, name: str) -> None:
    for kind in ("onlineEndpoints", "batchEndpoints"):
        status, error = refusal(azure, "PUT", f"{kind}/{name}", endpoint_body())
        assert (status, "endpoint name" in error["message"]) == (400, True)


def test_an_endpoint_name_has_one_kind(azure: Azure) -> None:
    arrange.batch_endpoint(azure, "taken")
    arrange.online_endpoint(azure, "occupied")
    assert refusal(azure, "PUT", "onlineEndpoints/taken", endpoint_body())[0] == 409
    assert refusal(azure, "PUT", "batchEndpoints/occupied", endpoint_body(authMode="aadToken"))[0] == 409


def test_a_put_without_traffic_takes_the_live_traffic_away(live: Azure) -> None:
    live.arm("PUT", "onlineEndpoints/ep1", endpoint_body())
    assert live.endpoints()["ep1"]["traffic"] == {}
    assert live.traffic_history("ep1")[-1].healthy_share == 0


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"model": "m:1"}, "The model was not found: m:1"),
        ({"environmentId": "e:7"}, "The environment was not found: e:7"),
        ({"codeConfiguration": {"codeId": "nothing", "scoringScript": "score.py"}}, "The code was not found"),
        ({"codeConfiguration": None}, "needs codeConfiguration"),
        ({"environmentId": None, "codeConfiguration": None}, "needs environmentId and codeConfiguration"),
        ({"instanceType": "Standard_Nothing"}, "instance type Standard_Nothing is not supported"),
        ({"requestSettings": {"requestTimeout": 5}}, "requestTimeout: 5 is not of type 'string'"),
        ({"environmentVariables": {"N": 1}}, "environmentVariables.N: 1 is not of type"),
    ],
)
def test_bad_deployments(live: Azure, properties: dict[str, object], said: str) -> None:
    path = "onlineEndpoints/ep1/deployments"
    body = changed(live, f"{path}/blue", **properties)
    status, error = refusal(live, "PUT", f"{path}/green", body)
    assert status == 400
    assert said in error["message"]
    assert list(live.deployments("ep1")) == ["blue"]


def test_the_quota_counts_what_the_service_keeps_in_reserve(live: Azure) -> None:
    live.set(quota_cores=12)
    body = changed(live, "onlineEndpoints/ep1/deployments/blue") | {"sku": {"name": "Default", "capacity": 4}}
    status, error = refusal(live, "PUT", "onlineEndpoints/ep1/deployments/green", body)
    assert (status, error["code"]) == (400, "OutOfQuota")
    assert "Current usage/limit: 4/12. Additional needed: 10" in error["message"]
    body["sku"]["capacity"] = 3
    live.arm("PUT", "onlineEndpoints/ep1/deployments/green", body)


def test_deleting(live: Azure) -> None:
    status, error = refusal(live, "DELETE", "onlineEndpoints/ep1/deployments/blue")
    assert (status, "carries 100 % of the traffic" in error["message"]) == (400, True)
    arrange.online_endpoint(live, "ep1", {"blue": 0})
    live.arm("DELETE", "onlineEndpoints/ep1/deployments/blue")
    assert live.endpoints()["ep1"]["traffic"] == {}
    live.arm("DELETE", "onlineEndpoints/ep1")
    assert live.endpoints() == {}


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"compute": "cpu-cluster"}, "The compute was not found"),
        ({"compute": None}, "compute: None is not of type"),
        ({"model": "m:1"}, "model: 'm:1' is not of type"),
        ({"errorThreshold": -2}, "-2 is less than the minimum"),
        ({"outputAction": "append_row"}, "outputAction: 'append_row' does not match"),
    ],
)
def test_bad_batch_deployments(azure: Azure, properties: dict[str, object], said: str) -> None:
    path = "batchEndpoints/bep/deployments"
    arrange.batch_endpoint(azure, "bep")
    arrange.batch_deployment(azure, "bep", "one")
    status, error = refusal(azure, "PUT", f"{path}/two", changed(azure, f"{path}/one", **properties))
    assert status == 400
    assert said in error["message"]


def test_batch_defaults(azure: Azure) -> None:
    arrange.batch_endpoint(azure, "bep")
    body = endpoint_body(authMode="aadToken", defaults={"deploymentName": "one"})
    assert refusal(azure, "PUT", "batchEndpoints/bep", body)[0] == 400
    arrange.batch_deployment(azure, "bep", "one")
    arrange.batch_endpoint(azure, "bep", "one")
    status, error = refusal(azure, "DELETE", "batchEndpoints/bep/deployments/one")
    assert (status, "default deployment" in error["message"]) == (400, True)


def package_body(azure: Azure, target: str, script: str = "score.py") -> dict[str, object]:
    server = {
        "serverType": "AzureMLOnline",
        "codeConfiguration": {"codeId": arrange.code(azure), "scoringScript": script},
    }
    return {"targetEnvironmentId": target, "inferencingServer": server}


def test_a_package_is_a_new_environment(azure: Azure) -> None:
    arrange.model(azure)
    target = f"azureml://locations/eastus/workspaces/{azure.workspace.workspace_id}/environments/pkg"
    for _ in range(2):
        azure.arm("POST", "models/m/versions/1/package", package_body(azure, target))
    assert list(azure.environments()) == ["pkg:1", "pkg:2"]
    status, _ = refusal(azure, "POST", "models/m/versions/1/package", package_body(azure, f"{target}/versions/2"))
    assert status == 409
    assert refusal(azure, "POST", "models/m/versions/1/package", package_body(azure, "pkg"))[0] == 400
    azure.arm("POST", "models/m/versions/1/package", package_body(azure, target, "other.py"))
    assert azure.operations()[-1]["status"] == "Failed"
    assert list(azure.environments()) == ["pkg:1", "pkg:2"]


def test_unknown_places(azure: Azure) -> None:
    assert refusal(azure, "GET", "models/nothing/versions/1")[0] == 404
    assert refusal(azure, "GET", "nothing")[0] == 404
    assert refusal(azure, "DELETE", "models/m")[0] == 405
    assert refusal(azure, "PUT", "onlineEndpoints/none/deployments/blue", {})[0] == 404

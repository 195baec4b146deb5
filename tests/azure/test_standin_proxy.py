"""By way of the proxy the SDK believes that it talks to Azure: real host names everywhere, and nothing leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sdk_session import SdkSession
from standin.client import Azure

FLOW = """
from azure.ai.ml.entities import BuildContext, CodeConfiguration, ManagedOnlineDeployment, ManagedOnlineEndpoint
client.models.create_or_update(Model(name="m", path=f"{folder}/m.txt", version="1"))
client.environments.create_or_update(Environment(name="e", version="1", build=BuildContext(path=folder)))
client.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="ep1", auth_mode="key")).result()
client.online_deployments.begin_create_or_update(ManagedOnlineDeployment(
    name="blue", endpoint_name="ep1", model="azureml:m:1", environment="azureml:e:1", instance_count=1,
    instance_type="Standard_DS3_v2",
    code_configuration=CodeConfiguration(code=folder, scoring_script="score.py"))).result()
result = client.online_endpoints.get("ep1").scoring_uri
"""


@pytest.fixture(scope="module")
def proxied_sdk(azure_process: Azure, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkSession]:
    place = azure_process.workspace
    principal = {
        "AZURE_TENANT_ID": place.tenant,
        "AZURE_CLIENT_ID": "00000000-0000-0000-0000-000000000001",
        "AZURE_CLIENT_SECRET": "secret of the test",
    }
    names = (place.subscription, place.resource_group, place.workspace)
    session = SdkSession(azure_process.proxy_environment | principal, names, tmp_path_factory.mktemp("proxied"))
    yield session
    session.stop()


def test_the_whole_way(azure: Azure, proxied_sdk: SdkSession, tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_text("10")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "score.py").write_text("def init(): ...\ndef run(text): return text\n")
    uri = proxied_sdk.run(FLOW, folder=str(tmp_path))
    assert uri == "https://ep1.eastus.inference.ml.azure.com/score"
    build = azure.environments()["e:1"]["build"]["contextUri"]
    assert build.startswith("https://standinacct.blob.core.windows.net/azureml-blobstore/LocalUpload/")
    hosts = {one["host"] for one in azure.requests()}
    blobs = "standinacct.blob.core.windows.net"
    assert hosts == {"management.azure.com", "login.microsoftonline.com", blobs}


def test_other_hosts_are_not_reached(azure: Azure) -> None:
    proxies = {"https": azure.plain_url}
    with pytest.raises(requests.exceptions.SSLError):
        requests.get("https://example.org", proxies=proxies, verify=str(azure.ca), timeout=60)

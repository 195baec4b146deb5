"""Uploads against Azurite: a second opinion on what the stand-in's own blob store accepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from azurite import Azurite
from sdk_session import SdkSession
from standin.client import Azure

pytestmark = pytest.mark.slow
FLOW = """
from azure.ai.ml.entities import BuildContext, CodeConfiguration, Data, ManagedOnlineDeployment, ManagedOnlineEndpoint
for _ in range(2):
    client.models.create_or_update(Model(name="m", path=f"{folder}/m.bin", version="1"))
client.data.create_or_update(Data(name="d", path=folder, type="uri_folder", version="1"))
client.environments.create_or_update(Environment(name="e", version="1", build=BuildContext(path=folder)))
client.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name="ep1", auth_mode="key")).result()
client.online_deployments.begin_create_or_update(ManagedOnlineDeployment(
    name="blue", endpoint_name="ep1", model="azureml:m:1", environment="azureml:e:1", instance_count=1,
    instance_type="Standard_DS3_v2",
    code_configuration=CodeConfiguration(code=folder, scoring_script="score.py"))).result()
client.models.download("m", "1", download_path=f"{folder}/back")
"""


def test_the_sdk_uploads_to_azurite(azure: Azure, azurite: Azurite, sdk: SdkSession, tmp_path: Path) -> None:
    content = bytes(range(251)) * 40_000  # 10 MB: some blocks
    (tmp_path / "m.bin").write_bytes(content)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "score.py").write_text("def init(): ...\ndef run(text): return text\n")
    assert azurite.host in str(azure.arm("GET", "datastores/workspaceblobstore"))
    sdk.run(FLOW, folder=str(tmp_path))
    assert azure.deployments("ep1")["blue"]["provisioningState"] == "Succeeded"
    assert azure.blobs() == []
    [back] = (tmp_path / "back").rglob("m.bin")
    assert back.read_bytes() == content

"""The real SDK registers models, data and environments with the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_session import SdkError, SdkSession
from standin.client import Azure

MODEL = "result = client.models.create_or_update(Model(name='m', path=path, version=version, tags=tags)).version"


@pytest.fixture
def model_file(tmp_path: Path) -> str:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"model " * 1000)
    return str(path)


def register(sdk: SdkSession, path: str, version: str | None = "1", **tags: str) -> str:
    return str(sdk.run(MODEL, path=path, version=version, tags=tags))


def uploads(azure: Azure) -> list[str]:
    return [one["path"] for one in azure.requests("PUT", r"/azureml-blobstore/[^?]+\?(?!comp)")]


def test_a_file_model_is_uploaded_once(azure: Azure, sdk: SdkSession, model_file: str) -> None:
    assert register(sdk, model_file, a="b") == "1"
    assert register(sdk, model_file, a="c") == "1"
    assert len(uploads(azure)) == 1
    [(name, properties)] = azure.models().items()
    assert name == "m:1"
    assert properties["tags"] == {"a": "c"}
    [blob] = azure.blobs()
    assert blob["size"] == 6000
    assert blob["metadata"]["upload_status"] == "completed"
    assert azure.blob(blob["container"], blob["name"]) == b"model " * 1000


def test_a_version_never_changes_its_content(azure: Azure, sdk: SdkSession, model_file: str) -> None:
    register(sdk, model_file)
    Path(model_file).write_bytes(b"other")
    with pytest.raises(SdkError, match="already exists with other content") as raised:
        register(sdk, model_file)
    assert raised.value.kind == "ResourceExistsError"
    assert list(azure.models()) == ["m:1"]


def test_a_folder_gets_the_next_version(azure: Azure, sdk: SdkSession, model_file: str) -> None:
    folder = str(Path(model_file).parent)
    (Path(folder) / "model.onnx.data").write_bytes(b"weights")
    assert [register(sdk, folder, None), register(sdk, folder, None)] == ["1", "2"]
    assert len(uploads(azure)) == 2
    assert sorted(azure.models()) == ["m:1", "m:2"]

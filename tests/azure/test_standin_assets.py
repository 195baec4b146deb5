"""The real SDK registers models, data and environments with the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_session import SdkError, SdkSession
from standin import effects
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


def test_a_lookup_says_what_is_there(sdk: SdkSession, model_file: str) -> None:
    with pytest.raises(SdkError, match="Not found") as raised:
        sdk.run("client.models.get('m', '1')")
    assert raised.value.kind == "ResourceNotFoundError"
    for version in ("1", "2"):
        register(sdk, model_file, version)
    assert sdk.run("result = client.models.get('m', label='latest').version") == "2"
    assert sdk.run("result = [one.version for one in client.models.list('m')]") == ["1", "2"]
    assert sdk.run("result = [one.name for one in client.models.list()]") == ["m"]


def test_a_download_gives_the_files_back(sdk: SdkSession, model_file: str, tmp_path: Path) -> None:
    register(sdk, str(tmp_path))
    target = tmp_path / "back"
    sdk.run("client.models.download('m', '1', download_path=target)", target=str(target))
    [found] = target.rglob("m.onnx")
    assert found.read_bytes() == Path(model_file).read_bytes()


def test_data_of_both_kinds(azure: Azure, sdk: SdkSession, model_file: str) -> None:
    code = "result = client.data.create_or_update(Data(name=name, path=path, type=kind, version=version)).version"
    assert sdk.run(code, name="one", path=model_file, kind="uri_file", version="1.0-beta") == "1.0-beta"
    folder = str(Path(model_file).parent)
    assert [sdk.run(code, name="all", path=folder, kind="uri_folder", version=None) for _ in range(2)] == ["1", "2"]
    assert sorted(azure.data()) == ["all:1", "all:2", "one:1.0-beta"]


def test_environments(azure: Azure, sdk: SdkSession, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    sdk.run(
        "from azure.ai.ml.entities import BuildContext\n"
        "conda = {'name': 'x', 'dependencies': ['python=3.11']}\n"
        "client.environments.create_or_update("
        "    Environment(name='conda', version='1', image='mcr.microsoft.com/azureml/base:latest', conda_file=conda))\n"
        "client.environments.create_or_update(Environment(name='built', version='1', build=BuildContext(path=folder)))",
        folder=str(tmp_path),
    )
    assert "python=3.11" in azure.environments()["conda:1"]["condaFile"]
    assert azure.environments()["built:1"]["build"]["contextUri"].endswith("/")


def test_a_folder_uploads_on_after_throttling(azure: Azure, sdk: SdkSession, model_file: str) -> None:
    azure.fault("PUT", "/models/m/versions/1", effects.status(429, retry_after=0.1), times=2)
    azure.fault("GET", "/datastores/", effects.status(503))
    assert register(sdk, model_file) == "1"
    assert [one["status"] for one in azure.requests("PUT", "/models/")] == [429, 429, 201]


@pytest.mark.parametrize("credentials", ["AccountKey", "None"])
def test_every_kind_of_datastore_credential(azure: Azure, sdk: SdkSession, model_file: str, credentials: str) -> None:
    azure.set(datastore_credentials=credentials)
    assert register(sdk, model_file) == "1"
    used = {one["headers"]["authorization"].split()[0] for one in azure.requests("PUT", "m.onnx")}
    assert used == {"SharedKey" if credentials == "AccountKey" else "Bearer"}


def test_tags_of_a_registered_model_can_be_changed(azure: Azure, sdk: SdkSession, model_file: str) -> None:
    register(sdk, model_file)
    sdk.run("model = client.models.get('m', '1')\nmodel.tags = {'rank': '1'}\nclient.models.create_or_update(model)")
    assert azure.models()["m:1"]["tags"] == {"rank": "1"}
    assert len(uploads(azure)) == 1

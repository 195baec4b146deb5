"""`modelpress publish model` registers what is new, keeps what is there, and refuses what would change a version."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from publishing import NAME, Project, blob_requests, changes, make_project, publish, running
from sdk_session import SdkSession
from standin.client import Azure

MODEL = f"{NAME}:1"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "deploy")


def digest_of(project: Project, azure: Azure) -> str:
    [step] = publish(azure, "model", project.folder, "-n").document["steps"]
    return str(step["overlays"]["tags.content_sha256"])


def test_a_new_model_is_uploaded_and_registered(azure: Azure, project: Project) -> None:
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 0
    [artifact] = outcome.document["artifacts"]
    sha256 = artifact["content_sha256"]
    assert artifact == {"type": "model", "asset": f"azureml:{MODEL}", "action": "create", "content_sha256": sha256}
    properties = azure.models()[MODEL]
    assert properties["modelUri"].endswith(f"/datastores/workspaceblobstore/paths/modelpress/{sha256}/model")
    assert properties["modelType"] == "custom_model"
    assert properties["description"] == "The best candidate."
    assert properties["tags"] == {"rank": "1", "content_sha256": sha256}
    assert {blob["name"]: azure.blob(blob["container"], blob["name"]) for blob in azure.blobs()} == {
        f"modelpress/{sha256}/model/model.onnx": b"model " * 1000,
        f"modelpress/{sha256}/model/metrics.json": b"{}\n",
    }
    assert project.state["steps"] == {f"model:{NAME}": {"content_sha256": sha256, "version": "1"}}
    assert list(project.state["uploads"]) == [sha256]


def test_a_second_run_changes_nothing(azure: Azure, project: Project) -> None:
    publish(azure, "model", project.folder)
    before, state = changes(azure), project.state_file.read_bytes()
    outcome = publish(azure, "model", project.folder)
    assert outcome.document["artifacts"][0]["action"] == "keep"
    assert changes(azure) == before
    assert project.state_file.read_bytes() == state


def test_a_second_run_needs_no_state_file(azure: Azure, project: Project) -> None:
    publish(azure, "model", project.folder)
    project.state_file.unlink()
    before = changes(azure)
    assert publish(azure, "model", project.folder).document["artifacts"][0]["action"] == "keep"
    assert changes(azure) == before


def test_a_dry_run_shows_all_and_changes_nothing(azure: Azure, project: Project) -> None:
    outcome = publish(azure, "model", project.folder, "--dry-run")
    assert outcome.exit_code == 0
    [step] = outcome.document["steps"]
    sha256 = step["overlays"]["tags.content_sha256"]
    assert outcome.document == {
        "workspace": f"workspace {azure.workspace.workspace} in resource group {azure.workspace.resource_group}",
        "steps": [
            {
                "kind": "model",
                "name": NAME,
                "version": "1",
                "action": "create",
                "reason": "there is no such version yet",
                "file": f"azureml/models/{NAME}.yml",
                "overlays": {
                    "path": f"azureml://datastores/workspaceblobstore/paths/modelpress/{sha256}/model",
                    "tags.content_sha256": sha256,
                },
            }
        ],
    }
    assert changes(azure) == []
    assert not project.state_file.exists()
    assert not azure.requests("*", "datastores")  # no secret is asked for either


def test_the_dry_run_of_a_person(azure: Azure, project: Project) -> None:
    sha256 = digest_of(project, azure)
    outcome = publish(azure, "model", project.folder, "-n", as_json=False)
    assert outcome.stdout == (
        f"in workspace {azure.workspace.workspace} in resource group {azure.workspace.resource_group}\n"
        f"  would create model {NAME}, version 1: there is no such version yet\n"
        f"      path: azureml://datastores/workspaceblobstore/paths/modelpress/{sha256}/model\n"
        f"      tags.content_sha256: {sha256}\n"
    )
    assert outcome.stderr == ""


def test_other_content_under_a_version_is_refused_before_anything_is_sent(azure: Azure, project: Project) -> None:
    publish(azure, "model", project.folder)
    project.write("model/model.onnx", b"another")
    before = changes(azure)
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 1
    assert outcome.error["message"] == f"model {NAME}, version 1: version 1 exists with other content"
    assert "--on-conflict next" in outcome.error["hint"]
    dry = publish(azure, "model", project.folder, "-n")
    assert dry.exit_code == 1
    assert dry.document["steps"][0]["action"] == "conflict"
    assert changes(azure) == before


def test_on_conflict_next_takes_the_next_version_once(azure: Azure, project: Project) -> None:
    publish(azure, "model", project.folder)
    project.write("model/model.onnx", b"another")
    for action in ("create", "keep"):
        [artifact] = publish(azure, "model", project.folder, "--on-conflict", "next").document["artifacts"]
        assert (artifact["asset"], artifact["action"]) == (f"azureml:{NAME}:2", action)
    assert sorted(azure.models()) == [f"{NAME}:1", f"{NAME}:2"]


def test_one_conflict_stops_the_others_too(azure: Azure, project: Project) -> None:
    publish(azure, "model", project.folder)
    project.asset(name="digits_cpu-cpu_2")
    project.write("model/model.onnx", b"another")
    assert publish(azure, "model", project.folder).exit_code == 1
    assert list(azure.models()) == [MODEL]


def test_without_a_version_the_next_one_is_taken(azure: Azure, project: Project) -> None:
    project.asset(version=None)
    assert publish(azure, "model", project.folder).document["artifacts"][0]["asset"] == f"azureml:{NAME}:1"
    project.write("model/model.onnx", b"another")
    for action in ("create", "keep"):
        [artifact] = publish(azure, "model", project.folder).document["artifacts"]
        assert (artifact["asset"], artifact["action"]) == (f"azureml:{NAME}:2", action)


def test_what_an_earlier_run_chose_is_kept_though_others_registered_more(
    azure: Azure, project: Project, tmp_path: Path
) -> None:
    project.asset(version=None)
    publish(azure, "model", project.folder)
    other = make_project(tmp_path / "other", b"theirs")
    other.asset(version=None)
    assert publish(azure, "model", other.folder).document["artifacts"][0]["asset"] == f"azureml:{NAME}:2"
    [artifact] = publish(azure, "model", project.folder).document["artifacts"]
    assert (artifact["asset"], artifact["action"]) == (f"azureml:{NAME}:1", "keep")


def test_archived_versions_keep_their_numbers(azure: Azure, sdk: SdkSession, project: Project) -> None:
    publish(azure, "model", project.folder)
    sdk.run(f"client.models.archive(name='{NAME}', version='1')")
    project.asset(version=None)
    project.write("model/model.onnx", b"another")
    assert publish(azure, "model", project.folder).document["artifacts"][0]["asset"] == f"azureml:{NAME}:2"


def test_other_tags_are_updated_and_those_of_others_stay(azure: Azure, sdk: SdkSession, project: Project) -> None:
    publish(azure, "model", project.folder)
    sdk.run(f"m = client.models.get('{NAME}', '1'); m.tags['stage'] = 'production'; client.models.create_or_update(m)")
    assert publish(azure, "model", project.folder).document["artifacts"][0]["action"] == "keep"
    project.asset(tags={"rank": "2"}, description="Second.")
    [step] = publish(azure, "model", project.folder, "-n").document["steps"]
    assert step["action"] == "update"
    assert step["reason"] == "it holds this content, with another description and tag rank"
    blobs = blob_requests(azure)
    publish(azure, "model", project.folder)
    properties = azure.models()[MODEL]
    assert properties["tags"]["rank"] == "2"
    assert properties["tags"]["stage"] == "production"
    assert properties["description"] == "Second."
    assert blob_requests(azure) == blobs


def test_a_version_that_does_not_say_what_it_holds_is_a_conflict(
    azure: Azure, sdk: SdkSession, project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"by hand")
    sdk.run(f"client.models.create_or_update(Model(name='{NAME}', version='1', path=path))", path=str(file))
    assert publish(azure, "model", project.folder).error["message"] == (
        f"model {NAME}, version 1: version 1 exists, and does not say what it holds (it has no tag content_sha256)"
    )
    outcome = publish(azure, "model", project.folder, "--on-conflict", "next")
    assert outcome.document["artifacts"][0]["asset"] == f"azureml:{NAME}:2"


def test_the_same_content_of_another_type_is_a_conflict(azure: Azure, project: Project) -> None:
    project.write("model/MLmodel", "flavors: {}\n")
    publish(azure, "model", project.folder)
    project.asset(type="mlflow_model")
    assert publish(azure, "model", project.folder).error["message"] == (
        f"model {NAME}, version 1: version 1 exists as custom_model, not as mlflow_model"
    )


def test_an_mlflow_model_is_registered_as_one(azure: Azure, project: Project) -> None:
    project.write("model/mlflow_model/MLmodel", "flavors: {}\n")
    project.asset(type="mlflow_model", path="../../model/mlflow_model")
    assert publish(azure, "model", project.folder).exit_code == 0
    properties = azure.models()[MODEL]
    assert properties["modelType"] == "mlflow_model"
    assert properties["modelUri"].endswith("/mlflow_model")


def test_a_folder_name_that_no_uri_takes_is_changed(azure: Azure, project: Project) -> None:
    project.write("my model #1/model.onnx", "m")
    project.asset(path="../../my model #1")
    assert publish(azure, "model", project.folder).exit_code == 0
    assert azure.models()[MODEL]["modelUri"].endswith("/my_model__1")


def test_several_candidates_share_what_is_the_same(azure: Azure, project: Project) -> None:
    project.asset(name="digits_cpu-cpu_2")
    project.write("second/model/model.onnx", b"second")
    project.asset(name="digits_cpu-openvino_1", path="../../second/model")
    outcome = publish(azure, "model", project.folder)
    assert [one["asset"] for one in outcome.document["artifacts"]] == [
        f"azureml:{name}:1" for name in (NAME, "digits_cpu-cpu_2", "digits_cpu-openvino_1")
    ]
    assert len(blob_requests(azure)) == 3  # two files of the first two, one of the third
    assert len(azure.models()) == 3


def test_a_single_file_is_a_model_too(azure: Azure, project: Project) -> None:
    project.asset(path="../../model/model.onnx")
    publish(azure, "model", project.folder)
    [blob] = azure.blobs()
    assert blob["name"].endswith("/model.onnx")
    assert azure.models()[MODEL]["modelUri"].endswith("/" + blob["name"])
    assert publish(azure, "model", project.folder).document["artifacts"][0]["action"] == "keep"


def test_a_zip_is_published_without_being_unpacked(azure: Azure, project: Project, tmp_path: Path) -> None:
    target = tmp_path / "packed" / "deploy.zip"
    target.parent.mkdir()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(project.folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(project.folder).as_posix())
    [packed] = publish(azure, "model", target).document["artifacts"]
    assert sorted(item.name for item in target.parent.iterdir()) == ["deploy.zip", "deploy.zip.publish.json"]
    [folder] = publish(azure, "model", project.folder).document["artifacts"]
    assert folder == {**packed, "action": "keep"}


def test_data_assets_are_published_the_same_way(azure: Azure, project: Project) -> None:
    project.asset("data", version="2026-11")
    [artifact] = publish(azure, "data", project.folder).document["artifacts"]
    assert artifact["asset"] == f"azureml:{NAME}:2026-11"
    properties = azure.data()[f"{NAME}:2026-11"]
    assert properties["dataType"] == "uri_folder"
    assert properties["dataUri"].endswith(f"/modelpress/{artifact['content_sha256']}/model")
    assert properties["tags"]["content_sha256"] == artifact["content_sha256"]
    assert publish(azure, "data", project.folder).document["artifacts"][0]["action"] == "keep"
    assert azure.models() == {}


def test_data_without_a_version_counts_on_from_the_numbers(azure: Azure, project: Project) -> None:
    for version, model in (("2026-11", b"a"), ("7", b"b"), (None, b"c")):
        project.asset("data", version=version)
        project.write("model/model.onnx", model)
        publish(azure, "data", project.folder)
    assert sorted(azure.data()) == [f"{NAME}:2026-11", f"{NAME}:7", f"{NAME}:8"]


def test_the_sdk_uploads_where_it_is_asked_to(azure: Azure, project: Project) -> None:
    outcome = publish(azure, "model", project.folder, "--upload", "sdk")
    assert outcome.stderr == ""  # the SDK's own bars and dots go nowhere
    [artifact] = outcome.document["artifacts"]
    assert artifact["action"] == "create"
    assert {blob["name"].split("/")[0] for blob in azure.blobs()} == {"LocalUpload"}
    assert {blob["name"].rpartition("/")[2] for blob in azure.blobs()} == {"model.onnx", "metrics.json"}
    before = changes(azure)
    assert publish(azure, "model", project.folder).document["artifacts"][0]["action"] == "keep"
    assert changes(azure) == before


def test_the_sdk_uploads_a_single_file(azure: Azure, project: Project) -> None:
    project.asset(path="../../model/model.onnx", version=None)
    assert publish(azure, "model", project.folder, "--upload", "sdk").exit_code == 0
    [blob] = azure.blobs()
    assert azure.models()[MODEL]["modelUri"].endswith("/" + blob["name"])
    assert blob["name"].endswith("/model.onnx")


@pytest.mark.parametrize("credentials", ["Sas", "AccountKey", "None"])
def test_every_credential_of_a_datastore_opens_it(azure: Azure, project: Project, credentials: str) -> None:
    azure.set(datastore_credentials=credentials)
    assert publish(azure, "model", project.folder).exit_code == 0
    assert list(azure.models()) == [MODEL]


def test_where_secrets_may_not_be_read_the_account_itself_writes(azure: Azure, project: Project) -> None:
    from standin.effects import status

    azure.fault("POST", "listSecrets", status(403), times=None)
    assert publish(azure, "model", project.folder).exit_code == 0
    [blob_request, *_] = azure.requests("PUT", "azureml-blobstore")
    assert "authorization" in blob_request["headers"]


def test_it_works_through_a_proxy_with_the_names_of_the_real_hosts(azure: Azure, project: Project) -> None:
    with running(azure, "model", project.folder, "--format", "json", variables=azure.proxy_environment) as child:
        outcome = child.end()
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert json.loads(outcome.stdout)["artifacts"][0]["asset"] == f"azureml:{MODEL}"


def test_progress_is_told_on_stderr(azure: Azure, project: Project) -> None:
    outcome = publish(azure, "model", project.folder, "--progress", "plain")
    assert outcome.stderr == "reading the files\n"
    assert outcome.document["artifacts"]

"""Uploads of our own: blocks, going on after any end, retries that show, and nothing sent twice."""

from __future__ import annotations

import io
import random
import signal
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import ContainerClient
from azurite import Azurite
from publishing import (
    NAME,
    Project,
    blob_requests,
    container,
    make_project,
    names_of,
    pointed_to,
    publish,
    running,
)
from standin import effects
from standin.access import ACCOUNT_KEY
from standin.client import Azure

from modelpress.bundle import Bundle, Entry
from modelpress.config.native import AzureWorkspace
from modelpress.errors import ModelpressError
from modelpress.executors.azure import publish_assets
from modelpress.executors.azure.assets import Wishes
from modelpress.executors.azure.options import workspace_options
from modelpress.executors.azure.upload import HANDS
from modelpress.project_files import open_bundle

MEGABYTE = 1 << 20
BLOCK = 4 * MEGABYTE
WEIGHTS = random.Random(0).randbytes(5 * BLOCK + 12_345)  # noqa: S311 - six blocks, the same in every run
BLOBS = "/azureml-blobstore/modelpress/"
SEND_BLOCK = rf"{BLOBS}.*comp=block(&|$)"
SEND_WHOLE = rf"{BLOBS}[^?]*model\.onnx\?(?!.*comp=)"
COMMIT = rf"{BLOBS}.*comp=blocklist"
LIST = r"comp=list"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = make_project(tmp_path / "deploy")
    project.write("model/model.onnx.data", WEIGHTS)
    return project


def weights_in(azure: Azure) -> bytes:
    [blob] = [blob for blob in azure.blobs() if blob["name"].endswith(".data")]
    return azure.blob(blob["container"], blob["name"])


def blocks_sent(azure: Azure) -> list[str]:
    """The ids of the blocks that the service kept."""
    return [block for _, block in blob_requests(azure, "block")]


def test_a_large_file_goes_in_blocks_and_a_small_one_whole(azure: Azure, project: Project) -> None:
    assert publish(azure, "model", project.folder).exit_code == 0
    assert weights_in(azure) == WEIGHTS
    [blob] = [blob for blob in azure.blobs() if blob["name"].endswith(".data")]
    assert [size for _, size in blob["blocks"]] == [BLOCK] * 5 + [12_345]
    assert len(set(blocks_sent(azure))) == len(blocks_sent(azure)) == 6
    assert sorted(name.rpartition("/")[2] for name, _ in blob_requests(azure)) == ["metrics.json", "model.onnx"]
    sent = azure.requests("PUT", BLOBS)
    assert all("content-md5" in one["headers"] for one in sent if one["query"].get("comp") != "blocklist")
    assert "content-md5" not in {name for one in sent for name in one["query"]}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_ended_in_mid_upload_it_goes_on_with_the_other_blocks(azure: Azure, project: Project, number: int) -> None:
    azure.fault("PUT", SEND_BLOCK, effects.hang(), nth=4, times=None)
    with running(azure, "model", project.folder) as child:
        child.wait_for("PUT", SEND_BLOCK, 6)
        while len(blocks_sent(azure)) < 3:
            time.sleep(0.02)
        began = time.monotonic()
        outcome = child.end(number)
    assert outcome.exit_code == {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[number]
    assert time.monotonic() - began < 20  # far less than the time-out of the requests under way
    if number == signal.SIGINT:
        assert outcome.stderr == (
            "error: interrupted; what was uploaded and registered so far stays\n"
            "hint: Run the same command again: it goes on where it stopped.\n"
        )
    assert azure.models() == {}
    kept = blocks_sent(azure)
    assert len(kept) == 3
    azure.clear_faults()
    assert publish(azure, "model", project.folder).exit_code == 0
    assert sorted(blocks_sent(azure)) == sorted(set(blocks_sent(azure)))  # no block was kept twice
    assert len(blocks_sent(azure)) == 6
    assert weights_in(azure) == WEIGHTS
    assert len(azure.models()) == 1


def test_a_block_of_another_size_is_sent_again(azure: Azure, project: Project) -> None:
    azure.fault("PUT", SEND_BLOCK, effects.hang(), times=None)
    with running(azure, "model", project.folder) as child:
        child.wait_for("PUT", SEND_BLOCK, 1)
        child.kill()
    [name] = {one["path"].partition("azureml-blobstore/")[2] for one in azure.requests("PUT", SEND_BLOCK)}
    azure.clear_faults()
    container(azure).get_blob_client(name).stage_block("00000000", b"half a block")
    assert publish(azure, "model", project.folder).exit_code == 0
    assert weights_in(azure) == WEIGHTS


def test_ended_after_the_upload_nothing_is_sent_again(azure: Azure, project: Project) -> None:
    azure.fault("PUT", "/models/", effects.hang(), times=None)
    with running(azure, "model", project.folder) as child:
        child.wait_for("PUT", "/models/")
        child.kill()
    azure.clear_faults()
    sent = len(azure.requests("PUT", BLOBS))
    assert publish(azure, "model", project.folder).exit_code == 0
    assert len(azure.requests("PUT", BLOBS)) == sent
    assert len(azure.models()) == 1


def test_a_file_that_went_missing_is_sent_alone(azure: Azure, project: Project) -> None:
    azure.fault("PUT", "/models/", effects.status(403))
    assert publish(azure, "model", project.folder).exit_code == 6
    [blob] = [blob for blob in azure.blobs() if blob["name"].endswith("metrics.json")]
    container(azure).delete_blob(blob["name"])
    sent = len(azure.requests("PUT", BLOBS))
    assert publish(azure, "model", project.folder).exit_code == 0
    assert [one["path"].rpartition("/")[2] for one in azure.requests("PUT", BLOBS)[sent:]] == ["metrics.json"]


PASSING = {
    "429": effects.status(429),
    "500": effects.status(500),
    "502": effects.status(502),
    "503": effects.status(503),
    "500 after all": effects.status(500, carried_out=True),
    "reset": effects.reset(),
    "lost answer": effects.lost_answer(),
    "half answer": effects.half_answer(),
    "half upload": effects.half_upload(1000),
    "expired signature": effects.expired_signature(),
    "slow": effects.slow(0.3),
}
PLACES = {
    "a block": ("PUT", SEND_BLOCK),
    "a whole file": ("PUT", SEND_WHOLE),
    "the block list": ("PUT", COMMIT),
    "asking for blocks": ("GET", COMMIT),
    "listing": ("GET", LIST),
    "secrets": ("POST", "listSecrets"),
}


FAULTS = [(fault, place) for fault in PASSING for place in PLACES if (fault, place) != ("expired signature", "secrets")]


@pytest.mark.parametrize(("fault", "place"), FAULTS)
def test_what_passes_is_overcome(azure: Azure, project: Project, fault: str, place: str) -> None:
    weights = WEIGHTS[: BLOCK + 1]  # two blocks
    project.write("model/model.onnx.data", weights)
    azure.fault(*PLACES[place], PASSING[fault])
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 0
    assert weights_in(azure) == weights
    assert len(azure.models()) == 1
    assert len(azure.blobs()) == 3


def test_a_retry_is_told(azure: Azure, project: Project) -> None:
    azure.fault("PUT", COMMIT, effects.status(429, retry_after=1))
    outcome = publish(azure, "model", project.folder)
    assert outcome.stderr == "uploading model/model.onnx.data: HTTP 429 TooManyRequests; try 2 of 3 in 1 s\n"
    plain = publish(azure, "model", project.folder, "--progress", "none")
    assert plain.stderr == ""


def test_an_expired_signature_is_renewed_without_ado(azure: Azure, project: Project) -> None:
    azure.fault("PUT", SEND_BLOCK, effects.expired_signature(), nth=3, times=2)
    outcome = publish(azure, "model", project.folder)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert 2 <= len(azure.requests("POST", "listSecrets")) <= 3


LASTING: dict[str, tuple[effects.Effect, str]] = {
    "503": (effects.status(503), "(HTTP 503, ServerBusy): Injected: ServerBusy."),
    "reset": (effects.reset(), "the connection broke"),
    "expired": (effects.expired_signature(), "(HTTP 403, AuthenticationFailed): Server failed to authenticate"),
    "refused": (effects.status(403), "(HTTP 403, AuthorizationFailed)"),
}


@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_an_error_and_the_next_run_goes_on(azure: Azure, project: Project, fault: str) -> None:
    effect, said = LASTING[fault]
    azure.fault("PUT", SEND_BLOCK, effect, nth=3, times=None)
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 6
    assert "uploading block" in outcome.error["message"]
    assert said in outcome.error["message"]
    assert outcome.error["hint"]
    assert azure.models() == {}
    azure.clear_faults()
    assert publish(azure, "model", project.folder).exit_code == 0
    assert len(blocks_sent(azure)) == len(set(blocks_sent(azure))) == 6
    assert weights_in(azure) == WEIGHTS


def test_no_progress_ends_in_time(azure: Azure, project: Project) -> None:
    azure.fault("PUT", SEND_BLOCK, effects.hang(), times=None)
    outcome = publish(azure, "model", project.folder, read_timeout=1, max_operation_retries=2)
    assert outcome.exit_code == 6
    assert "no answer within the time limit" in outcome.error["message"]


def test_two_runs_at_once_do_not_hurt_each_other(azure: Azure, project: Project) -> None:
    azure.fault("PUT", SEND_BLOCK, effects.slow(0.2), times=None)
    with running(azure, "model", project.folder) as first, running(azure, "model", project.folder) as second:
        outcomes = [first.end(), second.end()]
    assert [outcome.exit_code for outcome in outcomes] == [0, 0], outcomes
    assert weights_in(azure) == WEIGHTS
    assert len(azure.models()) == 1


@dataclass(frozen=True)
class Moving:
    """An entry that gives other bytes each time that it is opened."""

    contents: list[bytes]
    size: int
    identity: None = None
    is_text: bool = False
    executable: bool = False

    def open(self) -> BinaryIO:
        return io.BytesIO(self.contents.pop(0))


def plan_of(azure: Azure, project: Project, **entries: Entry) -> publish_assets.AssetsPlan:
    """The plan for the project, some files of its model being others than on disk."""
    bundle = open_bundle(project.folder)
    replaced = {f"model/{name.replace('_', '.')}": entry for name, entry in entries.items()}
    options = workspace_options(AzureWorkspace(**names_of(azure), operation_retry_interval=0))
    target = publish_assets.AssetTarget("model", options, project.state_file, Wishes())
    return publish_assets.plan(Bundle.of({**bundle.entries, **replaced}), target)


@pytest.mark.parametrize("size", [100, BLOCK + 100])
@pytest.mark.parametrize("then", ["other", "shorter", "longer"])
def test_a_file_that_changes_after_it_was_hashed_is_never_registered(
    azure: Azure, project: Project, size: int, then: str
) -> None:
    before = b"a" * size
    after = {"other": b"b" * size, "shorter": before[:-1], "longer": before + b"a" * BLOCK}[then]
    with pointed_to(azure):
        plan = plan_of(azure, project, model_onnx=Moving([before, after], size))
        with pytest.raises(ModelpressError, match=r"model/model\.onnx changed while it was uploaded"):
            publish_assets.execute(plan)
    assert azure.models() == {}
    assert not [blob for blob in azure.blobs() if blob["name"].endswith("model.onnx")]


class Zeros(io.RawIOBase):
    """So many zero bytes, which take no memory."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(self._left, len(buffer))
        memoryview(buffer)[:count] = bytes(count)
        self._left -= count
        return count


@dataclass(frozen=True)
class Large:
    """An entry of zeros."""

    size: int
    identity: None = None
    is_text: bool = False
    executable: bool = False

    def open(self) -> BinaryIO:
        return cast(BinaryIO, Zeros(self.size))


def test_memory_does_not_grow_with_the_model(azure: Azure, project: Project) -> None:
    size = 24 * BLOCK
    (project.folder / "model/model.onnx.data").unlink()
    with pointed_to(azure):
        plan = plan_of(azure, project, model_onnx=Large(size))
        tracemalloc.start()
        try:
            publish_assets.execute(plan)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert [blob["size"] for blob in azure.blobs() if blob["name"].endswith("model.onnx")] == [size]
    assert most < (HANDS + 6) * BLOCK < size  # the blocks under way, the one being read, and some copies of it


@pytest.mark.slow
def test_the_real_protocol_is_spoken(azure: Azure, azurite: Azurite, project: Project) -> None:
    """Azurite keeps what our uploads send, and an interrupted one goes on there too."""
    with running(azure, "model", project.folder, "--progress", "plain", read_timeout=60) as child:
        assert child.end().exit_code == 0
    assert azure.blobs() == []  # all of it is in Azurite
    [artifact] = publish(azure, "model", project.folder).document["artifacts"]
    assert artifact["action"] == "keep"
    key = AzureNamedKeyCredential(f"{azure.workspace.account}.blob.localhost", ACCOUNT_KEY)
    url = f"https://{azurite.host}/{azure.workspace.account}.blob.localhost"
    client = ContainerClient(url, azure.workspace.container, credential=key, connection_verify=str(azure.ca))
    [name] = [name for name in client.list_blob_names() if name.endswith(".data")]
    assert client.download_blob(name).readall() == WEIGHTS
    client.delete_blob(name)
    blob = client.get_blob_client(name)
    blob.stage_block("00000000", WEIGHTS[:BLOCK])
    (project.folder / f"azureml/models/{NAME}.yml").unlink()
    project.asset(name="digits_cpu-cpu_2")
    assert publish(azure, "model", project.folder).exit_code == 0
    assert client.download_blob(name).readall() == WEIGHTS

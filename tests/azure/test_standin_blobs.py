"""The stand-in's blob store, through the real storage SDK."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator

import pytest
import requests
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.storage.blob import BlobBlock, BlobClient, ContainerClient, ContentSettings
from standin import effects
from standin.client import Azure

BLOCK = 1 << 16


@pytest.fixture
def container(azure: Azure) -> Iterator[ContainerClient]:
    """The default datastore's container, opened with a SAS as listSecrets gives it."""
    sas = azure.arm("POST", "datastores/workspaceblobstore/listSecrets")["sasToken"]
    address = f"{azure.url}/blob/standinacct.blob.localhost/azureml-blobstore?{sas}"
    options = {"connection_verify": str(azure.ca), "retry_total": 0, "max_single_put_size": BLOCK}
    with ContainerClient.from_container_url(address, max_block_size=BLOCK, **options) as client:
        yield client


@pytest.fixture
def blob(container: ContainerClient) -> BlobClient:
    return container.get_blob_client("folder/a file.bin")


def on_the_wire(identifier: str) -> str:
    """A block id as the storage SDK sends it."""
    return base64.b64encode(identifier.encode()).decode()


def test_a_large_blob_goes_in_blocks_and_comes_back(azure: Azure, blob: BlobClient) -> None:
    content = os.urandom(3 * BLOCK + 7)
    blob.upload_blob(content, metadata={"state": "done"})
    assert len(azure.requests("PUT", "comp=block&")) == 4
    assert blob.download_blob().readall() == content
    assert blob.download_blob(offset=BLOCK, length=10).readall() == content[BLOCK : BLOCK + 10]
    properties = blob.get_blob_properties()
    assert (properties.size, properties.metadata) == (len(content), {"state": "done"})
    [stored] = azure.blobs()
    assert [size for _, size in stored["blocks"]] == [BLOCK, BLOCK, BLOCK, 7]


def test_blocks_wait_until_they_are_committed(azure: Azure, blob: BlobClient) -> None:
    for number in range(3):
        blob.stage_block(f"id-{number}", bytes([number]) * 5)
    committed, waiting = blob.get_block_list("all")
    assert (committed, [(one.id, one.size) for one in waiting]) == ([], [("id-0", 5), ("id-1", 5), ("id-2", 5)])
    assert azure.blobs() == []
    assert azure.uncommitted("azureml-blobstore", blob.blob_name) == [(on_the_wire(f"id-{one}"), 5) for one in range(3)]
    md5 = ContentSettings(content_md5=bytearray(16))
    blob.commit_block_list([BlobBlock("id-2"), BlobBlock("id-0")], content_settings=md5)
    assert azure.blob("azureml-blobstore", blob.blob_name) == b"\2" * 5 + b"\0" * 5
    committed, waiting = blob.get_block_list("all")
    assert ([one.id for one in committed], waiting) == (["id-2", "id-0"], [])
    assert blob.get_blob_properties().content_settings.content_md5 == bytearray(16)


def test_a_committed_block_is_used_again(azure: Azure, blob: BlobClient) -> None:
    blob.stage_block("id-1", b"one ")
    blob.commit_block_list([BlobBlock("id-1")])
    blob.stage_block("id-2", b"two")
    blob.commit_block_list([BlobBlock("id-1"), BlobBlock("id-2")])
    assert azure.blob("azureml-blobstore", blob.blob_name) == b"one two"


def test_what_the_service_refuses(blob: BlobClient) -> None:
    blob.stage_block("id-1", b"one")
    with pytest.raises(HttpResponseError, match="InvalidBlobOrBlock"):
        blob.stage_block("longer-id", b"two")
    with pytest.raises(HttpResponseError, match="InvalidBlockList"):
        blob.commit_block_list([BlobBlock("id-9")])
    with pytest.raises(HttpResponseError, match="Md5Mismatch"):
        blob.upload_blob(b"x", headers={"Content-MD5": base64.b64encode(bytes(16)).decode()})
    blob.upload_blob(b"first")
    with pytest.raises(ResourceExistsError):
        blob.upload_blob(b"second")
    blob.upload_blob(b"second", overwrite=True)


def test_listing_folds_and_pages(container: ContainerClient) -> None:
    for name in ("a/1", "a/2", "a/b/3", "c"):
        container.upload_blob(name, b"x", metadata={"n": name[0]})
    assert [one.name for one in container.list_blobs(include=["metadata"])] == ["a/1", "a/2", "a/b/3", "c"]
    assert [one.name for one in container.walk_blobs("a/")] == ["a/b/", "a/1", "a/2"]
    pages = container.list_blobs(results_per_page=3).by_page()
    assert [[one.name for one in page] for page in pages] == [["a/1", "a/2", "a/b/3"], ["c"]]


def test_a_signature_is_needed_and_ends(azure: Azure, container: ContainerClient, blob: BlobClient) -> None:
    unsigned = blob.url.partition("?")[0]
    bare = requests.put(unsigned, b"x", headers={"x-ms-blob-type": "BlockBlob"}, verify=str(azure.ca), timeout=60)
    assert (bare.status_code, bare.headers["x-ms-error-code"]) == (403, "AuthenticationFailed")
    azure.fault("PUT", "a%20file", effects.expired_signature())
    with pytest.raises(ClientAuthenticationError, match="AuthenticationFailed"):
        blob.upload_blob(b"x")
    blob.upload_blob(b"x")
    assert azure.marker in container.url
    azure.expire_signatures()
    with pytest.raises(ClientAuthenticationError, match="it expired"):
        blob.upload_blob(b"y", overwrite=True)
    assert azure.blob("azureml-blobstore", blob.blob_name) == b"x"


def test_a_pending_upload_opens_one_container(azure: Azure, blob: BlobClient) -> None:
    pending = azure.arm("POST", "codes/c/versions/1/startPendingUpload")["blobReferenceForConsumption"]
    options = {"connection_verify": str(azure.ca), "retry_total": 0}
    with ContainerClient.from_container_url(pending["credential"]["sasUri"], **options) as fresh:
        fresh.upload_blob("score.py", b"pass")
        stolen = fresh.url.partition("?")[2]
    elsewhere = f"{blob.url.partition('?')[0]}?{stolen}"
    with BlobClient.from_blob_url(elsewhere, **options) as other, pytest.raises(ClientAuthenticationError):
        other.upload_blob(b"x")


def test_half_an_upload_is_counted_and_not_kept(azure: Azure, blob: BlobClient) -> None:
    azure.fault("PUT", "comp=block&", effects.half_upload(BLOCK // 2), nth=2)
    with pytest.raises((ServiceRequestError, ServiceResponseError)), blob:  # seen while sending, or only after it
        blob.upload_blob(os.urandom(3 * BLOCK), max_concurrency=1)
    sent = azure.requests("PUT", "comp=block&")
    assert [one["received"] for one in sent] == [BLOCK, BLOCK // 2]
    assert [size for _, size in azure.uncommitted("azureml-blobstore", blob.blob_name)] == [BLOCK]

"""The blob container behind the workspace's datastore."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from modelpress.bundle import Digest
from modelpress.errors import RemoteError
from modelpress.executors.azure.workspace import Workspace

if TYPE_CHECKING:
    from azure.ai.ml.entities import Datastore
    from azure.core.credentials import TokenCredential
    from azure.storage.blob import ContainerClient

Result = TypeVar("Result")

DATASTORE = "workspaceblobstore"  # every workspace has it, and the SDK uploads there as well
SHA256 = "sha256"  # the metadata of a blob that says what it holds; written with the content, at one moment
EXPIRED = "AuthenticationFailed"  # what the blob service calls a signature whose time is over
REFUSED = 403


class BlobStore:
    """The container, opened with whatever credential the datastore gives; renewed when that expires.

    Its methods send one request each and raise the exceptions of azure-storage-blob; any thread
    may call them.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._client = _open(workspace)

    def url(self, name: str) -> str:
        """Where a blob, or the folder of that name, lies; without any signature."""
        return str(self._client.get_blob_client(name).url).partition("?")[0]

    def finished(self, prefix: str) -> dict[str, Digest]:
        """The whole blobs whose names begin with `prefix`, and what they hold; others of that name do not count."""
        found = self._do(lambda client: list(client.list_blobs(name_starts_with=prefix, include=["metadata"])))
        return {blob.name: Digest(blob.size, (blob.metadata or {}).get(SHA256, "")) for blob in found}

    def staged(self, name: str) -> dict[str, int]:
        """Size of each block that was sent for a blob and not made into one yet."""
        from azure.core.exceptions import ResourceNotFoundError

        def uncommitted(client: ContainerClient) -> dict[str, int]:
            try:
                _, blocks = client.get_blob_client(name).get_block_list("uncommitted")
            except ResourceNotFoundError:
                return {}
            return {block.id: block.size for block in blocks}

        return self._do(uncommitted)

    def put(self, name: str, data: bytes, digest: Digest) -> None:
        """Write a small blob whole. The service compares an MD5 that is sent with it."""
        self._do(
            lambda client: client.get_blob_client(name).upload_blob(
                data, length=len(data), overwrite=True, validate_content=True, metadata={SHA256: digest.sha256}
            )
        )

    def stage(self, name: str, block: str, data: bytes) -> None:
        """Send one block. The service compares an MD5 that is sent with it."""
        self._do(
            lambda client: client.get_blob_client(name).stage_block(
                block,
                io.BytesIO(data),  # read in small parts, so that a time-out is one without any progress
                length=len(data),
                validate_content=True,
            )
        )

    def commit(self, name: str, blocks: Sequence[str], digest: Digest) -> None:
        """Make a blob of its blocks."""
        from azure.storage.blob import BlobBlock

        self._do(
            lambda client: client.get_blob_client(name).commit_block_list(
                [BlobBlock(block) for block in blocks], metadata={SHA256: digest.sha256}
            )
        )

    def _do(self, work: Callable[[ContainerClient], Result]) -> Result:
        from azure.core.exceptions import HttpResponseError

        client = self._client
        try:
            return work(client)
        except HttpResponseError as error:
            if error.status_code != REFUSED or _code(error) != EXPIRED:
                raise
        return work(self._renewed(client))

    def _renewed(self, stale: ContainerClient) -> ContainerClient:
        with self._lock:
            if self._client is stale:  # no other thread was faster
                self._client = _open(self._workspace)
            return self._client


def block_id(place: int) -> str:
    """The id of the block at this place: the same in every run, and equally long for all blocks of a blob."""
    return f"{place:08d}"


def _code(error: BaseException) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code))


def _open(workspace: Workspace) -> ContainerClient:
    from azure.ai.ml.entities import (
        AccountKeyConfiguration,
        AzureBlobDatastore,
        SasTokenConfiguration,
    )
    from azure.core.credentials import AzureSasCredential
    from azure.storage.blob import ContainerClient

    store = workspace.call(f"opening the datastore {DATASTORE}", lambda: _datastore(workspace))
    if not isinstance(store, AzureBlobDatastore):
        raise RemoteError(
            f"the datastore {DATASTORE} is no blob storage, but {store.type}",
            hint="Upload with the Azure SDK instead: --upload sdk.",
        )
    credential: TokenCredential | AzureSasCredential | str = workspace.credential
    if isinstance(store.credentials, SasTokenConfiguration) and store.credentials.sas_token:
        credential = AzureSasCredential(store.credentials.sas_token.lstrip("?"))
    elif isinstance(store.credentials, AccountKeyConfiguration) and store.credentials.account_key:
        credential = store.credentials.account_key
    return ContainerClient(
        f"{store.protocol}://{store.account_name}.blob.{store.endpoint}",
        store.container_name,
        credential=credential,
        retry_total=0,  # ours retries, where it can be seen
        connection_timeout=workspace.options.read_timeout,
        read_timeout=workspace.options.read_timeout,
    )


def _datastore(workspace: Workspace) -> Datastore:
    """The datastore with its secrets, or without where the account may not read them: then it may write itself."""
    from azure.core.exceptions import HttpResponseError

    datastores = workspace.client.datastores
    try:
        store: Datastore = datastores.get(DATASTORE, include_secrets=True)
    except HttpResponseError as error:
        if error.status_code != REFUSED:
            raise
        store = datastores.get(DATASTORE)
    return store

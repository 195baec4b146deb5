"""The code of a deployment: uploaded by us, registered under its own digest, so that the same is never sent twice."""

from __future__ import annotations

import json

from modelpress.executors.azure.blobs import BlobStore
from modelpress.executors.azure.contents import Content
from modelpress.executors.azure.sending import ask, manager_request
from modelpress.executors.azure.versions import CONTENT_TAG
from modelpress.executors.azure.workspace import Workspace

VERSION = "1"
DIGITS = 32  # of the digest in a name


def code_id(workspace: Workspace, content: Content) -> str:
    """The id in Azure that this code has, or will have."""
    return workspace.id_of("codes", f"modelpress-{content.sha256[:DIGITS]}", VERSION)


def register_code(workspace: Workspace, content: Content, store: BlobStore) -> None:
    """Register the uploaded code. The SDK could only upload it again, all of it and each time. Raises ServiceError."""
    properties = {
        "codeUri": store.url(content.remote_path),
        "isAnonymous": True,
        "properties": {CONTENT_TAG: content.sha256},
    }
    body = json.dumps({"properties": properties}).encode()
    asked = manager_request(workspace, "PUT", code_id(workspace, content), body)
    workspace.call("registering the code", lambda: ask(workspace, asked))

"""Answers the blob protocol: `{account}/{container}/{blob}`, by method, `restype` and `comp`."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from standin.access import Access
from standin.blob_listing import block_list, container_list
from standin.blob_store import Blob, BlobStore
from standin.exchange import ApiError, Request, Response

VERSION = "2023-11-03"
Action = Callable[[BlobStore, Request, str, str], Response]


class BlobService:
    """The storage account's front door."""

    def __init__(self, store: BlobStore, access: Access, account: str) -> None:
        self._store, self._access, self._account = store, access, account

    def answer(self, request: Request) -> Response:
        """Check the signature, then do it; refusals are XML, as the blob service writes them."""
        try:
            response = self._do(request)
        except ApiError as refusal:
            text = f"<Error><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
            body = b"" if request.method == "HEAD" else f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()
            headers = {"Content-Type": "application/xml", "x-ms-error-code": refusal.code}
            response = Response(refusal.status, body, headers)
        response.headers["x-ms-version"] = VERSION
        return response

    def _do(self, request: Request) -> Response:
        container, _, blob = request.names["rest"].partition("/")
        kind = "container" if request.query.get("restype") == "container" else "blob"
        found = ACTIONS.get((request.method, kind, request.query.get("comp", "")))
        if request.names["account"] != self._account or found is None or not container:
            raise ApiError(400, "InvalidUri", f"The stand-in knows no {request.method} of this resource.")
        permission, action = found
        self._access.check_blob(request, self._account, container, permission)
        return action(self._store, request, container, unquote(blob))


def _head(store: BlobStore, _request: Request, container: str, name: str) -> Response:
    blob = store.get(container, name)
    return Response(200, b"", {**_described(blob), "Content-Length": str(blob.size)})


def _get(store: BlobStore, request: Request, container: str, name: str) -> Response:
    blob = store.get(container, name)
    asked = request.headers.get("x-ms-range", request.headers.get("range", ""))
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", asked)
    if not found:
        return Response(200, blob.path.read_bytes(), _described(blob))
    first, last = int(found[1]), min(int(found[2] or blob.size), blob.size - 1)
    if first >= blob.size:
        raise ApiError(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
    with blob.path.open("rb") as file:
        file.seek(first)
        content = file.read(last - first + 1)
    return Response(206, content, {**_described(blob), "Content-Range": f"bytes {first}-{last}/{blob.size}"})


def _put(store: BlobStore, request: Request, container: str, name: str) -> Response:
    if request.headers.get("x-ms-blob-type", "").lower() != "blockblob":
        raise ApiError(400, "MissingRequiredHeader", "x-ms-blob-type must be BlockBlob")
    _check_conditions(store.find(container, name), request)
    _check_md5(request)
    blob = store.put(container, name, request.body)
    return _written(blob, request)


def _put_block(store: BlobStore, request: Request, container: str, name: str) -> Response:
    _check_md5(request)
    store.stage(container, name, request.query.get("blockid", ""), request.body)
    return Response(201)


def _put_block_list(store: BlobStore, request: Request, container: str, name: str) -> Response:
    _check_conditions(store.find(container, name), request)
    _check_md5(request)
    try:
        wanted = [(block.tag, block.text or "") for block in ET.fromstring(request.body)]  # noqa: S314 (our own tests)
    except ET.ParseError as error:
        raise ApiError(400, "InvalidXmlDocument", f"XML specified is not syntactically valid: {error}") from error
    blob = store.commit(container, name, wanted)
    blob.content_md5 = request.headers.get("x-ms-blob-content-md5", "")
    return _written(blob, request)


def _get_block_list(store: BlobStore, request: Request, container: str, name: str) -> Response:
    blob, staged = store.find(container, name), store.staged(container, name)
    if blob is None and not staged:
        raise ApiError(404, "BlobNotFound", "The specified blob does not exist.")
    kind = request.query.get("blocklisttype", "committed").lower()
    return block_list(blob, staged, kind)


def _put_metadata(store: BlobStore, request: Request, container: str, name: str) -> Response:
    blob = store.get(container, name)
    blob.metadata = _metadata(request)
    return Response(200, b"", {"ETag": blob.etag, "Last-Modified": blob.modified})


def _delete(store: BlobStore, _request: Request, container: str, name: str) -> Response:
    store.delete(container, name)
    return Response(202)


def _list(store: BlobStore, request: Request, container: str, _name: str) -> Response:
    return container_list(store.container(container), request.query)


def _create(store: BlobStore, _request: Request, container: str, _name: str) -> Response:
    store.create_container(container)
    return Response(201)


def _container_properties(store: BlobStore, _request: Request, container: str, _name: str) -> Response:
    store.container(container)
    return Response(200)


def _described(blob: Blob) -> dict[str, str]:
    metadata = {f"x-ms-meta-{key}": value for key, value in blob.metadata.items()}
    md5 = {"Content-MD5": blob.content_md5} if blob.content_md5 else {}
    fixed = {"x-ms-blob-type": "BlockBlob", "Accept-Ranges": "bytes", "Content-Type": blob.content_type}
    return {"ETag": blob.etag, "Last-Modified": blob.modified, **fixed, **md5, **metadata}


def _written(blob: Blob, request: Request) -> Response:
    blob.metadata = _metadata(request)
    blob.content_type = request.headers.get("x-ms-blob-content-type", blob.content_type)
    headers = {"ETag": blob.etag, "Last-Modified": blob.modified}
    return Response(201, b"", headers | ({"Content-MD5": blob.content_md5} if blob.content_md5 else {}))


def _metadata(request: Request) -> dict[str, str]:
    prefix = "x-ms-meta-"
    return {key[len(prefix) :]: value for key, value in request.headers.items() if key.startswith(prefix)}


def _check_conditions(existing: Blob | None, request: Request) -> None:
    if request.headers.get("if-none-match") == "*" and existing:
        raise ApiError(409, "BlobAlreadyExists", "The specified blob already exists.")
    wanted = request.headers.get("if-match", "*")
    if wanted != "*" and (existing is None or existing.etag != wanted):
        raise ApiError(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")


def _check_md5(request: Request) -> None:
    sent = request.headers.get("content-md5")
    real = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
    if sent and sent != real:
        raise ApiError(400, "Md5Mismatch", "The MD5 value specified in the request did not match the content.")


ACTIONS: dict[tuple[str, str, str], tuple[str, Action]] = {  # method, resource, comp -> SAS permission, action
    ("HEAD", "blob", ""): ("r", _head),
    ("GET", "blob", ""): ("r", _get),
    ("PUT", "blob", ""): ("w", _put),
    ("PUT", "blob", "block"): ("w", _put_block),
    ("PUT", "blob", "blocklist"): ("w", _put_block_list),
    ("GET", "blob", "blocklist"): ("r", _get_block_list),
    ("PUT", "blob", "metadata"): ("w", _put_metadata),
    ("DELETE", "blob", ""): ("d", _delete),
    ("PUT", "container", ""): ("c", _create),
    ("GET", "container", ""): ("r", _container_properties),
    ("HEAD", "container", ""): ("r", _container_properties),
    ("GET", "container", "list"): ("l", _list),
}

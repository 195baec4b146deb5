"""Versioned assets: models, data, environments and code."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from standin import naming
from standin.exchange import ApiError, Document, Request, Response
from standin.schema import check_body
from standin.uris import locate

if TYPE_CHECKING:
    from standin.service import Service

# What cannot change within one version, by collection.
CONTENT = {
    "models": ("modelUri", "modelType"),
    "data": ("dataUri", "dataType"),
    "environments": ("image", "condaFile", "build"),
    "codes": ("codeUri",),
}
BODY = {"models": "model", "data": "data", "environments": "environment", "codes": "code"}  # the schema of each


def list_containers(service: Service, request: Request) -> Response:
    collection = _collection(request)
    return Response.of({"value": service.store.children(collection)})


def get_container(service: Service, request: Request) -> Response:
    return Response.of(service.store.get(f"{_collection(request)}/{request.names['name']}"))


def list_versions(service: Service, request: Request) -> Response:
    """Newest first when asked so; code can be looked up by its content's hash."""
    path, query = _versions(request), request.query
    found = service.store.children(path)
    if "createdtime desc" in query.get("$orderby", "").lower():
        found = found[::-1]
    if "hash" in query:
        found = [one for one in found if one["properties"].get("properties", {}).get("hash_sha256") == query["hash"]]
    if query.get("listviewtype", "ActiveOnly").lower() == "activeonly":
        found = [one for one in found if not one["properties"].get("isArchived")]
    return Response.of({"value": found[: int(query.get("$top", len(found)))]})


def get_version(service: Service, request: Request) -> Response:
    return Response.of(service.store.get(f"{_versions(request)}/{request.names['version']}"))


def put_version(service: Service, request: Request) -> Response:
    """Create a version; or change what is not content (tags, description) of an existing one."""
    collection, name, version = _collection(request), request.names["name"], request.names["version"]
    path = f"{_versions(request)}/{version}"
    naming.check_name(naming.ASSET, "asset name", name)
    rule = naming.MODEL_VERSION if collection == "models" else naming.ASSET_VERSION
    naming.check_name(rule, f"version of {collection}", version)
    body = request.document()
    check_body(BODY[collection], body)
    sent = body["properties"]
    existing = service.store.find(path)
    if existing and not same_content(existing["properties"], sent, CONTENT[collection]):
        message = f"{collection} '{name}' version '{version}' already exists with other content; use another version."
        raise ApiError(409, "UserError", message)
    _check_content(service, sent)
    resource = service.store.put(path, {**_defaults(collection), **sent, "provisioningState": "Succeeded"})
    count_version(service, f"{collection}/{name}")
    return Response.of(resource, 200 if existing else 201)


def start_pending_upload(service: Service, request: Request) -> Response:
    """A fresh container, and a signature that opens only this."""
    container = str(uuid.uuid4())
    service.storage.create_container(container)
    account = service.storage.account_name(request.addresses)
    uri = f"https://{account}.blob.{request.addresses.storage_suffix}/{container}"
    sas = service.storage.sign(container, service.settings.sas_seconds)
    reference = {
        "blobUri": uri,
        "storageAccountArmId": "",
        "credential": {"credentialType": "SAS", "sasUri": f"{uri}?{sas}"},
    }
    kind = "TemporaryBlobReference"
    upload = {"pendingUploadId": str(uuid.uuid4()), "pendingUploadType": kind, "blobReferenceForConsumption": reference}
    return Response.of(upload)


def same_content(existing: Document, sent: Document, fields: tuple[str, ...]) -> bool:
    return all(existing.get(field) == sent.get(field, existing.get(field)) for field in fields)


def count_version(service: Service, container: str) -> None:
    """Keep the container's latest and next version up to date."""
    versions = [one["name"] for one in service.store.children(f"{container}/versions")]
    numbers = [int(one) for one in versions if one.isdecimal()]
    properties = {
        "latestVersion": versions[-1],
        "nextVersion": str(max(numbers, default=0) + 1),
        "isArchived": False,
        "tags": {},
        "properties": {},
    }
    service.store.put(container, properties)


def _check_content(service: Service, sent: Document) -> None:
    """The blobs that an asset names must be there."""
    uris = [sent.get(key) for key in ("modelUri", "dataUri", "codeUri")] + [sent.get("build", {}).get("contextUri")]
    for uri in filter(None, uris):
        if not service.storage.holds(*locate(service.place, uri)):
            raise ApiError(400, "UserError", f"Nothing is stored at {uri}")


def _defaults(collection: str) -> Document:
    common: Document = {"isAnonymous": False, "isArchived": False, "tags": {}, "properties": {}}
    extra: dict[str, Document] = {
        "models": {"flavors": {}, "modelType": "custom_model"},
        "environments": {"osType": "Linux", "environmentType": "UserCreated"},
    }
    return common | extra.get(collection, {})


def _collection(request: Request) -> str:
    return request.names["collection"].lower()


def _versions(request: Request) -> str:
    return f"{_collection(request)}/{request.names['name']}/versions"


_ALL = "/{collection:models|data|environments|codes}"
_VERSION = f"{_ALL}/{{name}}/versions/{{version}}"
ROUTES = [
    ("GET", _ALL, list_containers),
    ("GET", f"{_ALL}/{{name}}", get_container),
    ("GET", f"{_ALL}/{{name}}/versions", list_versions),
    ("GET", _VERSION, get_version),
    ("PUT", _VERSION, put_version),
    ("POST", f"{_VERSION}/startPendingUpload", start_pending_upload),
]

"""Batch endpoints and their deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standin import naming
from standin.capacity import COMPUTES
from standin.changes import Change, begin, begin_delete
from standin.endpoints import deployment_path, endpoint_path, envelope
from standin.exchange import ApiError, Request, Response
from standin.references import check_serving
from standin.schema import check_body

if TYPE_CHECKING:
    from standin.service import Service


def put_endpoint(service: Service, request: Request) -> Response:
    path, name = endpoint_path(request), request.names["endpoint"]
    naming.check_name(naming.ENDPOINT, "endpoint name", name)
    body = request.document()
    check_body("batch_endpoint", body)
    if service.store.find(f"onlineEndpoints/{name}"):
        raise ApiError(409, "Conflict", f"The endpoint name '{name}' is in use by an online endpoint.")
    service.operations.refuse_if_going_on(path)
    sent = body["properties"]
    default = (sent.get("defaults") or {}).get("deploymentName")
    if default and not service.store.find(f"{path}/deployments/{default}"):
        raise ApiError(400, "BadArgument", f"The default deployment '{default}' does not exist.")
    url = f"{request.addresses.scoring(name)}/jobs"
    properties = {"properties": {}, "defaults": {}, **sent, "scoringUri": url}
    return begin(service, request, Change(path, properties, envelope(body)))


def delete_endpoint(service: Service, request: Request) -> Response:
    service.operations.refuse_if_going_on(endpoint_path(request), below=True)
    return begin_delete(service, request, endpoint_path(request), lambda _: None)


def put_deployment(service: Service, request: Request) -> Response:
    path = deployment_path(request)
    naming.check_name(naming.DEPLOYMENT, "deployment name", request.names["deployment"])
    service.store.get(endpoint_path(request))
    service.operations.refuse_if_going_on(endpoint_path(request))
    service.operations.refuse_if_going_on(path)
    body = request.document()
    check_body("batch_deployment", body)
    sent = body["properties"]
    compute = service.store.path_of(sent["compute"]) or ""
    if compute.removeprefix("computes/") not in COMPUTES:
        raise ApiError(400, "BadArgument", f"The compute was not found: {sent['compute']}")
    check_serving(service, (sent.get("model") or {}).get("assetId"), sent)
    return begin(service, request, Change(path, {"properties": {}, **sent}, envelope(body)))


def delete_deployment(service: Service, request: Request) -> Response:
    service.operations.refuse_if_going_on(endpoint_path(request))
    service.operations.refuse_if_going_on(deployment_path(request))
    defaults = service.store.get(endpoint_path(request))["properties"].get("defaults") or {}
    if defaults.get("deploymentName") == request.names["deployment"]:
        raise ApiError(400, "BadArgument", "The default deployment of a batch endpoint cannot be deleted.")
    return begin_delete(service, request, deployment_path(request), lambda _: None)


_ENDPOINT = "/{kind:batchEndpoints}/{endpoint}"
_DEPLOYMENT = f"{_ENDPOINT}/deployments/{{deployment}}"
ROUTES = [
    ("PUT", _ENDPOINT, put_endpoint),
    ("DELETE", _ENDPOINT, delete_endpoint),
    ("PUT", _DEPLOYMENT, put_deployment),
    ("DELETE", _DEPLOYMENT, delete_deployment),
]

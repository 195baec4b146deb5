"""What online and batch endpoints have in common: reading them and their deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standin.exchange import Document, Request, Response

if TYPE_CHECKING:
    from standin.service import Service


def endpoint_path(request: Request) -> str:
    """`onlineEndpoints/NAME` or `batchEndpoints/NAME`, however the request spells it."""
    kind = {"onlineendpoints": "onlineEndpoints", "batchendpoints": "batchEndpoints"}[request.names["kind"].lower()]
    return f"{kind}/{request.names['endpoint']}" if "endpoint" in request.names else kind


def deployment_path(request: Request) -> str:
    return f"{endpoint_path(request)}/deployments/{request.names['deployment']}"


def envelope(body: Document) -> Document:
    """What lies beside the properties."""
    return {key: body.get(key) for key in ("location", "identity", "tags", "kind", "sku")}


def list_endpoints(service: Service, request: Request) -> Response:
    return Response.of({"value": service.store.children(endpoint_path(request))})


def get_endpoint(service: Service, request: Request) -> Response:
    service.operations.look_at(endpoint_path(request))
    return Response.of(service.store.get(endpoint_path(request)))


def list_deployments(service: Service, request: Request) -> Response:
    path = endpoint_path(request)
    service.store.get(path)
    service.operations.look_at(path)
    return Response.of({"value": service.store.children(f"{path}/deployments")})


def get_deployment(service: Service, request: Request) -> Response:
    service.operations.look_at(deployment_path(request))
    return Response.of(service.store.get(deployment_path(request)))


_KIND = "/{kind:onlineEndpoints|batchEndpoints}"
ROUTES = [
    ("GET", _KIND, list_endpoints),
    ("GET", f"{_KIND}/{{endpoint}}", get_endpoint),
    ("GET", f"{_KIND}/{{endpoint}}/deployments", list_deployments),
    ("GET", f"{_KIND}/{{endpoint}}/deployments/{{deployment}}", get_deployment),
]

"""Online endpoints: traffic, keys and deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from standin import naming
from standin.changes import Change, begin, begin_delete
from standin.endpoints import endpoint_path, envelope
from standin.exchange import ApiError, Document, Request, Response
from standin.schema import check_body

if TYPE_CHECKING:
    from standin.service import Service


def put_endpoint(service: Service, request: Request) -> Response:
    """Create or replace an endpoint. What the body leaves out is reset, live traffic too."""
    path, name = endpoint_path(request), request.names["endpoint"]
    naming.check_name(naming.ENDPOINT, "endpoint name", name)
    body = request.document()
    check_body("online_endpoint", body)
    if service.store.find(f"batchEndpoints/{name}"):
        raise ApiError(409, "Conflict", f"The endpoint name '{name}' is in use by a batch endpoint.")
    service.operations.refuse_if_going_on(path)
    sent = body["properties"]
    traffic = dict(sent.get("traffic") or {})
    _check_traffic(service, path, traffic)
    url = request.addresses.scoring(name)
    properties = {
        "properties": {},
        "mirrorTraffic": {},
        **sent,
        "traffic": traffic,
        "scoringUri": f"{url}/score",
        "swaggerUri": f"{url}/swagger.json",
    }
    properties.pop("keys", None)
    change = Change(
        path, properties, envelope(body), notice=lambda state: service.history.note(name, f"endpoint {state}")
    )
    return begin(service, request, change)


def delete_endpoint(service: Service, request: Request) -> Response:
    path, name = endpoint_path(request), request.names["endpoint"]
    service.operations.refuse_if_going_on(path, below=True)
    return begin_delete(service, request, path, _noting(service, name))


def list_keys(service: Service, request: Request) -> Response:
    endpoint = service.store.get(endpoint_path(request))
    if endpoint["properties"]["authMode"].lower() != "key":
        raise ApiError(400, "BadArgument", "Keys can be listed only for endpoints with key authentication.")
    primary, secondary = service.access.endpoint_keys(endpoint["name"])
    return Response.of({"primaryKey": primary, "secondaryKey": secondary})


def get_token(service: Service, request: Request) -> Response:
    endpoint = service.store.get(endpoint_path(request))
    if endpoint["properties"]["authMode"].lower() == "key":
        raise ApiError(400, "BadArgument", "This endpoint has key authentication.")
    token: Document = {"accessToken": service.access.token(), "tokenType": "Bearer"}
    return Response.of({**token, "expiryTimeUtc": 4102444800, "refreshAfterTimeUtc": 4102441200})


def _noting(service: Service, name: str) -> Callable[[str], None]:
    return lambda state: service.history.note(name, f"endpoint {state}")


def _check_traffic(service: Service, path: str, traffic: dict[str, int]) -> None:
    known = [one["name"] for one in service.store.children(f"{path}/deployments")]
    unknown = sorted(set(traffic) - set(known))
    if unknown:
        raise ApiError(400, "BadArgument", f"Traffic names deployments that do not exist: {', '.join(unknown)}")
    if sum(traffic.values()) not in {0, 100}:
        raise ApiError(400, "BadArgument", f"Traffic must sum to 0 or 100, not {sum(traffic.values())}")


_ENDPOINT = "/{kind:onlineEndpoints}/{endpoint}"
ROUTES = [
    ("PUT", _ENDPOINT, put_endpoint),
    ("DELETE", _ENDPOINT, delete_endpoint),
    ("POST", f"{_ENDPOINT}/listKeys", list_keys),
    ("POST", f"{_ENDPOINT}/token", get_token),
]

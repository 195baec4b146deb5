"""Azure Resource Manager: checks token, api-version and workspace, then finds the route."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from standin import assets, batch, capacity, endpoints, online, online_deployments, operations, packages, workspaces
from standin.exchange import ApiError, Request, Response, pattern
from standin.store import PROVIDER

if TYPE_CHECKING:
    from standin.service import Service

Action = Callable[["Service", Request], Response]
API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")

_LOCATION = "/subscriptions/{subscription}/providers/" + PROVIDER + "/locations/{location}"
_WORKSPACE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/" + PROVIDER + "/workspaces/{workspace}"


def answer(service: Service, request: Request) -> Response:
    """One request at a time: the service's state changes under its lock."""
    service.access.check_token(request)
    if not API_VERSION.fullmatch(request.query.get("api-version", "")):
        raise ApiError(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
    action = _find(request)
    _check_place(service, request.names)
    with service.store.lock:
        return action(service, request)


def _find(request: Request) -> Action:
    known = False
    for method, route, action in ROUTES:
        if found := route.fullmatch(request.path):
            known = True
            if method == request.method:
                request.names = found.groupdict()
                return action
    if known:
        raise ApiError(405, "MethodNotAllowed", f"{request.method} is not allowed here.")
    raise ApiError(404, "NotFound", f"The stand-in has no resource type at {request.path}")


def _check_place(service: Service, names: dict[str, str]) -> None:
    place = service.place
    if names["subscription"] != place.subscription:
        raise ApiError(404, "SubscriptionNotFound", f"The subscription '{names['subscription']}' could not be found.")
    if names.get("group", place.resource_group).lower() != place.resource_group.lower():
        raise ApiError(404, "ResourceGroupNotFound", f"Resource group '{names['group']}' could not be found.")
    if names.get("workspace", place.workspace).lower() != place.workspace.lower():
        kind = f"{PROVIDER}/workspaces/{names['workspace']}"
        message = f"The Resource '{kind}' under resource group '{place.resource_group}' was not found."
        raise ApiError(404, "ResourceNotFound", message)


_LOCATION_ROUTES = operations.ROUTES + capacity.LOCATION_ROUTES
_WORKSPACE_ROUTES = [
    route
    for module in (workspaces, capacity, packages, assets, endpoints, online, online_deployments, batch)
    for route in module.ROUTES
]
ROUTES: list[tuple[str, re.Pattern[str], Action]] = [
    (method, pattern(root + path), action)
    for root, routes in ((_LOCATION, _LOCATION_ROUTES), (_WORKSPACE, _WORKSPACE_ROUTES))
    for method, path, action in routes
]

"""Instance types, their cores, and how many cores the subscription may use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from standin.exchange import ApiError, Document, Request, Response

if TYPE_CHECKING:
    from standin.service import Service

CORES = {
    "Standard_DS2_v2": 2,
    "Standard_DS3_v2": 4,
    "Standard_DS4_v2": 8,
    "Standard_E4s_v3": 4,
    "Standard_F4s_v2": 4,
    "Standard_F8s_v2": 8,
    "Standard_NC6s_v3": 6,
}
COMPUTES = {"cpu-cluster": "Standard_DS3_v2"}


def check_instances(service: Service, deployment: str, instance_type: str, count: int) -> None:
    """Raises ApiError, 400, for an unknown type, or when the cores would exceed the quota."""
    sizes = {name.lower(): cores for name, cores in CORES.items()}
    if instance_type.lower() not in sizes:
        known = ", ".join(CORES)
        raise ApiError(400, "BadArgument", f"The instance type {instance_type} is not supported. Supported: {known}")
    # The service keeps a fifth in reserve for its own upgrades.
    needed = math.ceil(1.2 * count) * sizes[instance_type.lower()]
    used, limit = _used(service, besides=deployment), service.settings.quota_cores
    if used + needed > limit:
        raise ApiError(
            400,
            "OutOfQuota",
            f"Not enough quota available for {instance_type} in SubscriptionId {service.place.subscription}. "
            f"Current usage/limit: {used}/{limit}. Additional needed: {needed}",
        )


def _used(service: Service, *, besides: str) -> int:
    deployments = [
        deployment
        for endpoint in service.store.children("onlineEndpoints")
        for deployment in service.store.children(f"onlineEndpoints/{endpoint['name']}/deployments")
        if service.store.path_of(deployment["id"]) != besides
    ]
    sizes = {name.lower(): cores for name, cores in CORES.items()}
    return sum(
        math.ceil(1.2 * one["sku"]["capacity"]) * sizes[one["properties"]["instanceType"].lower()]
        for one in deployments
    )


def _compute(service: Service, name: str) -> Document:
    details = {
        "vmSize": COMPUTES[name],
        "vmPriority": "Dedicated",
        "osType": "Linux",
        "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT2M"},
        "allocationState": "Steady",
    }
    properties = {"computeType": "AmlCompute", "provisioningState": "Succeeded", "properties": details}
    identifier = f"{service.place.workspace_path}/computes/{name}"
    location = service.place.location
    return {"id": identifier, "name": name, "location": location, "tags": {}, "properties": properties}


def list_computes(service: Service, _request: Request) -> Response:
    return Response.of({"value": [_compute(service, name) for name in COMPUTES]})


def get_compute(service: Service, request: Request) -> Response:
    if request.names["compute"] not in COMPUTES:
        raise ApiError(404, "ResourceNotFound", f"The compute '{request.names['compute']}' was not found.")
    return Response.of(_compute(service, request.names["compute"]))


def list_sizes(_service: Service, _request: Request) -> Response:
    sizes = [
        {"name": name, "family": "standardFamily", "vCPUs": cores, "supportedComputeTypes": ["AmlCompute"]}
        for name, cores in CORES.items()
    ]
    return Response.of({"value": sizes})


def list_usages(service: Service, _request: Request) -> Response:
    used, limit = _used(service, besides=""), service.settings.quota_cores
    name = {"value": "standardFamily", "localizedValue": "Standard family"}
    usage = {"currentValue": used, "limit": limit, "unit": "Count", "name": name, "type": "Cores"}
    return Response.of({"value": [usage]})


ROUTES = [
    ("GET", "/computes", list_computes),
    ("GET", "/computes/{compute}", get_compute),
]
LOCATION_ROUTES = [
    ("GET", "/vmSizes", list_sizes),
    ("GET", "/usages", list_usages),
]

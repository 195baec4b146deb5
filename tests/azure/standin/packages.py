"""Packages a model with code and environment into a new environment (a preview operation of the service)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from standin import naming
from standin.assets import count_version
from standin.effects import Effect
from standin.exchange import ApiError, Document, Request, Response
from standin.references import check_environment, missing_script, referenced
from standin.schema import check_body

if TYPE_CHECKING:
    from standin.service import Service

TARGET = re.compile(
    r"azureml://locations/\w+/workspaces/[^/]+/environments/(?P<name>[^/]+)(/versions/(?P<version>\d+))?", re.IGNORECASE
)
ROUTES_OF_SERVER = {
    "livenessRoute": {"path": "/", "port": 5001},
    "readinessRoute": {"path": "/", "port": 5001},
    "scoringRoute": {"path": "/score", "port": 5001},
}


def package_model(service: Service, request: Request) -> Response:
    """Start the build; its result is an environment version, chosen by the service unless the target names one."""
    path = f"models/{request.names['name']}/versions/{request.names['version']}"
    model = service.store.get(path)
    body = request.document()
    check_body("package", body)
    name, version = _target(service, body["targetEnvironmentId"])
    server = body["inferencingServer"]
    code = server.get("codeConfiguration") or {}
    if code.get("codeId"):
        referenced(service, "code", code["codeId"], "codes")
    base = (body.get("baseEnvironmentSource") or {}).get("resourceId")
    if base:
        check_environment(service, base)

    def finish(effect: Effect) -> Effect:
        script = missing_script(service, server)
        if script and not effect.operation:
            effect = Effect(operation="Failed", code="ImageBuildFailure", message=f"Scoring script not found: {script}")
        if not effect.operation:
            _build(service, f"environments/{name}/versions/{version}", {"model": model["id"], **server})
        return effect

    operation = service.operations.start(request, f"environments/{name}", finish)
    environment = f"environments/{name}/versions/{version}"
    short = f"azureml://locations/{service.place.location}/workspaces/{service.place.workspace_id}/{environment}"
    operation.result = {
        **body,
        "id": f"{service.place.workspace_path}/{environment}",
        "buildId": operation.identifier,
        "buildState": "Succeeded",
        "logUrl": f"{request.addresses.arm}/log",
        "targetEnvironmentId": short,
    }
    return Response(202, b"", service.operations.headers(request, operation))


def _target(service: Service, identifier: str) -> tuple[str, str]:
    found = TARGET.fullmatch(identifier)
    path = (found and f"environments/{found['name']}") or service.store.path_of(identifier)
    if not path or not path.startswith("environments/"):
        raise ApiError(400, "BadArgument", f"The targetEnvironmentId is invalid: {identifier}")
    name = path.split("/")[1]
    naming.check_name(naming.ASSET, "environment name", name)
    container = service.store.find(f"environments/{name}")
    version = found["version"] if found else None
    if version and service.store.find(f"environments/{name}/versions/{version}"):
        raise ApiError(409, "Conflict", f"The environment '{name}' version '{version}' already exists.")
    return name, version or (container["properties"]["nextVersion"] if container else "1")


def _build(service: Service, path: str, packaged: Document) -> None:
    properties = {
        "image": f"standin.azurecr.io/azureml/{path.split('/')[1]}:built",
        "osType": "Linux",
        "environmentType": "UserCreated",
        "isAnonymous": False,
        "isArchived": False,
        "tags": {},
        "properties": {},
        "inferenceConfig": ROUTES_OF_SERVER,
        "provisioningState": "Succeeded",
    }
    service.packaged[path] = packaged
    service.store.put(path, properties)
    count_version(service, path.rpartition("/versions/")[0])


ROUTES = [("POST", "/models/{name}/versions/{version}/package", package_model)]

"""Deployments of online endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standin import naming
from standin.capacity import check_instances
from standin.changes import Change, begin, begin_delete
from standin.effects import Effect
from standin.endpoints import deployment_path, endpoint_path, envelope
from standin.exchange import ApiError, Document, Request, Response
from standin.references import check_serving, missing_script
from standin.schema import check_body

if TYPE_CHECKING:
    from standin.service import Service

CRASHED = "User container has crashed or terminated. Please see troubleshooting guide, or the container's logs."


def put_deployment(service: Service, request: Request) -> Response:
    path, endpoint, name = deployment_path(request), request.names["endpoint"], request.names["deployment"]
    naming.check_name(naming.DEPLOYMENT, "deployment name", name)
    service.store.get(endpoint_path(request))
    service.operations.refuse_if_going_on(endpoint_path(request))
    service.operations.refuse_if_going_on(path)
    body = request.document()
    check_body("online_deployment", body)
    sent = body["properties"]
    check_serving(service, sent.get("model"), sent)
    check_instances(service, path, sent["instanceType"], body["sku"]["capacity"])
    properties = {"scaleSettings": {"scaleType": "Default"}, "properties": {}, "environmentVariables": {}, **sent}
    change = Change(
        path,
        properties,
        envelope(body),
        settle=lambda effect: _start_containers(service, request, properties, effect),
        notice=lambda state: service.history.note(endpoint, f"deployment {name} {state}"),
    )
    return begin(service, request, change)


def delete_deployment(service: Service, request: Request) -> Response:
    path, endpoint, name = deployment_path(request), request.names["endpoint"], request.names["deployment"]
    service.operations.refuse_if_going_on(endpoint_path(request))
    service.operations.refuse_if_going_on(path)
    traffic = service.store.get(endpoint_path(request))["properties"]["traffic"]
    if traffic.get(name):
        raise ApiError(400, "BadArgument", f"Deployment '{name}' carries {traffic[name]} % of the traffic.")

    def notice(state: str) -> None:
        service.history.note(endpoint, f"deployment {name} {state}")
        if state == "Deleted":
            service.scoring.stop(endpoint, name)
            service.store.get(endpoint_path(request))["properties"]["traffic"].pop(name, None)

    return begin_delete(service, request, path, notice)


def get_logs(service: Service, request: Request) -> Response:
    """The last lines that a container has written."""
    service.store.get(deployment_path(request))
    body = request.document()
    container = body.get("containerType") or "InferenceServer"
    lines = service.scoring.log(request.names["endpoint"], request.names["deployment"], container).splitlines()
    return Response.of({"content": "\n".join(lines[-(body.get("tail") or 5000) :])})


def _start_containers(service: Service, request: Request, properties: Document, effect: Effect) -> Effect:
    """What really happens when the containers start: an injected failure, a missing script, a crash, or success."""
    endpoint, name = request.names["endpoint"], request.names["deployment"]
    if effect.operation:
        service.scoring.keep_log(endpoint, name, effect.log)
        return effect
    script = missing_script(service, properties)
    crash = f"FileNotFoundError: {script}" if script else service.scoring.start(endpoint, name, properties)
    if not crash:
        return effect
    service.scoring.keep_log(endpoint, name, crash)
    return Effect(operation="Failed", code="BadArgument", message=CRASHED, log=crash)


_DEPLOYMENT = "/{kind:onlineEndpoints}/{endpoint}/deployments/{deployment}"
ROUTES = [
    ("PUT", _DEPLOYMENT, put_deployment),
    ("DELETE", _DEPLOYMENT, delete_deployment),
    ("POST", f"{_DEPLOYMENT}/getLogs", get_logs),
]

"""Follows the references between resources: every id in a request must name something that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standin.exchange import ApiError, Document
from standin.uris import locate

if TYPE_CHECKING:
    from standin.service import Service

CURATED = "azureml://registries/azureml/environments/"  # the public registry, where every environment exists


def referenced(service: Service, what: str, identifier: str, collection: str) -> Document:
    """The resource with this id.

    Raises:
        ApiError: 400, when the id is no id, or there is no such resource.
    """
    path = service.store.path_of(identifier)
    found = service.store.find(path) if path and path.startswith(f"{collection}/") else None
    if found is None:
        raise ApiError(400, "BadArgument", f"The {what} was not found: {identifier}")
    return found


def check_environment(service: Service, identifier: str) -> Document:
    """The environment version; an empty one for an environment of the public registry."""
    if identifier.startswith(CURATED):
        return {"name": identifier, "properties": {}}
    return referenced(service, "environment", identifier, "environments")


def check_serving(service: Service, model: str | None, properties: Document) -> None:
    """Model, environment and scoring script of a deployment: each exists, and together they can serve.

    Raises:
        ApiError: 400.
    """
    code = properties.get("codeConfiguration") or {}
    registered = referenced(service, "model", model, "models")["properties"] if model else {}
    if code.get("codeId"):
        referenced(service, "code", code["codeId"], "codes")
    environment = properties.get("environmentId")
    inference = check_environment(service, environment)["properties"].get("inferenceConfig") if environment else None
    if registered.get("modelType", "").lower() in {"mlflow_model", "triton_model"} or inference:
        return
    missing = [name for name, given in (("environmentId", environment), ("codeConfiguration", code)) if not given]
    if missing:
        raise ApiError(400, "BadArgument", f"A deployment without an MLflow model needs {' and '.join(missing)}")


def missing_script(service: Service, properties: Document) -> str:
    """The scoring script that the deployment names and its code does not hold; empty when it is there."""
    code = properties.get("codeConfiguration") or {}
    if not code.get("codeId"):
        return ""
    uri = referenced(service, "code", code["codeId"], "codes")["properties"]["codeUri"]
    container, folder = locate(service.place, uri)
    script = f"{folder.rstrip('/')}/{code['scoringScript']}".lstrip("/")
    return "" if service.storage.holds(container, script) else str(code["scoringScript"])

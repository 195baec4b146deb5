"""Online and batch endpoints: one set of calls for both, so that plans and steps need not tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from modelpress.errors import UsageError
from modelpress.executors.azure.checking.documents import Document
from modelpress.executors.azure.loading import loaded
from modelpress.executors.azure.versions import CONTENT_TAG
from modelpress.executors.azure.waiting import Condition, Waiting
from modelpress.executors.azure.workspace import Workspace

EndpointPart = Literal["online", "batch"]
Shares = Mapping[str, int]
"""Per cent of the requests by deployment, without zeros; the default deployment of a batch endpoint has all."""
WHOLE = 100


class Endpoints(Protocol):
    """The endpoints of one kind in a workspace."""

    part: EndpointPart
    workspace: Workspace

    def endpoints(self) -> Any: ...

    def deployments(self) -> Any: ...

    def load_endpoint(self, document: Document) -> Any: ...

    def load_deployment(self, document: Document) -> Any: ...

    def shares(self, endpoint: Any) -> Shares: ...

    def set_shares(self, endpoint: Any, shares: Shares) -> None: ...

    def set_variables(self, deployment: Any, variables: Mapping[str, str]) -> None: ...


class OnlineEndpoints:
    """Endpoints that answer requests."""

    part: EndpointPart = "online"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def endpoints(self) -> Any:
        """The SDK's operations on endpoints."""
        return self.workspace.client.online_endpoints

    def deployments(self) -> Any:
        """The SDK's operations on deployments."""
        return self.workspace.client.online_deployments

    def load_endpoint(self, document: Document) -> Any:
        """The SDK's object for the YAML. Raises UsageError with what the SDK says against it."""
        from azure.ai.ml import load_online_endpoint

        return loaded(load_online_endpoint, document)

    def load_deployment(self, document: Document) -> Any:
        """As `load_endpoint`."""
        from azure.ai.ml import load_online_deployment

        return loaded(load_online_deployment, document)

    def shares(self, endpoint: Any) -> Shares:
        """The traffic, mirrored traffic aside."""
        return {name: share for name, share in (endpoint.traffic or {}).items() if share}

    def set_shares(self, endpoint: Any, shares: Shares) -> None:
        """Change the SDK's object alone."""
        endpoint.traffic = dict(shares)

    def set_variables(self, deployment: Any, variables: Mapping[str, str]) -> None:
        """Change the SDK's object alone."""
        deployment.environment_variables = dict(variables)


class BatchEndpoints:
    """Endpoints that start jobs."""

    part: EndpointPart = "batch"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def endpoints(self) -> Any:
        """The SDK's operations on endpoints."""
        return self.workspace.client.batch_endpoints

    def deployments(self) -> Any:
        """The SDK's operations on deployments."""
        return self.workspace.client.batch_deployments

    def load_endpoint(self, document: Document) -> Any:
        """The SDK's object for the YAML. Raises UsageError with what the SDK says against it."""
        from azure.ai.ml import load_batch_endpoint

        return loaded(load_batch_endpoint, document)

    def load_deployment(self, document: Document) -> Any:
        """As `load_endpoint`; the SDK's public loader does not know the documented layout with `settings`."""
        from azure.ai.ml.entities._load_functions import load_model_batch_deployment

        return loaded(load_model_batch_deployment, document)

    def shares(self, endpoint: Any) -> Shares:
        """All to the default deployment."""
        name = getattr(endpoint.defaults, "deployment_name", None)
        return {name: WHOLE} if name else {}

    def set_shares(self, endpoint: Any, shares: Shares) -> None:
        """Change the SDK's object alone."""
        endpoint.defaults = {"deployment_name": next(iter(shares))}

    def set_variables(self, deployment: Any, variables: Mapping[str, str]) -> None:
        """Change the SDK's object alone."""
        deployment.settings.environment_variables = dict(variables)


KINDS: Mapping[EndpointPart, Callable[[Workspace], Endpoints]] = {"online": OnlineEndpoints, "batch": BatchEndpoints}


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment as it is; `sha256` is the digest of what it was made from, None where it does not say."""

    name: str
    state: str
    sha256: str | None
    environment: str


@dataclass(frozen=True, slots=True)
class Live:
    """An endpoint as it is, with its deployments by name."""

    state: str
    shares: Shares
    deployments: Mapping[str, Deployed]
    mirrored: frozenset[str] = frozenset()

    def is_used(self, name: str) -> bool:
        """Whether requests reach the deployment, mirrored ones too."""
        return name in self.shares or name in self.mirrored


def look_at_endpoint(kind: Endpoints, name: str) -> Condition | None:
    """How the endpoint is now; None where there is none. Raises ServiceError."""
    found = kind.workspace.find(f"looking for the endpoint {name}", lambda: kind.endpoints().get(name))
    return None if found is None else Condition.of(found)


def read_live(kind: Endpoints, name: str, waiting: Waiting) -> Live | None:
    """How the endpoint is once nothing goes on with it; None where there is none.

    Raises UsageError where the name is that of an endpoint of the other kind.
    """
    workspace = kind.workspace
    condition = waiting.settled(f"endpoint {name}", lambda: look_at_endpoint(kind, name)).condition
    if condition is None:
        _refuse_other_kind(kind, name)
        return None
    found = condition.thing
    listed = workspace.call(
        f"looking for the deployments of {name}", lambda: list(kind.deployments().list(endpoint_name=name))
    )
    mirrored = frozenset(one for one, share in (getattr(found, "mirror_traffic", None) or {}).items() if share)
    return Live(condition.state, kind.shares(found), {one.name: _deployed(one) for one in listed}, mirrored)


def _deployed(one: Any) -> Deployed:
    tags = one.tags or {}
    return Deployed(one.name, Condition.of(one).state, tags.get(CONTENT_TAG), str(one.environment or ""))


def _refuse_other_kind(kind: Endpoints, name: str) -> None:
    other: EndpointPart = "batch" if kind.part == "online" else "online"
    workspace = kind.workspace
    doing = f"looking for the endpoint {name}"
    if workspace.find(doing, lambda: KINDS[other](workspace).endpoints().get(name)) is not None:
        raise UsageError(
            f"the endpoint {name} exists as {_an(other)} endpoint, not as {_an(kind.part)} one",
            hint="Choose another endpoint_name and render again.",
        )


def _an(part: EndpointPart) -> str:
    return {"online": "an online", "batch": "a batch"}[part]

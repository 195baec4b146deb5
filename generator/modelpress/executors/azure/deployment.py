"""One deployment: what it is made from, making it, and taking older ones away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.executors.azure.changing import Change, OperationFailedError, await_change, carry_out
from modelpress.executors.azure.diagnosis import explained
from modelpress.executors.azure.endpoints import Endpoints, look_at_endpoint
from modelpress.executors.azure.plan import Step
from modelpress.executors.azure.versions import CONTENT_TAG
from modelpress.executors.azure.waiting import SUCCEEDED, Condition, Waiting


@dataclass(frozen=True, slots=True)
class Parts:
    """What a deployment is made from, by id; a package holds model and code itself, so that those are empty."""

    environment: str
    model: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Deployer:
    """Makes and removes the deployments of one endpoint."""

    kind: Endpoints
    endpoint: str
    waiting: Waiting

    def make(self, step: Step, entity: Any, sha256: str) -> None:
        """Make the deployment as planned and wait for it.

        `entity` is the SDK's object, complete; None where an earlier run has begun with it already.
        Raises ServiceError with the containers' logs where it fails.
        """

        def send() -> None:
            # The SDK changes the object in the course of a call, so that a second call needs nothing more.
            self.kind.deployments().begin_create_or_update(entity)

        def is_ours(condition: Condition | None) -> bool:
            return condition is not None and (condition.thing.tags or {}).get(CONTENT_TAG) == sha256

        change = Change(step.label, f"making {step.label}", send, lambda: self._look(step.name), is_ours)
        try:
            if step.action == "keep":
                await_change(self.waiting, change)
            else:
                self._refuse_used(step, self.settle_endpoint())
                carry_out(self.waiting, change)
        except OperationFailedError as error:
            raise self._explained(error, step.name) from error

    def remove(self, step: Step) -> None:
        """Delete the deployment, which carries no traffic. Raises ServiceError."""
        deployments = self.kind.deployments()
        change = Change(
            step.label,
            f"deleting {step.label}",
            lambda: deployments.begin_delete(name=step.name, endpoint_name=self.endpoint),
            lambda: self._look(step.name),
            lambda condition: condition is None,
        )
        carry_out(self.waiting, change)

    def create_endpoint(self, step: Step, entity: Any) -> None:
        """Create the endpoint. One that appears meanwhile is kept as it is. Raises ServiceError."""
        there = self.settle_endpoint()
        if there is not None and there.state == SUCCEEDED:
            return  # to send it again would take the traffic of its deployments
        endpoints = self.kind.endpoints()
        change = Change(
            step.label,
            f"creating {step.label}",
            lambda: endpoints.begin_create_or_update(entity),
            lambda: look_at_endpoint(self.kind, self.endpoint),
            lambda condition: condition is not None,
        )
        carry_out(self.waiting, change)

    def settle_endpoint(self) -> Condition | None:
        """Wait until nothing goes on with the endpoint: an earlier run may have begun something."""
        label = f"endpoint {self.endpoint}"
        return self.waiting.settled(label, lambda: look_at_endpoint(self.kind, self.endpoint)).condition

    def _refuse_used(self, step: Step, condition: Condition | None) -> None:
        """What requests reach is never replaced, even if they have begun to since the plan was made."""
        if step.action == "update" and condition and step.name in self.kind.shares(condition.thing):
            raise ModelpressError(
                f"{step.label} has got traffic since the plan was made",
                hint="Run the same command again: it makes another deployment beside it.",
            )

    def _explained(self, error: OperationFailedError, name: str) -> Exception:
        if self.kind.part == "online":
            return explained(self.kind.workspace, error, self.endpoint, name)
        return error

    def _look(self, name: str) -> Condition | None:
        doing = f"looking at deployment {name}"
        found = self.kind.workspace.find(doing, lambda: self.kind.deployments().get(name, self.endpoint))
        return None if found is None else Condition.of(found)


def completed(entity: Any, name: str, parts: Parts, sha256: str) -> Any:
    """The SDK's object of the rendered deployment with what the plan lists as overlays."""
    entity.name = name
    entity.environment = parts.environment
    entity.tags = {**(entity.tags or {}), CONTENT_TAG: sha256}
    if parts.code:
        entity.model = parts.model
        entity.code_configuration.code = parts.code
    else:
        entity.model = entity.code_configuration = None
    return entity


def overlays_of(
    name: str, configured: str, parts: Mapping[str, str], variables: Mapping[str, str]
) -> dict[str, object]:
    """How the request differs from the file; secrets by what refers to them."""
    named = {"name": name} if name != configured else {}
    secret = {f"environment_variables.{key}": f"{text} resolved" for key, text in variables.items() if "${" in text}
    return {**named, **parts, **secret}

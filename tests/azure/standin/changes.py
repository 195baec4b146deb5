"""Changes that take time: a resource is put or deleted by a long-running operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from standin.effects import Effect
from standin.exchange import Document, Request, Response

if TYPE_CHECKING:
    from standin.service import Service


def _unchanged(effect: Effect) -> Effect:
    return effect


@dataclass(frozen=True)
class Change:
    """What a PUT asks for.

    Attributes:
        path: The resource, below the workspace.
        properties: As they will be.
        envelope: Beside the properties: location, sku, identity, tags, kind.
        settle: Told how the operation is to end, before the resource changes; returns how it really ends.
        notice: Called after each change of the resource, with what happened.
    """

    path: str
    properties: Document
    envelope: Document
    settle: Callable[[Effect], Effect] = _unchanged
    notice: Callable[[str], None] = field(default=lambda _: None)


def begin(service: Service, request: Request, change: Change) -> Response:
    """Start the operation. Until it ends, an existing resource keeps its properties; one that is new shows its own."""
    store, existing = service.store, service.store.find(change.path)
    shown = existing["properties"] if existing else change.properties
    state = "Updating" if existing else "Creating"
    resource = store.put(change.path, {**shown, "provisioningState": state}, **change.envelope)
    change.notice(state)

    def finish(effect: Effect) -> Effect:
        ended = change.settle(effect)
        state = ended.operation or "Succeeded"
        # A failed update leaves what was there, a failed creation what was asked for.
        properties = shown if ended.operation and existing else change.properties
        store.put(change.path, {**properties, "provisioningState": state}, **change.envelope)
        change.notice(state)
        return ended

    operation = service.operations.start(request, change.path, finish)
    headers = service.operations.headers(request, operation)
    answer = Response.of(resource, 200 if existing else 201)
    answer.headers |= headers
    return answer


def begin_delete(service: Service, request: Request, path: str, notice: Callable[[str], None]) -> Response:
    """Start the removal of a resource and all below it; 204 when there is none."""
    resource = service.store.find(path)
    if resource is None:
        return Response(204)
    resource["properties"]["provisioningState"] = "Deleting"
    notice("Deleting")

    def finish(effect: Effect) -> Effect:
        if effect.operation:
            resource["properties"]["provisioningState"] = effect.operation
        else:
            service.store.remove(path)
        notice(effect.operation or "Deleted")
        return effect

    operation = service.operations.start(request, path, finish)
    return Response(202, b"", service.operations.headers(request, operation))

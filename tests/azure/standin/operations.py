"""Long-running operations: started by a request, finished after a number of looks at them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from standin.effects import Effect
from standin.exchange import ApiError, Document, Request, Response
from standin.store import Place, timestamp

if TYPE_CHECKING:
    from standin.service import Service

Finish = Callable[[Effect], Effect]
"""Told how an operation is to end; returns how it really ended."""


@dataclass
class Operation:
    """One operation on `subject`, a path below the workspace.

    It moves on with each look at it: a poll of its status, a GET of its subject, or a write refused because of it.
    """

    identifier: str
    subject: str
    looks_left: int
    effect: Effect  # how it ends; `effect.operation` empty: it succeeds
    finish: Finish
    status: str = "InProgress"
    started: str = field(default_factory=timestamp)
    result: Document = field(default_factory=dict)

    def look(self) -> None:
        if self.status != "InProgress" or self.effect.operation == "InProgress":
            return
        if self.looks_left > 0:
            self.looks_left -= 1
            return
        self.end()

    def end(self) -> None:
        self.effect = self.finish(self.effect)
        self.status = self.effect.operation or "Succeeded"

    def document(self, path: str) -> Document:
        done = self.status != "InProgress"
        body: dict[str, Any] = {
            "id": path,
            "name": self.identifier,
            "status": self.status,
            "startTime": self.started,
            "percentComplete": 100 if done else 50,
        }
        if self.status == "Failed":
            body["error"] = {"code": self.effect.code, "message": self.effect.message, "details": self.effect.details}
        return body


class Operations:
    """All operations of the workspace."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._numbers = itertools.count(1)
        self._operations: dict[str, Operation] = {}
        self.looks = 1  # unfinished answers before an operation ends
        self.retry_after_ms = 10

    def start(self, request: Request, subject: str, finish: Finish) -> Operation:
        """Begin an operation; `finish` is called once, with how it ended."""
        identifier = f"op-{next(self._numbers):04}"
        operation = Operation(identifier, subject, self.looks, request.effect, finish)
        self._operations[identifier] = operation
        return operation

    def headers(self, request: Request, operation: Operation) -> dict[str, str]:
        """Where to ask how the operation goes, and how soon."""
        base = f"{request.addresses.arm}{self._place.provider_path}/locations/{self._place.location}"
        version = f"?api-version={request.query['api-version']}"
        return {
            "Azure-AsyncOperation": f"{base}/mfeOperationsStatus/{operation.identifier}{version}",
            "Location": f"{base}/mfeOperationResults/{operation.identifier}{version}",
            "retry-after-ms": str(self.retry_after_ms),
            "x-ms-async-operation-timeout": "PT1H",
        }

    def get(self, identifier: str) -> Operation:
        if identifier not in self._operations:
            raise ApiError(404, "UserError", f"Operation {identifier} was not found.")
        return self._operations[identifier]

    def look_at(self, subject: str) -> None:
        """Someone looks at a resource: what goes on there or directly below moves on."""
        for operation in list(self._operations.values()):
            if operation.subject == subject or operation.subject.startswith(f"{subject}/"):
                operation.look()

    def going_on(self, subject: str, *, below: bool = False) -> bool:
        """Whether an operation on the resource (`below`: or on one below it) is unfinished."""
        return any(
            operation.status == "InProgress"
            and (operation.subject == subject or (below and operation.subject.startswith(f"{subject}/")))
            for operation in self._operations.values()
        )

    def refuse_if_going_on(self, subject: str, *, below: bool = False) -> None:
        """Raises ApiError, 409, while an operation on the resource is unfinished."""
        if self.going_on(subject, below=below):
            self.look_at(subject)
            kind, _, name = subject.rpartition("/")
            raise ApiError(409, "Conflict", f"Request was in conflict: an operation on {kind} '{name}' is in progress.")

    def end_all(self) -> None:
        """Let every unfinished operation end now, those that would never end too: they succeed."""
        for operation in self._operations.values():
            if operation.status == "InProgress":
                if operation.effect.operation == "InProgress":
                    operation.effect = Effect()
                operation.end()

    def summary(self) -> list[Document]:
        return [
            {"id": one.identifier, "subject": one.subject, "status": one.status} for one in self._operations.values()
        ]


def status(service: Service, request: Request) -> Response:
    """The status URL."""
    operation = service.operations.get(request.names["operation"])
    operation.look()
    return Response.of(operation.document(request.path), retry_after_ms=str(service.operations.retry_after_ms))


def result(service: Service, request: Request) -> Response:
    """The `Location` URL: 202 until the operation has ended."""
    operation = service.operations.get(request.names["operation"])
    operation.look()
    if operation.status == "InProgress":
        return Response(202, b"", service.operations.headers(request, operation))
    if operation.status != "Succeeded":
        raise ApiError(400, operation.effect.code, operation.effect.message, details=operation.effect.details)
    return Response.of(operation.result)


ROUTES = [
    ("GET", "/mfeOperationsStatus/{operation}", status),
    ("GET", "/mfeOperationResults/{operation}", result),
]

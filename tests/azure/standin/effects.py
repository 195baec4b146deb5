"""The faults that tests inject, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Effect:
    """What happens to a request. Several parts may be combined.

    Attributes:
        delay: Seconds before the request is carried out; None waits until the service is reset.
        cut: Where the connection breaks: `head` (nothing of the body is read), `body` (`cut_bytes` of it are read),
            `done` (carried out, the answer is lost) or `answer` (half of the answer is sent).
        status: Answer with this status instead, with `code`, `message`, `details` and `headers`.
        carried_out: Whether the request is carried out before it is answered with `status`.
        operation: How the long-running operation that this request starts ends: `Failed` with `code`, `message` and
            `details`, `Canceled`, or `InProgress` (never).
        log: What the containers of a deployment that fails this way have logged.
    """

    delay: float | None = 0.0
    cut: str = ""
    cut_bytes: int = 0
    status: int = 0
    carried_out: bool = False
    code: str = "InternalServerError"
    message: str = "A fault was injected."
    details: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    operation: str = ""
    log: str = ""


def status(code: int, *, retry_after: float | None = None, carried_out: bool = False) -> Effect:
    """Answer with an HTTP status; `carried_out`: after doing what was asked. `retry_after` is in seconds."""
    names = {429: "TooManyRequests", 500: "InternalServerError", 502: "BadGateway", 503: "ServerBusy"}
    names |= {401: "InvalidAuthenticationToken", 403: "AuthorizationFailed", 404: "ResourceNotFound", 409: "Conflict"}
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    name = names.get(code, "UserError")
    return Effect(status=code, code=name, message=f"Injected: {name}.", headers=headers, carried_out=carried_out)


def reset() -> Effect:
    """Break the connection before the request is carried out."""
    return Effect(cut="head")


def half_upload(received: int) -> Effect:
    """Break the connection when so many bytes of the body have arrived."""
    return Effect(cut="body", cut_bytes=received)


def lost_answer() -> Effect:
    """Carry the request out, then break the connection."""
    return Effect(cut="done")


def half_answer() -> Effect:
    """Carry the request out, then break the connection in the middle of the answer."""
    return Effect(cut="answer")


def slow(seconds: float) -> Effect:
    return Effect(delay=seconds)


def hang() -> Effect:
    """Read the request and never answer."""
    return Effect(delay=None)


def expired_signature() -> Effect:
    """What the blob service says to a signature that is no longer valid."""
    message = "Server failed to authenticate the request. Signature not valid in the specified time frame."
    return Effect(status=403, code="AuthenticationFailed", message=message)


def failed_operation(code: str, message: str, *, details: list[dict[str, Any]] | None = None, log: str = "") -> Effect:
    """The operation that the request starts fails; `log` is what getLogs then gives for a deployment."""
    return Effect(operation="Failed", code=code, message=message, details=details or [], log=log)


def canceled_operation() -> Effect:
    return Effect(operation="Canceled", code="OperationCanceled", message="The operation was canceled.")


def endless_operation() -> Effect:
    """The operation goes on until `end_operations`."""
    return Effect(operation="InProgress")

"""Request, response and refusal: what goes over the wire, read once and written once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from standin.effects import Effect

Document = dict[str, Any]


@dataclass(frozen=True)
class Addresses:
    """The URLs the service hands out, as the client must see them: real names behind the proxy, one port without it."""

    host: str

    @property
    def proxied(self) -> bool:
        return self.host.partition(":")[0].endswith(
            (".azure.com", ".windows.net", ".azure.net", ".microsoftonline.com")
        )

    @property
    def arm(self) -> str:
        return "https://management.azure.com" if self.proxied else f"https://{self.host}"

    @property
    def storage_suffix(self) -> str:
        return "core.windows.net" if self.proxied else "localhost"

    def account_name(self, account: str) -> str:
        """The SDK writes `https://{accountName}.blob.{suffix}`; on one port, host and path go into the name."""
        return account if self.proxied else f"{self.host}/blob/{account}"

    def scoring(self, endpoint: str) -> str:
        if self.proxied:
            return f"https://{endpoint}.eastus.inference.ml.azure.com"
        return f"https://{self.host}/scoring/{endpoint}"


@dataclass
class Request:
    """One request. `path` and `host` as sent, `query` decoded with lower-case keys, `headers` with lower-case names."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    names: dict[str, str] = field(default_factory=dict)  # the named groups of the route's pattern
    effect: Effect = field(default_factory=Effect)  # the fault injected into it

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.host)

    def document(self) -> Document:
        """The body as a JSON object.

        Raises:
            ApiError: 400, as the service does.
        """
        try:
            read = json.loads(self.body)
        except ValueError as error:
            raise ApiError(400, "InvalidRequestContent", f"The request content was invalid JSON: {error}") from error
        if not isinstance(read, dict):
            raise ApiError(400, "InvalidRequestContent", "The request content must be a JSON object")
        return read


@dataclass
class Response:
    """One answer; `headers` come beside Content-Length, which the server adds."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(document: object, status: int = 200, **headers: str) -> Response:
        """A JSON answer; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(status, json.dumps(document).encode(), {"Content-Type": "application/json", **named})


class ApiError(Exception):
    """The service says no: a status and Azure's error document."""

    def __init__(self, status: int, code: str, message: str, *, details: list[Document] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.details = status, code, message, details or []

    def response(self) -> Response:
        return Response.of(error_document(self.code, self.message, self.details), self.status)


def error_document(code: str, message: str, details: list[Document] | None = None) -> Document:
    """Azure's error shape."""
    component = {"type": "ComponentName", "info": {"value": "managementfrontend"}}
    error = {"code": code, "message": message, "details": details or [], "additionalInfo": [component]}
    return {"error": error}


def pattern(template: str) -> re.Pattern[str]:
    """A route's pattern, whose fixed parts match without case.

    `{name}` is one path segment, `{name*}` the rest of the path, `{name:one|other}` one of these words.
    """
    parts = re.split(r"(\{[^}]+\})", template)
    return re.compile("".join(_part(part) for part in parts), re.IGNORECASE)


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, words = part[1:-1].partition(":")
    if name.endswith("*"):
        return f"(?P<{name[:-1]}>.*)"
    return f"(?P<{name}>{words or '[^/]+'})"
